#include "rsm/element_reading.h"

#include <algorithm>

#include "base/text.h"

namespace nearline::rsm {
namespace {

using base::ByteReader;
using scsi::BytesView;

constexpr std::size_t kVolumeTagLength = 36;
constexpr std::size_t kDescriptorStart = 12;

std::string printable(BytesView bytes) {
    std::string text(base::as_text(bytes));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
    for (char& c : text) {
        if (c < ' ' || c > '~') c = '?';
    }
    return text;
}

std::string label_of(BytesView field) {
    constexpr std::size_t kIdentifierLength = 32;
    return printable(field.first(std::min(field.size(), kIdentifierLength)));
}

struct PageHeader {
    ElementKind kind{};
    bool has_tag = false;
    bool has_alternate_tag = false;
    std::size_t descriptor_length = 0;
    std::size_t byte_count = 0;
};

PageHeader page_header(ByteReader& in) {
    PageHeader page;
    page.kind = static_cast<ElementKind>(in.u8() & 0x0F);
    const std::uint8_t tags = in.u8();
    page.has_tag = (tags & 0x80) != 0;
    page.has_alternate_tag = (tags & 0x40) != 0;
    page.descriptor_length = in.u16();
    in.skip(1);
    page.byte_count = in.u24();
    return page;
}

// Why an exceptional element has no content that could be told: 3Bh with 12h, its magazine is
// out; 11h, it is in, but nobody has looked into it; 18h and 1Ah, a drive is off or not there.
void set_exception(SeenElement& element, std::uint8_t asc, std::uint8_t ascq) {
    if (asc != 0x3B) return;
    const bool is_drive = element.kind == ElementKind::Drive;
    element.is_removed = !is_drive && ascq == 0x12;
    element.is_absent = is_drive && (ascq == 0x18 || ascq == 0x1A);
    element.is_hidden = element.is_absent || (!is_drive && ascq == 0x11);
}

void set_medium(SeenElement& element, std::uint8_t byte9, std::uint16_t source) {
    constexpr std::uint8_t kCleaning = 2;
    element.is_cleaning = element.is_full && (byte9 & 0x07) == kCleaning;
    if ((byte9 & 0x80) != 0) element.source = source;
}

// The identification descriptor (SMC-3 6.11.6): vendor, product and serial number, or the serial
// number alone.
void set_identity(SeenElement& element, ByteReader& in) {
    constexpr std::uint8_t kT10 = 1;
    constexpr std::size_t kVendor = 8;
    constexpr std::size_t kProduct = 16;
    if (in.remaining() < 4) return;
    in.skip(1);
    const std::uint8_t type = in.u8() & 0x0F;
    in.skip(1);
    const std::size_t length = std::min<std::size_t>(in.u8(), in.remaining());
    const BytesView bytes = in.bytes(length);
    if (type != kT10 || length <= kVendor + kProduct) {
        if (type != kT10) element.serial = std::string(base::trim(printable(bytes)));
        return;
    }
    element.vendor = printable(bytes.first(kVendor));
    element.product = printable(bytes.subspan(kVendor, kProduct));
    const std::string serial = printable(bytes.subspan(kVendor + kProduct));
    element.serial = std::string(base::trim(serial));
}

SeenElement descriptor(const PageHeader& page, BytesView bytes) {
    ByteReader in(bytes);
    SeenElement element;
    element.kind = page.kind;
    element.address = in.u16();
    const std::uint8_t flags = in.u8();
    in.skip(1);
    const std::uint8_t asc = in.u8();
    const std::uint8_t ascq = in.u8();
    in.skip(3);
    const std::uint8_t byte9 = in.u8();
    const std::uint16_t source = in.u16();
    element.is_full = (flags & 0x01) != 0;
    element.is_accessible = (flags & 0x08) != 0 || page.kind == ElementKind::Robot;
    if ((flags & 0x04) != 0) set_exception(element, asc, ascq);
    element.can_export = page.kind == ElementKind::Port && (flags & 0x10) != 0;
    set_medium(element, byte9, source);
    // Some changers set a tag bit without sending the field: a field is read where it fits.
    if (page.has_tag && in.remaining() >= kVolumeTagLength) {
        const std::string label = label_of(in.bytes(kVolumeTagLength));
        if (element.is_full) element.label = label;
    }
    if (page.has_alternate_tag && in.remaining() >= kVolumeTagLength) in.skip(kVolumeTagLength);
    if (page.kind == ElementKind::Drive) set_identity(element, in);
    return element;
}

bool is_known(ElementKind kind) {
    return kind >= ElementKind::Robot && kind <= ElementKind::Drive;
}

}  // namespace

const SeenElement* Reading::find(std::uint16_t address) const {
    for (const SeenElement& element : elements) {
        if (element.address == address) return &element;
    }
    return nullptr;
}

bool Reading::has_hidden() const {
    return std::any_of(elements.begin(), elements.end(), [](const SeenElement& element) {
        return element.is_hidden && !element.is_absent;
    });
}

bool Reading::has_labels() const {
    return std::any_of(elements.begin(), elements.end(),
                       [](const SeenElement& element) { return !element.label.empty(); });
}

std::optional<ElementCounts> parse_element_map(BytesView mode_data) {
    constexpr std::uint8_t kElementAddressAssignment = 0x1D;
    ByteReader in(mode_data);
    in.skip(3);
    in.skip(in.u8());
    const std::uint8_t page = in.u8() & 0x3F;
    in.skip(1);
    const auto count = [&] {
        in.skip(2);  // the first address
        return in.u16();
    };
    ElementCounts counts;
    counts.robots = count();
    counts.slots = count();
    counts.ports = count();
    counts.drives = count();
    if (!in.ok() || page != kElementAddressAssignment) return std::nullopt;
    return counts;
}

std::optional<ElementReport> parse_element_report(BytesView data) {
    ByteReader in(data);
    in.skip(5);
    ElementReport report;
    report.byte_count = in.u24();
    if (!in.ok()) return std::nullopt;
    while (in.remaining() >= 8) {
        const PageHeader page = page_header(in);
        if (page.descriptor_length < kDescriptorStart) return std::nullopt;
        std::size_t left = std::min(page.byte_count, in.remaining());
        while (left >= page.descriptor_length) {
            const BytesView bytes = in.bytes(page.descriptor_length);
            left -= page.descriptor_length;
            if (is_known(page.kind)) report.elements.push_back(descriptor(page, bytes));
        }
        in.skip(left);
    }
    return report;
}

}  // namespace nearline::rsm
