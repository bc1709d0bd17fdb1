// Log pages as LOG SENSE returns them (SPC-4 7.3).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scsi/types.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

// nullptr when there is none.
const LogPage* find_log_page(const std::vector<LogPage>& pages, std::uint8_t code,
                             std::uint8_t subpage);

// A list of the pages there are: page 00h; and where any page has subpages also 00h/FFh, and
// subpage FFh of each page. Nothing when the request is not for one of those.
std::optional<Bytes> encode_log_page_list(const std::vector<LogPage>& pages, std::uint8_t code,
                                          std::uint8_t subpage);

// The parameters from code `pointer` on. Nothing when `pointer` is beyond the last of them.
std::optional<Bytes> encode_log_page(const LogPage& page, std::uint16_t pointer);

}  // namespace nearline::scsi
