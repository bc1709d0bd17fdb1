// The fast inventory: makes the records agree with what the changer says stands where. Bar codes
// tell cartridges apart; those without one are known by their place alone.
#pragma once

#include <cstdint>
#include <vector>

#include "rsm/device.h"
#include "rsm/element_reading.h"
#include "rsm/store.h"

namespace nearline::rsm {

// A drive as its own logical unit says who it is.
struct DriveUnit {
    Identity identity;
    scsi::Lun lun{};
};

// Inside a transaction. Elements become slots, ports and drives; cartridges become media: known
// ones come online where they stand, new ones go to the unrecognized pool of their type, and those
// that are gone become offline, or are forgotten where the documents say so.
void apply_reading(Store& store, Library& library, const Reading& reading,
                   const std::vector<DriveUnit>& units, std::uint64_t now_ms);

// To the offline library, whatever else is decided about it.
void take_offline(Store& store, PhysicalMedium& medium);

// The medium has left its library: what an eject does with the record, by pool and policy.
void medium_departed(Store& store, PhysicalMedium& medium, std::uint64_t now_ms);

// The library's media type a bar code tells: the type suffix of LTO labels, else what its drives
// are.
std::uint32_t media_type_code(const std::string& label, const Reading& reading);

// What RSM itself asks of a library.
LibRequest system_request(Operation operation, const Guid& library, std::uint64_t now_ms);

}  // namespace nearline::rsm
