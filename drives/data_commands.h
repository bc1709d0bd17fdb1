// The commands of SSC-4 that pass data or marks under the head.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

// READ, WRITE and VERIFY count bytes of one block, or with FIXED blocks of the length in the block
// descriptor.
struct Read6 {  // SSC-4 6.4
    static constexpr scsi::Opcode opcode{0x08};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "READ(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required,
                                        .reservation = scsi::kReadsOnly};

    bool sili = false;  // a block of another length is no news
    bool fixed = false;
    std::uint32_t transfer_length = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"SILI", &Read6::sili, 1, 1, 1},
                          scsi::Field{"FIXED", &Read6::fixed, 1, 0, 1},
                          scsi::Field{"TRANSFER LENGTH", &Read6::transfer_length, 2, 7, 24}};
    }
};

struct Write6 {  // SSC-4 6.13
    static constexpr scsi::Opcode opcode{0x0A};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "WRITE(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool fixed = false;
    std::uint32_t transfer_length = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"FIXED", &Write6::fixed, 1, 0, 1},
                          scsi::Field{"TRANSFER LENGTH", &Write6::transfer_length, 2, 7, 24}};
    }
    // Of one block. With FIXED the drive knows better: see DriveDeviceServer.
    std::uint64_t data_out_length() const { return fixed ? 0 : transfer_length; }
};

struct WriteFilemarks6 {  // SSC-4 6.14
    static constexpr scsi::Opcode opcode{0x10};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "WRITE FILEMARKS(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool wsmk = false;   // setmarks: no LTO drive has them
    bool immed = false;  // answers when the marks are in the buffer
    std::uint32_t count = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"WSMK", &WriteFilemarks6::wsmk, 1, 1, 1},
                          scsi::Field{"IMMED", &WriteFilemarks6::immed, 1, 0, 1},
                          scsi::Field{"FILEMARK COUNT", &WriteFilemarks6::count, 2, 7, 24}};
    }
};

struct Verify6 {  // SSC-4 6.12
    static constexpr scsi::Opcode opcode{0x13};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "VERIFY(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required,
                                        .reservation = scsi::kReadsOnly};

    bool vte = false;    // to the end of data, whatever the length says
    bool vlbpm = false;  // the protection information of the blocks too
    bool vbf = false;    // by filemarks: the length counts them
    bool immed = false;
    bool bytcmp = false;  // against data sent along: no LTO drive does
    bool fixed = false;
    std::uint32_t verification_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            scsi::Field{"VTE", &Verify6::vte, 1, 5, 1},
            scsi::Field{"VLBPM", &Verify6::vlbpm, 1, 4, 1},
            scsi::Field{"VBF", &Verify6::vbf, 1, 3, 1},
            scsi::Field{"IMMED", &Verify6::immed, 1, 2, 1},
            scsi::Field{"BYTCMP", &Verify6::bytcmp, 1, 1, 1},
            scsi::Field{"FIXED", &Verify6::fixed, 1, 0, 1},
            scsi::Field{"VERIFICATION LENGTH", &Verify6::verification_length, 2, 7, 24}};
    }
};

struct Erase6 {  // SSC-4 5.1
    static constexpr scsi::Opcode opcode{0x19};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "ERASE(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool immed = false;
    bool is_long = false;  // to the end of the partition; else an end of data here
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"IMMED", &Erase6::immed, 1, 1, 1},
                          scsi::Field{"LONG", &Erase6::is_long, 1, 0, 1}};
    }
};

using DataCommands = scsi::CommandList<Read6, Write6, WriteFilemarks6, Verify6, Erase6>;

}  // namespace nearline::drives
