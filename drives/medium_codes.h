// The numbers by which hosts know a medium: density code, medium type, capacity. By generation
// (scsi-tape sheet 3.1, 3.4 and 1.18); density codes of different makers may be the same.
#pragma once

#include <cstdint>

#include "media/volume_tag.h"

namespace nearline::drives {

// How the medium type byte of the mode parameter header is made.
enum class MediumTypeCoding : std::uint8_t {
    Generation,  // 98h LTO-9 data, 9Ch LTO-9 WORM: IBM's, and what HPE and Quantum sell from LTO-7
    Kind,        // 00h data, 01h WORM, 80h cleaning: HP's own drives, LTO-1 to LTO-6
    KindWorm80,  // 00h data, 80h WORM, 01h cleaning: Quantum's own drives
};

// 00h for what has none.
std::uint8_t density_code(media::Generation generation);
std::uint8_t medium_type(MediumTypeCoding coding, media::Generation generation,
                         media::CartridgeType type);
// Native, in megabytes of 10^6 bytes.
std::uint64_t native_capacity_mb(media::Generation generation);

}  // namespace nearline::drives
