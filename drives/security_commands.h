// SECURITY PROTOCOL IN and OUT: keys for a drive that encrypts.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

struct SecurityProtocolIn {  // SPC-4 6.40
    static constexpr scsi::Opcode opcode{0xA2};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "SECURITY PROTOCOL IN";
    static constexpr scsi::Gate gate = {.reservation = scsi::kReadsOnly};

    std::uint8_t protocol = 0;
    std::uint16_t page = 0;
    bool counts_512 = false;  // lengths in units of 512 bytes: no tape drive has them
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = SecurityProtocolIn;
        return std::tuple{scsi::Field{"SECURITY PROTOCOL", &Self::protocol, 1, 7, 8},
                          scsi::Field{"SECURITY PROTOCOL SPECIFIC", &Self::page, 2, 7, 16},
                          scsi::Field{"INC_512", &Self::counts_512, 4, 7, 1},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32}};
    }
};

struct SecurityProtocolOut {  // SPC-4 6.41
    static constexpr scsi::Opcode opcode{0xB5};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "SECURITY PROTOCOL OUT";
    static constexpr std::uint32_t kLongestList = 4096;  // what is longer is refused unseen

    std::uint8_t protocol = 0;
    std::uint16_t page = 0;
    bool counts_512 = false;
    std::uint32_t list_length = 0;
    static constexpr auto fields() {
        using Self = SecurityProtocolOut;
        return std::tuple{scsi::Field{"SECURITY PROTOCOL", &Self::protocol, 1, 7, 8},
                          scsi::Field{"SECURITY PROTOCOL SPECIFIC", &Self::page, 2, 7, 16},
                          scsi::Field{"INC_512", &Self::counts_512, 4, 7, 1},
                          scsi::Field{"TRANSFER LENGTH", &Self::list_length, 6, 7, 32}};
    }
    std::uint64_t data_out_length() const {
        return counts_512 || list_length > kLongestList ? 0 : list_length;
    }
};

using SecurityCommands = scsi::CommandList<SecurityProtocolIn, SecurityProtocolOut>;

}  // namespace nearline::drives
