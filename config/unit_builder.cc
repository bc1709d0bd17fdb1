#include "config/unit_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "nearline/v1/personality.pb.h"

namespace nearline::config {
namespace {

using base::Bytes;
using U = v1::Unit;

constexpr std::size_t kVendorWidth = 8;  // SPC-4 6.4.2
constexpr std::size_t kProductWidth = 16;
constexpr std::size_t kRevisionWidth = 4;
constexpr int kMostVersionDescriptors = 8;
constexpr std::uint32_t kShortestInquiry = 36;
constexpr std::uint32_t kLongestInquiry = 260;  // ADDITIONAL LENGTH is one byte, from byte 5 on
constexpr std::size_t kNaaDigits = 16;
constexpr std::uint32_t kMostSerialDigits = 20;
constexpr std::uint32_t kLongestPiece = 4096;

std::optional<Bytes> bytes_of_hex(const std::string& digits) {
    std::string packed = digits;
    std::erase(packed, ' ');
    return base::from_hex(packed);
}

// A number that must fit in a field of the wire.
void check_most(const Where& where, int field, std::uint64_t value, std::uint64_t most,
                std::string_view name, ProblemList& problems, int index = 0) {
    if (value > most) {
        problems.add(where.of(field, index),
                     fmt::format("{}: {:#x} exceeds {:#x}", name, value, most));
    }
}

void check_hex(const Where& where, int field, const std::string& digits, std::string_view name,
               ProblemList& problems) {
    if (!is_hex(digits)) {
        problems.add(where.of(field),
                     fmt::format("{}: \"{}\" is not whole bytes in hexadecimal", name, digits));
    }
}

void check_width(const Where& where, int field, const std::string& text, std::size_t width,
                 std::string_view name, ProblemList& problems) {
    if (text.size() > width) {
        problems.add(where.of(field),
                     fmt::format("{}: \"{}\" is longer than {} characters", name, text, width));
    }
}

void check_content(const v1::Content& content, const Where& where, ProblemList& problems) {
    const int kinds = (content.hex().empty() ? 0 : 1) + (content.text().empty() ? 0 : 1) +
                      (content.value() == v1::Content::NONE ? 0 : 1);
    const bool is_padding = kinds == 0 && content.width() > 0;
    if (kinds != 1 && !is_padding) {
        problems.add(where.own(), "content: say one of hex, text and value");
    }
    check_hex(where, v1::Content::kHexFieldNumber, content.hex(), "hex", problems);
    check_most(where, v1::Content::kWidthFieldNumber, content.width(), kLongestPiece, "width",
               problems);
}

template <typename Contents>
void check_contents(const Contents& contents, const Where& where, int field,
                    ProblemList& problems) {
    for (int i = 0; i < contents.size(); ++i) {
        check_content(contents.Get(i), where.into(field, i), problems);
    }
}

void check_strings(const U& unit, const Where& where, ProblemList& problems) {
    if (unit.vendor().empty()) problems.add_missing(where.own(), "unit: say its vendor");
    if (unit.product().empty()) problems.add_missing(where.own(), "unit: say its product");
    check_width(where, U::kVendorFieldNumber, unit.vendor(), kVendorWidth, "vendor", problems);
    check_width(where, U::kProductFieldNumber, unit.product(), kProductWidth, "product", problems);
    check_width(where, U::kRevisionFieldNumber, unit.revision(), kRevisionWidth, "revision",
                problems);
}

void check_inquiry(const U& unit, const Where& where, ProblemList& problems) {
    check_most(where, U::kVersionFieldNumber, unit.version(), 0xFF, "version", problems);
    check_most(where, U::kResponseFormatFieldNumber, unit.response_format(), 0xFF,
               "response_format", problems);
    check_most(where, U::kByte5FieldNumber, unit.byte_5(), 0xFF, "byte_5", problems);
    check_most(where, U::kByte6FieldNumber, unit.byte_6(), 0xFF, "byte_6", problems);
    check_most(where, U::kByte7FieldNumber, unit.byte_7(), 0xFF, "byte_7", problems);
    if (unit.has_inquiry_length() &&
        (unit.inquiry_length() < kShortestInquiry || unit.inquiry_length() > kLongestInquiry)) {
        problems.add(where.of(U::kInquiryLengthFieldNumber),
                     fmt::format("inquiry_length: {} is not from {} to {}", unit.inquiry_length(),
                                 kShortestInquiry, kLongestInquiry));
    }
    for (int i = 0; i < unit.version_descriptors_size(); ++i) {
        check_most(where, U::kVersionDescriptorsFieldNumber, unit.version_descriptors(i), 0xFFFF,
                   "version_descriptors", problems, i);
    }
    if (unit.version_descriptors_size() > kMostVersionDescriptors) {
        problems.add(where.of(U::kVersionDescriptorsFieldNumber, kMostVersionDescriptors),
                     fmt::format("version_descriptors: {} exceed the {} INQUIRY has room for",
                                 unit.version_descriptors_size(), kMostVersionDescriptors));
    }
    for (int i = 0; i < unit.overlays_size(); ++i) {
        const auto overlay = where.into(U::kOverlaysFieldNumber, i);
        check_most(overlay, U::Overlay::kOffsetFieldNumber, unit.overlays(i).offset(),
                   kLongestInquiry - 1, "offset", problems);
        check_contents(unit.overlays(i).content(), overlay, U::Overlay::kContentFieldNumber,
                       problems);
    }
}

void check_identity(const U& unit, const Where& where, ProblemList& problems) {
    const auto serial = where.into(U::kSerialFieldNumber);
    check_most(serial, U::Serial::kDigitsFieldNumber, unit.serial().digits(), kMostSerialDigits,
               "digits", problems);
    const auto base = unit.serial().base();
    if (base != 0 && base != 10 && base != 16) {
        problems.add(serial.of(U::Serial::kBaseFieldNumber),
                     fmt::format("base: {} is neither 10 nor 16", base));
    }
    const auto& prefix = unit.naa_prefix();
    const bool has_only_digits = std::all_of(prefix.begin(), prefix.end(),
                                             [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (prefix.size() >= kNaaDigits || !has_only_digits) {
        problems.add(where.of(U::kNaaPrefixFieldNumber),
                     fmt::format("naa_prefix: \"{}\" is not up to {} hexadecimal digits", prefix,
                                 kNaaDigits - 1));
    }
    for (int i = 0; i < unit.designators_size(); ++i) {
        check_contents(unit.designators(i).content(), where.into(U::kDesignatorsFieldNumber, i),
                       U::Designator::kContentFieldNumber, problems);
    }
}

void check_pages(const U& unit, const Where& where, ProblemList& problems) {
    std::set<std::uint32_t> codes;
    for (int i = 0; i < unit.pages_size(); ++i) {
        const auto& page = unit.pages(i);
        const auto at = where.into(U::kPagesFieldNumber, i);
        check_most(at, U::VitalProductDataPage::kCodeFieldNumber, page.code(), 0xFF, "code",
                   problems);
        if (!codes.insert(page.code()).second) {
            problems.add(at.own(), fmt::format("pages: {:02X}h is there twice", page.code()));
        }
        check_contents(page.content(), at, U::VitalProductDataPage::kContentFieldNumber, problems);
    }
    for (int i = 0; i < unit.unsupported_size(); ++i) {
        check_most(where, U::kUnsupportedFieldNumber, unit.unsupported(i), 0xFFFF, "unsupported",
                   problems, i);
    }
}

void check_mode_pages(const U& unit, const Where& where, ProblemList& problems) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> codes;
    for (int i = 0; i < unit.mode_pages_size(); ++i) {
        const auto& page = unit.mode_pages(i);
        const auto at = where.into(U::kModePagesFieldNumber, i);
        check_most(at, U::ModePage::kCodeFieldNumber, page.code(), 0x3E, "code", problems);
        check_most(at, U::ModePage::kSubpageFieldNumber, page.subpage(), 0xFE, "subpage", problems);
        check_hex(at, U::ModePage::kValuesFieldNumber, page.values(), "values", problems);
        check_hex(at, U::ModePage::kChangeableFieldNumber, page.changeable(), "changeable",
                  problems);
        const auto values = bytes_of_hex(page.values());
        const auto changeable = bytes_of_hex(page.changeable());
        if (values && changeable && !changeable->empty() && values->size() != changeable->size()) {
            problems.add(at.of(U::ModePage::kChangeableFieldNumber),
                         fmt::format("changeable: {} bytes for a page of {}", changeable->size(),
                                     values->size()));
        }
        if (!codes.insert({page.code(), page.subpage()}).second) {
            problems.add(at.own(), fmt::format("mode_pages: {:02X}h/{:02X}h is there twice",
                                               page.code(), page.subpage()));
        }
    }
}

void check_log_pages(const U& unit, const Where& where, ProblemList& problems) {
    using Page = U::LogPage;
    for (int i = 0; i < unit.log_pages_size(); ++i) {
        const auto at = where.into(U::kLogPagesFieldNumber, i);
        check_most(at, Page::kCodeFieldNumber, unit.log_pages(i).code(), 0x3F, "code", problems);
        check_most(at, Page::kSubpageFieldNumber, unit.log_pages(i).subpage(), 0xFE, "subpage",
                   problems);
        for (int k = 0; k < unit.log_pages(i).parameters_size(); ++k) {
            const auto& parameter = unit.log_pages(i).parameters(k);
            const auto place = at.into(Page::kParametersFieldNumber, k);
            check_most(place, Page::Parameter::kCodeFieldNumber, parameter.code(), 0xFFFF, "code",
                       problems);
            check_most(place, Page::Parameter::kControlFieldNumber, parameter.control(), 0xFF,
                       "control", problems);
            check_hex(place, Page::Parameter::kValueFieldNumber, parameter.value(), "value",
                      problems);
        }
    }
}

Bytes bytes_of_text(const std::string& text) {
    const auto view = base::as_bytes(text);
    return {view.begin(), view.end()};
}

// One piece of content before it is cut or padded.
Bytes piece_of(const v1::Content& content, const U& unit, const Identity& identity) {
    switch (content.value()) {
        case v1::Content::VENDOR:
            return bytes_of_text(unit.vendor());
        case v1::Content::PRODUCT:
            return bytes_of_text(unit.product());
        case v1::Content::REVISION:
            return bytes_of_text(unit.revision());
        case v1::Content::SERIAL:
            return bytes_of_text(identity.serial);
        case v1::Content::NAA:
            return base::from_hex(identity.naa).value_or(Bytes{});
        default:
            break;
    }
    return content.hex().empty() ? bytes_of_text(content.text())
                                 : bytes_of_hex(content.hex()).value_or(Bytes{});
}

template <typename Contents>
Bytes assemble(const Contents& contents, const U& unit, const Identity& identity) {
    Bytes out;
    for (const v1::Content& content : contents) {
        Bytes piece = piece_of(content, unit, identity);
        const bool is_text = content.hex().empty() &&
                             (content.value() != v1::Content::NONE || !content.text().empty());
        if (content.width() > 0) piece.resize(content.width(), is_text ? ' ' : 0);
        out.insert(out.end(), piece.begin(), piece.end());
    }
    return out;
}

std::uint8_t byte_of(std::uint32_t checked) {
    return static_cast<std::uint8_t>(checked);
}

void build_inquiry(const U& unit, const Identity& identity, scsi::UnitProfile& profile) {
    profile.vendor = unit.vendor();
    profile.product = unit.product();
    profile.revision = unit.revision();
    if (unit.has_version()) profile.version = byte_of(unit.version());
    if (unit.has_response_format()) profile.response_format = byte_of(unit.response_format());
    profile.inquiry_byte_5 = byte_of(unit.byte_5());
    profile.inquiry_byte_6 = byte_of(unit.byte_6());
    if (unit.has_byte_7()) profile.inquiry_byte_7 = byte_of(unit.byte_7());
    if (unit.has_inquiry_length()) {
        profile.inquiry_length = static_cast<std::uint16_t>(unit.inquiry_length());
    }
    for (const auto descriptor : unit.version_descriptors()) {
        profile.version_descriptors.push_back(static_cast<std::uint16_t>(descriptor));
    }
    for (const auto& overlay : unit.overlays()) {
        profile.overlays.push_back({static_cast<std::uint16_t>(overlay.offset()),
                                    assemble(overlay.content(), unit, identity)});
    }
}

void build_identification(const U& unit, const Identity& identity, scsi::UnitProfile& profile) {
    profile.serial = identity.serial;
    for (const auto& designator : unit.designators()) {
        scsi::Designator built;
        built.code_set = byte_of(static_cast<std::uint32_t>(designator.code_set()));
        built.type = byte_of(static_cast<std::uint32_t>(designator.type()));
        built.identifier = assemble(designator.content(), unit, identity);
        profile.designators.push_back(std::move(built));
    }
    for (const auto& page : unit.pages()) {
        profile.pages.push_back({byte_of(page.code()), assemble(page.content(), unit, identity)});
    }
}

void build_mode_and_log(const U& unit, scsi::UnitProfile& profile) {
    for (const auto& page : unit.mode_pages()) {
        scsi::ModePage built{byte_of(page.code()), byte_of(page.subpage()), page.is_savable(),
                             bytes_of_hex(page.values()).value_or(Bytes{}),
                             bytes_of_hex(page.changeable()).value_or(Bytes{})};
        built.changeable.resize(built.values.size(), 0);
        profile.mode_pages.push_back(std::move(built));
    }
    for (const auto& page : unit.log_pages()) {
        scsi::LogPage built{byte_of(page.code()), byte_of(page.subpage()), {}};
        for (const auto& parameter : page.parameters()) {
            built.parameters.push_back({static_cast<std::uint16_t>(parameter.code()),
                                        byte_of(parameter.control()),
                                        bytes_of_hex(parameter.value()).value_or(Bytes{})});
        }
        profile.log_pages.push_back(std::move(built));
    }
}

}  // namespace

bool is_hex(const std::string& digits) {
    return bytes_of_hex(digits).has_value();
}

void check_unit(const U& unit, const Where& where, ProblemList& problems) {
    check_strings(unit, where, problems);
    check_inquiry(unit, where, problems);
    check_identity(unit, where, problems);
    check_pages(unit, where, problems);
    check_mode_pages(unit, where, problems);
    check_log_pages(unit, where, problems);
}

scsi::UnitProfile build_unit(const U& unit, const Identity& identity, std::uint8_t device_type) {
    scsi::UnitProfile profile;
    profile.device_type = device_type;
    build_inquiry(unit, identity, profile);
    build_identification(unit, identity, profile);
    build_mode_and_log(unit, profile);
    for (const auto command : unit.unsupported()) {
        if (command <= 0xFF) {
            profile.unsupported.insert(scsi::Opcode{byte_of(command)});
        } else {
            profile.unsupported_actions.insert({scsi::Opcode{byte_of(command >> 8)},
                                                scsi::ServiceAction{byte_of(command & 0xFF)}});
        }
    }
    profile.has_block_descriptor = unit.has_block_descriptor();
    profile.sends_descriptor_sense = unit.sends_descriptor_sense();
    profile.has_field_pointers = !unit.lacks_field_pointers();
    return profile;
}

}  // namespace nearline::config
