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

using MediumCommands = scsi::CommandList<ReadBlockLimits, LoadUnload>;

}  // namespace nearline::drives
