// What INQUIRY returns, made from a unit's profile: standard data and vital product data pages.
#pragma once

#include <cstdint>
#include <optional>

#include "scsi/types.h"
#include "scsi/unit_profile.h"

namespace nearline::scsi {

// SPC-4 6.6.2.
Bytes standard_inquiry_data(const UnitProfile& profile);

// SPC-4 7.8; nothing when the unit lacks the page. `nexus` names the port the request came
// through, for pages 83h and 88h; it may be null.
std::optional<Bytes> vital_product_data(const UnitProfile& profile, std::uint8_t page_code,
                                        const NexusNames* nexus);

// What INQUIRY says where there is no logical unit: qualifier 011b, type 1Fh.
Bytes missing_unit_inquiry_data();

}  // namespace nearline::scsi
