// Recording formats: what a generation of tape is, apart from any drive. Figures of scsi-tape sheet
// 1.16, 1.17 (memory) and 3.1, which took them from manuals and the LTO consortium's tables.
#pragma once

#include <cstdint>
#include <string_view>

#include "media/volume_tag.h"

namespace nearline::media {

struct Format {
    Generation generation = Generation::Unknown;
    std::uint8_t density = 0;              // primary density code
    std::uint8_t data_type = 0;            // medium type of mode parameters, by generation
    std::uint8_t worm_type = 0;            // of a cartridge that is written once; 0: there is none
    std::string_view density_name;         // "U-932"
    std::string_view density_description;  // "Ultrium 9/32T"
    std::string_view organization;         // that gave the codes: "LTO-CVE"
    std::uint32_t bits_per_mm = 0;
    std::uint16_t tracks = 0;
    std::uint64_t native_mb = 0;    // 10^6 bytes
    std::uint16_t length_m = 0;     // of the tape
    std::uint16_t wraps = 0;        // end-to-end passes that fill it
    std::uint32_t end_zone_mb = 0;  // between early warning and the end, at least
    std::uint32_t data_set_bytes = 0;
    std::uint32_t memory_bytes = 0;  // of the cartridge memory
    std::uint8_t partitions = 1;     // at most
    bool has_encryption = false;

    bool has_worm() const { return worm_type != 0; }
    std::uint64_t native_bytes() const { return native_mb * 1'000'000; }
};

// nullptr for Generation::Unknown.
const Format* format_of(Generation generation);

// The same cartridge as drives before it recorded it; Unknown: they had none like it.
Generation older_format(Generation generation);

}  // namespace nearline::media
