#include "initiator/element_status.h"

#include <algorithm>

#include "base/text.h"

namespace nearline::initiator {
namespace {

using base::ByteReader;
using base::Failure;
using base::Result;
using scsi::BytesView;

constexpr std::size_t kHeaderLength = 8;
constexpr std::size_t kDescriptorStart = 12;  // what every descriptor begins with
constexpr std::size_t kVolumeTagLength = 36;
constexpr std::uint8_t kT10Type = 1;

struct Page {
    ElementType type{};
    bool has_primary_tag = false;
    bool has_alternate_tag = false;
    std::size_t descriptor_length = 0;
    std::size_t byte_count = 0;
};

// Tags and identifiers come padded with blanks, zeros or both; what a terminal must not see is
// shown as '?'.
std::string printable(BytesView bytes) {
    std::string text(base::as_text(bytes));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.pop_back();
    for (char& c : text) {
        if (c < ' ' || c > '~') c = '?';
    }
    return text;
}

// The 32 characters of the identifier; the sequence number behind them is nothing to show
// (SMC-3 6.11.6).
std::string volume_tag(BytesView field) {
    constexpr std::size_t kIdentifierLength = 32;
    return printable(field.first(std::min(field.size(), kIdentifierLength)));
}

void set_flags(Element& element, std::uint8_t flags) {
    element.is_full = (flags & 0x01) != 0;
    element.is_abnormal = (flags & 0x04) != 0;
    element.is_accessible = (flags & 0x08) != 0;
    if (element.type == ElementType::MediumTransport) element.is_accessible = true;
    if (element.type != ElementType::ImportExport) return;
    element.is_imported = (flags & 0x02) != 0;
    element.can_export = (flags & 0x10) != 0;
    element.can_import = (flags & 0x20) != 0;
    element.needs_operator = (flags & 0x80) != 0;
}

void set_source(Element& element, std::uint8_t byte9, std::uint16_t source) {
    constexpr std::uint8_t kSourceValid = 0x80;
    element.is_disabled = (byte9 & 0x08) != 0;
    element.medium_type = byte9 & 0x07;
    if ((byte9 & kSourceValid) != 0) element.source = ElementAddress{source};
}

void set_identifier(Element& element, ByteReader& in) {
    if (in.remaining() < 4) return;
    in.skip(1);
    element.identifier_type = in.u8() & 0x0F;
    in.skip(1);
    const std::size_t length = in.u8();
    element.identifier = printable(in.bytes(std::min(length, in.remaining())));
}

Element parse_descriptor(const Page& page, BytesView bytes) {
    ByteReader in(bytes);
    Element element;
    element.type = page.type;
    element.address = ElementAddress{in.u16()};
    set_flags(element, in.u8());
    in.skip(1);
    element.asc = in.u8();
    element.ascq = in.u8();
    in.skip(3);
    const std::uint8_t byte9 = in.u8();
    set_source(element, byte9, in.u16());
    // Some changers set a tag bit without sending the field: a field is read where it fits.
    if (page.has_primary_tag && in.remaining() >= kVolumeTagLength) {
        element.volume_tag = volume_tag(in.bytes(kVolumeTagLength));
    }
    if (page.has_alternate_tag && in.remaining() >= kVolumeTagLength) {
        element.alternate_tag = volume_tag(in.bytes(kVolumeTagLength));
    }
    set_identifier(element, in);
    return element;
}

Page parse_page_header(BytesView bytes) {
    ByteReader in(bytes);
    Page page;
    page.type = static_cast<ElementType>(in.u8() & 0x0F);
    const std::uint8_t tags = in.u8();
    page.has_primary_tag = (tags & 0x80) != 0;
    page.has_alternate_tag = (tags & 0x40) != 0;
    page.descriptor_length = in.u16();
    in.skip(1);
    page.byte_count = in.u24();
    return page;
}

bool is_known(ElementType type) {
    return type >= ElementType::MediumTransport && type <= ElementType::DataTransfer;
}

}  // namespace

std::string_view to_text(ElementType type) {
    switch (type) {
        case ElementType::All:
            return "element";
        case ElementType::MediumTransport:
            return "robot";
        case ElementType::Storage:
            return "slot";
        case ElementType::ImportExport:
            return "station";
        case ElementType::DataTransfer:
            return "drive";
    }
    return "element";
}

std::string Element::drive_serial() const {
    constexpr std::size_t kVendorAndProduct = 24;
    if (identifier_type != kT10Type || identifier.size() <= kVendorAndProduct) {
        return identifier_type == kT10Type ? std::string() : identifier;
    }
    return std::string(base::trim(std::string_view(identifier).substr(kVendorAndProduct)));
}

std::string Element::drive_product() const {
    if (identifier_type != kT10Type || identifier.empty()) return {};
    const std::string_view text(identifier);
    const std::string vendor(base::trim_right(text.substr(0, 8), ' '));
    const std::string_view product =
        text.size() > 8 ? base::trim_right(text.substr(8, 16), ' ') : std::string_view();
    return product.empty() ? vendor : vendor + " " + std::string(product);
}

Result<ElementReport, std::string> parse_element_report(BytesView data) {
    if (data.size() < kHeaderLength) {
        return Failure{"READ ELEMENT STATUS returned " + std::to_string(data.size()) + " bytes"};
    }
    ByteReader in(data);
    ElementReport report;
    in.skip(2);
    report.element_count = in.u16();
    in.skip(1);
    report.byte_count = in.u24();
    // More than the report says to be there is no part of it.
    const std::size_t end = std::min<std::size_t>(data.size(), kHeaderLength + report.byte_count);
    while (in.position() + kHeaderLength <= end) {
        const Page page = parse_page_header(in.bytes(kHeaderLength));
        const BytesView body = in.bytes(std::min(page.byte_count, end - in.position()));
        if (!is_known(page.type) || body.empty()) continue;
        if (page.descriptor_length < kDescriptorStart) {
            return Failure{"READ ELEMENT STATUS returned descriptors of " +
                           std::to_string(page.descriptor_length) + " bytes"};
        }
        for (std::size_t at = 0; at + page.descriptor_length <= body.size();
             at += page.descriptor_length) {
            report.elements.push_back(
                parse_descriptor(page, body.subspan(at, page.descriptor_length)));
        }
    }
    return report;
}

}  // namespace nearline::initiator
