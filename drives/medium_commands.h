// The commands of SSC-4 that concern the cartridge as a whole.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

struct ReadBlockLimits {  // SSC-4 6.5
    static constexpr scsi::Opcode opcode{0x05};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "READ BLOCK LIMITS";
    static constexpr scsi::Gate gate = {.reservation = {scsi::WhenReserved::Conflicts,
                                                        scsi::WhenReserved::Allowed,
                                                        scsi::WhenReserved::Allowed}};

    bool mloi = false;  // the largest object number instead of the lengths
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"MLOI", &ReadBlockLimits::mloi, 1, 0, 1}};
    }
};

struct LoadUnload {  // SSC-4 7.2
    static constexpr scsi::Opcode opcode{0x1B};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "LOAD UNLOAD";

    bool immed = false;  // answers when it has begun
    bool hold = false;   // keeps the cartridge inside, off the tape path
    bool eot = false;    // unloads at the end of the tape: no LTO drive does
    bool reten = false;  // retension: nothing to do for LTO
    bool load = false;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"IMMED", &LoadUnload::immed, 1, 0, 1},
                          scsi::Field{"HOLD", &LoadUnload::hold, 4, 3, 1},
                          scsi::Field{"EOT", &LoadUnload::eot, 4, 2, 1},
                          scsi::Field{"RETEN", &LoadUnload::reten, 4, 1, 1},
                          scsi::Field{"LOAD", &LoadUnload::load, 4, 0, 1}};
    }
};

enum class FormatKind : std::uint8_t {  // FORMAT of FORMAT MEDIUM
    Default = 0,                        // one partition
    Partition = 1,                      // as page 11h says
    DefaultThenPartition = 2,
};

struct FormatMedium {  // scsi-tape sheet 1.15
    static constexpr scsi::Opcode opcode{0x04};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "FORMAT MEDIUM";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool verify = false;
    bool immed = false;
    std::uint8_t format = 0;
    std::uint16_t transfer_length = 0;  // of what no LTO drive takes
    static constexpr auto fields() {
        using Self = FormatMedium;
        return std::tuple{scsi::Field{"VERIFY", &Self::verify, 1, 1, 1},
                          scsi::Field{"IMMED", &Self::immed, 1, 0, 1},
                          scsi::Field{"FORMAT", &Self::format, 2, 3, 4},
                          scsi::Field{"TRANSFER LENGTH", &Self::transfer_length, 3, 7, 16}};
    }
};

struct SetCapacity {  // scsi-tape sheet 1.15
    static constexpr scsi::Opcode opcode{0x0B};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "SET CAPACITY";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool immed = false;
    std::uint16_t proportion = 0;  // of 65535
    static constexpr auto fields() {
        using Self = SetCapacity;
        return std::tuple{scsi::Field{"IMMED", &Self::immed, 1, 0, 1},
                          scsi::Field{"CAPACITY PROPORTION VALUE", &Self::proportion, 3, 7, 16}};
    }
};

enum class OverwriteKind : std::uint8_t {  // ALLOW OVERWRITE
    None = 0,
    CurrentPosition = 1,
    Format = 2,
};

struct AllowOverwrite {  // scsi-tape sheet 1.15
    static constexpr scsi::Opcode opcode{0x82};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "ALLOW OVERWRITE";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    std::uint8_t kind = 0;
    std::uint8_t partition = 0;
    std::uint64_t object = 0;
    static constexpr auto fields() {
        using Self = AllowOverwrite;
        return std::tuple{scsi::Field{"ALLOW OVERWRITE", &Self::kind, 2, 3, 4},
                          scsi::Field{"PARTITION", &Self::partition, 3, 7, 8},
                          scsi::Field{"LOGICAL OBJECT IDENTIFIER", &Self::object, 4, 7, 64}};
    }
};

struct ReportDensitySupport {  // scsi-tape sheet 1.16
    static constexpr scsi::Opcode opcode{0x44};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "REPORT DENSITY SUPPORT";
    static constexpr scsi::Gate gate = {.reservation = {scsi::WhenReserved::Conflicts,
                                                        scsi::WhenReserved::Allowed,
                                                        scsi::WhenReserved::Allowed}};

    bool medium_type = false;  // kinds of media instead of densities
    bool media = false;        // of what is loaded, instead of all the drive knows
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReportDensitySupport;
        return std::tuple{scsi::Field{"MEDIUM TYPE", &Self::medium_type, 1, 1, 1},
                          scsi::Field{"MEDIA", &Self::media, 1, 0, 1},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 7, 7, 16}};
    }
};

using MediumCommands = scsi::CommandList<ReadBlockLimits, LoadUnload, FormatMedium, SetCapacity,
                                         AllowOverwrite, ReportDensitySupport>;

}  // namespace nearline::drives
