// How FORMAT MEDIUM divides a tape, by the medium partition page (scsi-tape sheet 1.15 and
// 1.18). Pure functions of the page, the format and the capacity.
//
// Partitions of LTO are made of whole wraps, two at least, with two unused between neighbours. A
// cartridge that has been given less capacity than its format is divided in the same proportions.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/cartridge.h"
#include "media/format.h"
#include "media/medium.h"
#include "scsi/sense.h"

namespace nearline::drives {

// What the values of page 11h say, behind its two header bytes.
struct PartitionLayout {
    enum class Division : std::uint8_t {
        Unchanged,  // none of FDP, SDP and IDP
        Fixed,      // FDP: the first takes the rest, the others are as small as can be
        Equal,      // SDP: the drive chooses the sizes
        AsListed,   // IDP
    };
    Division division = Division::Unchanged;
    std::uint8_t additional = 0;        // partitions beyond the first
    std::uint64_t unit = 1;             // bytes
    std::vector<std::uint16_t> shares;  // of `unit` each; kRest takes what is left
    static constexpr std::uint16_t kRest = 0xFFFF;
};

// Field pointers count from the first of `values`.
base::Result<PartitionLayout, scsi::Sense> layout_of(base::BytesView values, unsigned most);

// The sizes in bytes; a failure, with the field that is to blame, when they do not fit.
base::Result<std::vector<std::uint64_t>, scsi::Sense> partition_sizes(const PartitionLayout& layout,
                                                                      const media::Format& format,
                                                                      std::uint64_t capacity);

// What the cartridge had when it was made.
std::uint64_t nominal_capacity(const media::CartridgeDescription& cartridge,
                               const media::Format& format);

// `values` as MODE SENSE shows them for the partitions there are.
base::Bytes layout_values(base::Bytes values, const media::Medium& medium,
                          const media::Format& format, std::uint64_t capacity);

}  // namespace nearline::drives
