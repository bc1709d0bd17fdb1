// READ ATTRIBUTE and WRITE ATTRIBUTE: the cartridge memory as hosts reach it.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

enum class AttributeList : std::uint8_t {  // SERVICE ACTION of READ ATTRIBUTE
    Values = 0x00,
    Identifiers = 0x01,
    LogicalVolumes = 0x02,
    Partitions = 0x03,
    Supported = 0x05,
};

struct ReadAttribute {  // SPC-4 6.18
    static constexpr scsi::Opcode opcode{0x8C};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "READ ATTRIBUTE";
    static constexpr scsi::Gate gate = {.reservation = scsi::kReadsOnly};

    std::uint8_t list = 0;
    std::uint8_t logical_volume = 0;
    std::uint8_t partition = 0;
    std::uint16_t first_attribute = 0;
    std::uint32_t allocation_length = 0;
    bool cache = false;  // what a drive remembers of the memory will do: it is never stale here
    static constexpr auto fields() {
        using Self = ReadAttribute;
        return std::tuple{scsi::Field{"SERVICE ACTION", &Self::list, 1, 4, 5},
                          scsi::Field{"LOGICAL VOLUME NUMBER", &Self::logical_volume, 5, 7, 8},
                          scsi::Field{"PARTITION NUMBER", &Self::partition, 7, 7, 8},
                          scsi::Field{"FIRST ATTRIBUTE", &Self::first_attribute, 8, 7, 16},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 10, 7, 32},
                          scsi::Field{"CACHE", &Self::cache, 14, 0, 1}};
    }
};

struct WriteAttribute {  // SPC-4 6.47
    static constexpr scsi::Opcode opcode{0x8D};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "WRITE ATTRIBUTE";
    // Of all attributes there are, twice over; what is longer is refused unseen.
    static constexpr std::uint32_t kLongestList = 65536;

    bool wtc = false;  // write through: always done
    std::uint8_t logical_volume = 0;
    std::uint8_t partition = 0;
    std::uint32_t list_length = 0;
    static constexpr auto fields() {
        using Self = WriteAttribute;
        return std::tuple{scsi::Field{"WTC", &Self::wtc, 1, 0, 1},
                          scsi::Field{"LOGICAL VOLUME NUMBER", &Self::logical_volume, 5, 7, 8},
                          scsi::Field{"PARTITION NUMBER", &Self::partition, 7, 7, 8},
                          scsi::Field{"PARAMETER LIST LENGTH", &Self::list_length, 10, 7, 32}};
    }
    std::uint64_t data_out_length() const { return list_length > kLongestList ? 0 : list_length; }
};

using AttributeCommands = scsi::CommandList<ReadAttribute, WriteAttribute>;

}  // namespace nearline::drives
