#include "changer/element_status.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::changer {
namespace {

using base::Bytes;

constexpr std::size_t kHeaderLength = 8;      // of the data, and of each page
constexpr std::size_t kBaseLength = 16;       // of a descriptor, identification header included
constexpr std::size_t kVolumeTagLength = 36;  // 32 characters, 2 reserved, 2 sequence number
constexpr std::size_t kVolumeIdLength = 32;
constexpr std::size_t kT10IdentifierLength = 34;  // vendor 8, product 16, serial number 10

constexpr std::uint8_t kFull = 0x01;
constexpr std::uint8_t kImpExp = 0x02;
constexpr std::uint8_t kExcept = 0x04;
constexpr std::uint8_t kAccess = 0x08;
constexpr std::uint8_t kExEnabAndInEnab = 0x30;
constexpr std::uint8_t kSourceValid = 0x80;
constexpr std::uint8_t kElementDisabledBit = 0x08;
constexpr std::uint8_t kPrimaryVolumeTag = 0x80;
constexpr std::uint8_t kAsciiCodeSet = 2;
constexpr std::uint8_t kT10VendorIdentification = 1;

// Writes into a buffer that is large enough: a page is millions of bytes, so each field is a store.
class Cursor {
public:
    explicit Cursor(std::uint8_t* at) : at_(at) {}
    Cursor& u8(std::size_t value) {
        *at_++ = static_cast<std::uint8_t>(value);
        return *this;
    }
    Cursor& u16(std::size_t value) { return u8(value >> 8U).u8(value); }
    Cursor& u24(std::size_t value) { return u8(value >> 16U).u16(value); }
    Cursor& fill(std::size_t count, char with) {
        std::memset(at_, with, count);
        at_ += count;
        return *this;
    }
    // Cut or padded with blanks to `width`.
    Cursor& text(std::string_view text, std::size_t width) {
        const std::size_t length = std::min(text.size(), width);
        std::memcpy(at_, text.data(), length);
        at_ += length;
        return fill(width - length, ' ');
    }

private:
    std::uint8_t* at_;
};

// The part of one page that a query asks for.
struct Page {
    ElementType type{};
    std::uint16_t first_index = 0;
    std::uint16_t count = 0;
    std::size_t descriptor_length = 0;
    std::vector<std::uint16_t> indices;  // of a search; else all from the first on

    Place place(const std::size_t at) const {
        const std::size_t index = indices.empty() ? first_index + at : indices[at];
        return {type, static_cast<std::uint16_t>(index)};
    }
};

class Report {
public:
    Report(const ElementTable& table, const ChangerProfile& profile,
           const std::function<ElementCondition(Place)>& condition_of,
           const ElementStatusQuery& query)
        : table_(table), profile_(profile), condition_of_(condition_of), query_(query) {
        if (query.with_device_identifiers) identifier_length_ = longest_identifier();
        if (query.found) {
            add_found();
            return;
        }
        std::uint32_t left = query.count;
        for (const ElementType type : table.types_by_address()) {
            if (query.type && type != *query.type) continue;
            const ElementRange& range = table.map().of(type);
            const auto begin = static_cast<std::uint32_t>(range.first);
            const auto end = begin + range.count;
            const auto first = std::max(begin, static_cast<std::uint32_t>(query.first));
            const std::uint32_t count = first < end ? std::min(end - first, left) : 0;
            if (count == 0) continue;
            left -= count;
            pages_.push_back({type,
                              static_cast<std::uint16_t>(first - begin),
                              static_cast<std::uint16_t>(count),
                              descriptor_length(type),
                              {}});
        }
    }

    Bytes encode(std::size_t allocation_length) const {
        Bytes bytes(std::max(size_within(allocation_length), kHeaderLength));
        Cursor out(bytes.data());
        header(out);
        std::size_t left = bytes.size() - kHeaderLength;
        for (const Page& page : pages_) {
            if (left < kHeaderLength) break;
            page_header(out, page);
            left -= kHeaderLength;
            const std::size_t count =
                std::min<std::size_t>(page.count, left / page.descriptor_length);
            for (std::size_t at = 0; at < count; ++at) {
                descriptor(out, page.place(at));
            }
            left -= count * page.descriptor_length;
        }
        bytes.resize(std::min(bytes.size(), allocation_length));
        return bytes;
    }

private:
    // A page for each kind, in the order the search went.
    void add_found() {
        for (const Place place : *query_.found) {
            if (pages_.empty() || pages_.back().type != place.type) {
                pages_.push_back({place.type, place.index, 0, descriptor_length(place.type), {}});
            }
            ++pages_.back().count;
            pages_.back().indices.push_back(place.index);
        }
    }

    std::size_t longest_identifier() const {
        if (profile_.drive_identifier == DriveIdentifier::T10Vendor34) return kT10IdentifierLength;
        std::size_t longest = 0;
        for (std::uint16_t at = 0; at < table_.map().drives.count; ++at) {
            longest = std::max(longest, table_.drive(at).identity().serial.size());
        }
        return longest;
    }

    std::size_t descriptor_length(ElementType type) const {
        return kBaseLength + (query_.with_volume_tags ? kVolumeTagLength : 0) +
               (type == ElementType::DataTransfer ? identifier_length_ : 0);
    }

    static std::size_t bytes_of(const Page& page) { return page.count * page.descriptor_length; }

    // Whole descriptors, and whole page headers, that fit into `limit`.
    std::size_t size_within(std::size_t limit) const {
        std::size_t size = kHeaderLength;
        for (const Page& page : pages_) {
            if (size + kHeaderLength > limit) break;
            size += kHeaderLength;
            const std::size_t fitting = (limit - size) / page.descriptor_length;
            size += std::min<std::size_t>(fitting, page.count) * page.descriptor_length;
            if (fitting < page.count) break;
        }
        return size;
    }

    // The counts are those of the whole report, whatever the allocation length (SMC-3 6.10.2).
    void header(Cursor& out) const {
        std::size_t elements = 0;
        std::size_t bytes = 0;
        for (const Page& page : pages_) {
            elements += page.count;
            bytes += kHeaderLength + bytes_of(page);
        }
        const auto first =
            pages_.empty() ? ElementAddress{} : table_.address_of(pages_.front().place(0));
        out.u16(static_cast<std::uint16_t>(first)).u16(elements).u8(query_.action).u24(bytes);
    }

    void page_header(Cursor& out, const Page& page) const {
        out.u8(static_cast<std::uint8_t>(page.type))
            .u8(query_.with_volume_tags ? kPrimaryVolumeTag : 0)
            .u16(page.descriptor_length)
            .u8(0)
            .u24(bytes_of(page));
    }

    void descriptor(Cursor& out, Place place) const {
        const ElementCondition condition = condition_of_(place);
        const media::Cartridge* cartridge =
            condition.is_content_known ? table_.cartridge(place) : nullptr;
        const auto source = cartridge != nullptr ? table_.source(place) : std::nullopt;
        out.u16(static_cast<std::uint16_t>(table_.address_of(place)))
            .u8(flags(place, condition, cartridge))
            .u8(0)
            .u8(condition.asc)
            .u8(condition.ascq)
            .u24(0)
            .u8((source ? kSourceValid : 0) | (condition.is_disabled ? kElementDisabledBit : 0) |
                medium_type(cartridge))
            .u16(source ? static_cast<std::uint16_t>(*source) : 0);
        if (query_.with_volume_tags) volume_tag(out, cartridge);
        identification(out, place);
    }

    std::uint8_t flags(Place place, const ElementCondition& condition,
                       const media::Cartridge* cartridge) const {
        unsigned bits =
            (cartridge != nullptr ? kFull : 0U) | (condition.is_exception() ? kExcept : 0U);
        if (place.type != ElementType::MediumTransport && condition.is_accessible) bits |= kAccess;
        if (place.type == ElementType::ImportExport) {
            bits |= kExEnabAndInEnab;
            if (cartridge != nullptr && table_.bay(place).is_imported) bits |= kImpExp;
        }
        return static_cast<std::uint8_t>(bits);
    }

    static std::uint8_t medium_type(const media::Cartridge* cartridge) {
        if (cartridge == nullptr) return 0;
        switch (cartridge->description().type) {
            case media::CartridgeType::Data:
                return 1;
            case media::CartridgeType::Cleaning:
                return 2;
            case media::CartridgeType::Diagnostic:
                return 3;
            case media::CartridgeType::Worm:
                return 4;
        }
        return 0;
    }

    void volume_tag(Cursor& out, const media::Cartridge* cartridge) const {
        const bool is_read = cartridge != nullptr && !cartridge->label().empty() &&
                             cartridge->description().is_label_readable;
        if (!is_read) {
            out.fill(kVolumeTagLength, profile_.empty_tag == EmptyTag::Zeros ? '\0' : ' ');
        } else if (profile_.label_padding == LabelPadding::AllBlanks) {
            out.text(cartridge->label(), kVolumeTagLength);
        } else {
            out.text(cartridge->label(), kVolumeIdLength)
                .fill(kVolumeTagLength - kVolumeIdLength, '\0');
        }
    }

    void identification(Cursor& out, Place place) const {
        if (place.type != ElementType::DataTransfer || !query_.with_device_identifiers) {
            out.fill(4, '\0');
            return;
        }
        const DriveIdentity identity = table_.drive(place.index).identity();
        if (profile_.drive_identifier == DriveIdentifier::T10Vendor34) {
            out.u8(kAsciiCodeSet).u8(kT10VendorIdentification).u8(0).u8(kT10IdentifierLength);
            out.text(identity.vendor, 8).text(identity.product, 16).text(identity.serial, 10);
        } else {
            out.u8(kAsciiCodeSet).u8(0).u8(0).u8(identity.serial.size());
            out.text(identity.serial, identity.serial.size());
            out.fill(identifier_length_ - identity.serial.size(), '\0');
        }
    }

    const ElementTable& table_;
    const ChangerProfile& profile_;
    const std::function<ElementCondition(Place)>& condition_of_;
    const ElementStatusQuery& query_;
    std::size_t identifier_length_ = 0;
    std::vector<Page> pages_;
};

}  // namespace

std::size_t elements_in(base::BytesView status) {
    base::ByteReader in(status);
    std::size_t elements = 0;
    in.skip(kHeaderLength);
    while (in.remaining() >= kHeaderLength) {
        in.skip(2);
        const std::size_t length = in.u16();
        in.skip(1);
        const std::size_t bytes = std::min<std::size_t>(in.u24(), in.remaining());
        elements += bytes / std::max<std::size_t>(length, 1);
        in.skip(bytes);
    }
    return elements;
}

Bytes element_status(const ElementTable& table, const ChangerProfile& profile,
                     const std::function<ElementCondition(Place)>& condition_of,
                     const ElementStatusQuery& query, std::uint32_t allocation_length) {
    return Report(table, profile, condition_of, query).encode(allocation_length);
}

}  // namespace nearline::changer
