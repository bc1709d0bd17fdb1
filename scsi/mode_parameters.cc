#include "scsi/mode_parameters.h"

#include <bit>

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kAllPages = 0x3F;
constexpr std::uint8_t kAllSubpages = 0xFF;
constexpr std::uint8_t kParametersSavable = 0x80;
constexpr std::uint8_t kSubpageFormat = 0x40;
constexpr std::uint8_t kPageCodeBits = 0x3F;

void write(base::ByteWriter& out, const ModePage& page) {
    if (page.code == 0 && page.values.empty()) return;
    const unsigned savable = page.is_savable ? kParametersSavable : 0U;
    if (page.subpage == 0) {
        out.u8(savable | page.code).u8(page.values.size());
    } else {
        out.u8(savable | kSubpageFormat | page.code).u8(page.subpage).u16(page.values.size());
    }
    out.bytes(page.values);
}

SelectedModePage read_page(base::ByteReader& in) {
    SelectedModePage page;
    page.offset = static_cast<std::uint16_t>(in.position());
    const std::uint8_t first = in.u8();  // PS is reserved here; hosts send back what they read
    const bool has_subpage = (first & kSubpageFormat) != 0;
    const std::uint8_t subpage = has_subpage ? in.u8() : std::uint8_t{0};
    const std::size_t length = has_subpage ? in.u16() : in.u8();
    page.header_size = has_subpage ? 4 : 2;
    page.key = {static_cast<std::uint8_t>(first & kPageCodeBits), subpage};
    const BytesView values = in.bytes(length);
    page.values.assign(values.begin(), values.end());
    return page;
}

}  // namespace

bool is_asked_for(const ModePage& page, std::uint8_t page_code, std::uint8_t subpage_code) {
    const bool is_page = page_code == kAllPages || page_code == page.code;
    const bool is_subpage = subpage_code == kAllSubpages || subpage_code == page.subpage;
    return is_page && is_subpage;
}

Bytes encode_mode_parameters(ModeHeaderForm form, const ModeHeader& header,
                             BytesView block_descriptor, const std::vector<ModePage>& pages) {
    Bytes list;
    base::ByteWriter out(list);
    if (form == ModeHeaderForm::Six) {
        out.u8(0).u8(header.medium_type).u8(header.device_specific);
        out.u8(block_descriptor.size());
    } else {
        out.u16(0).u8(header.medium_type).u8(header.device_specific).u16(0);
        out.u16(block_descriptor.size());
    }
    out.bytes(block_descriptor);
    for (const ModePage& page : pages) write(out, page);
    // MODE DATA LENGTH does not count itself.
    const std::size_t width = form == ModeHeaderForm::Six ? 1 : 2;
    out.patch(0, list.size() - width, width);
    return list;
}

Result<ModeParameters, Sense> decode_mode_parameters(ModeHeaderForm form, BytesView list) {
    base::ByteReader in(list);
    ModeParameters parameters;
    in.skip(form == ModeHeaderForm::Six ? 1 : 2);  // MODE DATA LENGTH: reserved in MODE SELECT
    parameters.header.medium_type = in.u8();
    parameters.header.device_specific = in.u8();
    if (form == ModeHeaderForm::Ten) in.skip(2);
    parameters.block_descriptor_length_offset = static_cast<std::uint16_t>(in.position());
    const std::size_t descriptor_length = form == ModeHeaderForm::Six ? in.u8() : in.u16();
    parameters.block_descriptor_offset = static_cast<std::uint16_t>(in.position());
    const BytesView descriptor = in.bytes(descriptor_length);
    parameters.block_descriptor.assign(descriptor.begin(), descriptor.end());
    while (in.ok() && in.remaining() > 0) parameters.pages.push_back(read_page(in));
    if (!in.ok()) return Failure{kParameterListLengthError};
    return parameters;
}

std::optional<Sense> why_not_select(const SelectedModePage& selected, const ModePage& page) {
    if (selected.values.size() != page.values.size()) {
        const std::uint16_t length_field = selected.header_size == 2 ? 1 : 2;
        return kInvalidFieldInParameterList.at_parameter_byte(
            static_cast<std::uint16_t>(selected.offset + length_field));
    }
    for (std::size_t at = 0; at < page.values.size(); ++at) {
        const std::uint8_t changeable =
            at < page.changeable.size() ? page.changeable[at] : std::uint8_t{0};
        const auto stray =
            static_cast<std::uint8_t>((selected.values[at] ^ page.values[at]) & ~changeable);
        if (stray == 0) continue;
        return kInvalidFieldInParameterList.at_parameter_byte(
            static_cast<std::uint16_t>(selected.values_offset() + at),
            static_cast<std::uint8_t>(7 - std::countl_zero(stray)));
    }
    return std::nullopt;
}

Bytes merge_bits(BytesView values, BytesView mask, BytesView otherwise) {
    Bytes merged(otherwise.begin(), otherwise.end());
    for (std::size_t at = 0; at < merged.size(); ++at) {
        const std::uint8_t taken = at < mask.size() ? mask[at] : std::uint8_t{0};
        const std::uint8_t value = at < values.size() ? values[at] : std::uint8_t{0};
        merged[at] = static_cast<std::uint8_t>((value & taken) | (merged[at] & ~taken));
    }
    return merged;
}

}  // namespace nearline::scsi
