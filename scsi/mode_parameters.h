// The parameter lists of MODE SENSE and MODE SELECT (SPC-4 7.5): header, block descriptor, pages.
// Made for MODE SENSE, taken apart and checked for MODE SELECT; both CDB sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "scsi/sense.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

// Of the (6) commands four bytes, of the (10) commands eight.
enum class ModeHeaderForm { Six, Ten };

struct ModeHeader {
    std::uint8_t medium_type = 0;
    std::uint8_t device_specific = 0;
};

using ModePageKey = std::pair<std::uint8_t, std::uint8_t>;  // page, subpage
inline ModePageKey key_of(const ModePage& page) {
    return {page.code, page.subpage};
}

// Whether a request for `page_code` and `subpage_code` means `page`: 3Fh asks for all pages,
// subpage FFh for all subpages (SPC-4 table 363).
bool is_asked_for(const ModePage& page, std::uint8_t page_code, std::uint8_t subpage_code);

// The whole list in the order of `pages`. A page 00h without values is a request that succeeds
// and has no page of its own: tape drives answer it with header and block descriptor.
Bytes encode_mode_parameters(ModeHeaderForm form, const ModeHeader& header,
                             BytesView block_descriptor, const std::vector<ModePage>& pages);

// A page as MODE SELECT brings it, and where in the list it stood, for field pointers.
struct SelectedModePage {
    ModePageKey key;
    Bytes values;
    std::uint16_t offset = 0;       // of the page's first byte
    std::uint16_t header_size = 0;  // 2, or 4 with a subpage

    std::uint16_t values_offset() const { return static_cast<std::uint16_t>(offset + header_size); }
};

struct ModeParameters {
    ModeHeader header;
    Bytes block_descriptor;
    std::uint16_t block_descriptor_offset = 0;
    std::uint16_t block_descriptor_length_offset = 0;
    std::vector<SelectedModePage> pages;
};

// A list that ends within a header, descriptor or page is a PARAMETER LIST LENGTH ERROR.
Result<ModeParameters, Sense> decode_mode_parameters(ModeHeaderForm form, BytesView list);

// Why `selected` may not become the values of `page`: its length differs, or a bit that is not
// changeable does.
std::optional<Sense> why_not_select(const SelectedModePage& selected, const ModePage& page);

// `values` where `mask` has ones, `otherwise` elsewhere.
Bytes merge_bits(BytesView values, BytesView mask, BytesView otherwise);

}  // namespace nearline::scsi
