// RECEIVE DIAGNOSTIC RESULTS: what came of a SEND DIAGNOSTIC.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

struct ReceiveDiagnosticResults {  // SPC-4 6.29
    static constexpr scsi::Opcode opcode{0x1C};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "RECEIVE DIAGNOSTIC RESULTS";
    static constexpr scsi::Gate gate = {.reservation = scsi::kReadsOnly};

    bool pcv = false;  // of `page_code`; else of the last SEND DIAGNOSTIC
    std::uint8_t page_code = 0;
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReceiveDiagnosticResults;
        return std::tuple{scsi::Field{"PCV", &Self::pcv, 1, 0, 1},
                          scsi::Field{"PAGE CODE", &Self::page_code, 2, 7, 8},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 3, 7, 16}};
    }
};

using DiagnosticCommands = scsi::CommandList<ReceiveDiagnosticResults>;

}  // namespace nearline::drives
