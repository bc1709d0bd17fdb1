// The attributes of a cartridge (scsi-tape sheet 1.17; SPC-4 7.4): which there are, what they are
// made of, what hosts may write. What lasts of them is in Medium::memory(), as READ ATTRIBUTE sends
// it; the rest is made when somebody asks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "drives/tape_statistics.h"
#include "media/cartridge.h"
#include "media/medium.h"
#include "scsi/field.h"
#include "scsi/sense.h"

namespace nearline::drives {

// Everything attributes are made of.
struct MemoryFacts {
    const media::CartridgeDescription& cartridge;
    const media::Medium& medium;
    // What has passed since the load; nullptr while the cartridge is held off the tape path.
    const TapeStatistics* load = nullptr;
    std::uint64_t tape_alerts = 0;  // flag 1 is the most significant bit
    std::string drive_vendor;
    std::string drive_serial;
};

inline constexpr Sense kMemoryNotAccessible{scsi::SenseKey::MediumError, 0x04, 0x10};
inline constexpr Sense kMemoryIsFull{scsi::SenseKey::IllegalRequest, 0x55, 0x06};

// What drives keep of a volume for log page 17h, this load included: beside the attributes, where
// no host sees it.
struct VolumeStatistics {
    static constexpr std::size_t length = 56;
    std::uint64_t bytes_written = 0;  // to the tape
    std::uint64_t bytes_read = 0;
    std::uint64_t data_sets_written = 0;
    std::uint64_t data_sets_read = 0;
    std::uint32_t unrecovered_writes = 0;
    std::uint32_t unrecovered_reads = 0;
    std::uint64_t beginning_passes = 0;
    std::uint64_t middle_passes = 0;

    static constexpr auto fields() {
        using Self = VolumeStatistics;
        return std::tuple{scsi::Field{"BYTES WRITTEN", &Self::bytes_written, 0, 7, 64},
                          scsi::Field{"BYTES READ", &Self::bytes_read, 8, 7, 64},
                          scsi::Field{"DATA SETS WRITTEN", &Self::data_sets_written, 16, 7, 64},
                          scsi::Field{"DATA SETS READ", &Self::data_sets_read, 24, 7, 64},
                          scsi::Field{"UNRECOVERED WRITES", &Self::unrecovered_writes, 32, 7, 32},
                          scsi::Field{"UNRECOVERED READS", &Self::unrecovered_reads, 36, 7, 32},
                          scsi::Field{"BEGINNING PASSES", &Self::beginning_passes, 40, 7, 64},
                          scsi::Field{"MIDDLE PASSES", &Self::middle_passes, 48, 7, 64}};
    }
};
VolumeStatistics volume_statistics(const MemoryFacts& facts);
// Data sets that so many bytes on tape take, the last one padded.
std::uint64_t data_sets(media::Generation generation, std::uint64_t bytes);

// How often the cartridge has been loaded, this time included; how many loads its life has.
std::uint64_t load_count(const MemoryFacts& facts);
std::uint64_t load_cycles(media::Generation generation);
// The plastic's own: maker, and serial number.
std::string medium_manufacturer();
std::string medium_serial(const media::CartridgeDescription& cartridge);

// The parameter data of READ ATTRIBUTE, without its length field, from `first` on; in ascending
// order. Nothing when `first` is none of them.
std::optional<base::Bytes> attribute_values(const MemoryFacts& facts, std::uint8_t partition,
                                            std::uint16_t first);
std::optional<base::Bytes> attribute_identifiers(const MemoryFacts& facts, std::uint8_t partition,
                                                 std::uint16_t first);
std::optional<base::Bytes> supported_attributes(const MemoryFacts& facts, std::uint16_t first);

// WRITE ATTRIBUTE: the memory as `list` (the attributes, behind the length field) leaves it, all or
// nothing. Field pointers count from the beginning of the parameter list.
Result<media::CartridgeMemory, Sense> memory_written(const MemoryFacts& facts,
                                                     std::uint8_t partition, base::BytesView list);

// The memory at the end of a load: usage, drives, TapeAlerts.
media::CartridgeMemory memory_at_unload(const MemoryFacts& facts);
// With another volume change reference: something has been recorded since the load.
media::CartridgeMemory memory_with_change(media::CartridgeMemory memory);
// After FORMAT MEDIUM: the volume has been initialized once more.
media::CartridgeMemory memory_after_format(media::CartridgeMemory memory);

}  // namespace nearline::drives
