// The commands of SSC-4 that move the tape without touching data, and the one that says where it
// is.
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

struct Rewind {  // SSC-4 7.11
    static constexpr scsi::Opcode opcode{0x01};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "REWIND";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool immed = false;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"IMMED", &Rewind::immed, 1, 0, 1}};
    }
};

// What SPACE counts (SSC-4 table 66).
enum class SpaceCode : std::uint8_t {
    Blocks = 0,
    Filemarks = 1,
    SequentialFilemarks = 2,
    EndOfData = 3,
};

struct Space6 {  // SSC-4 7.13
    static constexpr scsi::Opcode opcode{0x11};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "SPACE(6)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    std::uint8_t code = 0;
    std::uint32_t count = 0;  // two's complement of 24 bits
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"CODE", &Space6::code, 1, 2, 3},
                          scsi::Field{"COUNT", &Space6::count, 2, 7, 24}};
    }
};

struct Space16 {  // SSC-4 7.14
    static constexpr scsi::Opcode opcode{0x91};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "SPACE(16)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    std::uint8_t code = 0;
    std::uint64_t count = 0;  // two's complement
    std::uint16_t parameter_length = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"CODE", &Space16::code, 1, 3, 4},
                          scsi::Field{"COUNT", &Space16::count, 4, 7, 64},
                          scsi::Field{"PARAMETER LENGTH", &Space16::parameter_length, 12, 7, 16}};
    }
};

struct Locate10 {  // SSC-4 7.3
    static constexpr scsi::Opcode opcode{0x2B};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "LOCATE(10)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    bool bt = false;  // a number of the vendor's: the same here (Linux sends it)
    bool cp = false;  // to `partition`
    bool immed = false;
    std::uint32_t object = 0;
    std::uint8_t partition = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"BT", &Locate10::bt, 1, 2, 1},
                          scsi::Field{"CP", &Locate10::cp, 1, 1, 1},
                          scsi::Field{"IMMED", &Locate10::immed, 1, 0, 1},
                          scsi::Field{"LOGICAL OBJECT IDENTIFIER", &Locate10::object, 3, 7, 32},
                          scsi::Field{"PARTITION", &Locate10::partition, 8, 7, 8}};
    }
};

// What the number in LOCATE(16) counts (SSC-4 table 54).
enum class LocateDestination : std::uint8_t { Object = 0, File = 1, EndOfData = 3 };

struct Locate16 {  // SSC-4 7.4
    static constexpr scsi::Opcode opcode{0x92};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "LOCATE(16)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};

    std::uint8_t destination = 0;
    bool cp = false;
    bool immed = false;
    bool bam = false;  // explicit addresses: no LTO drive has them
    std::uint8_t partition = 0;
    std::uint64_t identifier = 0;
    static constexpr auto fields() {
        return std::tuple{scsi::Field{"DEST_TYPE", &Locate16::destination, 1, 4, 2},
                          scsi::Field{"CP", &Locate16::cp, 1, 1, 1},
                          scsi::Field{"IMMED", &Locate16::immed, 1, 0, 1},
                          scsi::Field{"BAM", &Locate16::bam, 2, 0, 1},
                          scsi::Field{"PARTITION", &Locate16::partition, 3, 7, 8},
                          scsi::Field{"LOGICAL IDENTIFIER", &Locate16::identifier, 4, 7, 64}};
    }
};

struct ReadPosition {  // SSC-4 7.7
    static constexpr scsi::Opcode opcode{0x34};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "READ POSITION";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required,
                                        .reservation = scsi::kReadsOnly};

    std::uint8_t form = 0;  // the service action: which data to return
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            scsi::Field{"SERVICE ACTION", &ReadPosition::form, 1, 4, 5},
            scsi::Field{"ALLOCATION LENGTH", &ReadPosition::allocation_length, 7, 7, 16}};
    }
};

// SSC-4 table 59.
struct ShortPosition {
    static constexpr std::size_t length = 20;
    bool bop = false;   // beginning of partition
    bool eop = false;   // between early warning and the end
    bool locu = false;  // the number of objects in the buffer is unknown
    bool bycu = false;  // the number of bytes in the buffer is unknown
    bool lolu = false;  // the objects are unknown
    bool perr = false;  // a number does not fit
    bool bpew = false;  // beyond programmable early warning
    std::uint8_t partition = 0;
    std::uint32_t first_object = 0;
    std::uint32_t last_object = 0;
    std::uint32_t buffered_objects = 0;
    std::uint32_t buffered_bytes = 0;
    static constexpr auto fields() {
        using Self = ShortPosition;
        return std::tuple{
            scsi::Field{"BOP", &Self::bop, 0, 7, 1},
            scsi::Field{"EOP", &Self::eop, 0, 6, 1},
            scsi::Field{"LOCU", &Self::locu, 0, 5, 1},
            scsi::Field{"BYCU", &Self::bycu, 0, 4, 1},
            scsi::Field{"LOLU", &Self::lolu, 0, 2, 1},
            scsi::Field{"PERR", &Self::perr, 0, 1, 1},
            scsi::Field{"BPEW", &Self::bpew, 0, 0, 1},
            scsi::Field{"PARTITION NUMBER", &Self::partition, 1, 7, 8},
            scsi::Field{"FIRST LOGICAL OBJECT LOCATION", &Self::first_object, 4, 7, 32},
            scsi::Field{"LAST LOGICAL OBJECT LOCATION", &Self::last_object, 8, 7, 32},
            scsi::Field{"NUMBER OF LOGICAL OBJECTS IN OBJECT BUFFER", &Self::buffered_objects, 13,
                        7, 24},
            scsi::Field{"NUMBER OF BYTES IN OBJECT BUFFER", &Self::buffered_bytes, 16, 7, 32}};
    }
};

// SSC-4 table 60.
struct LongPosition {
    static constexpr std::size_t length = 32;
    bool bop = false;
    bool eop = false;
    bool mpu = false;   // file number unknown
    bool lonu = false;  // object number unknown
    bool bpew = false;
    std::uint32_t partition = 0;
    std::uint64_t object = 0;
    std::uint64_t file = 0;  // filemarks before it
    std::uint64_t set = 0;
    static constexpr auto fields() {
        using Self = LongPosition;
        return std::tuple{scsi::Field{"BOP", &Self::bop, 0, 7, 1},
                          scsi::Field{"EOP", &Self::eop, 0, 6, 1},
                          scsi::Field{"MPU", &Self::mpu, 0, 3, 1},
                          scsi::Field{"LONU", &Self::lonu, 0, 2, 1},
                          scsi::Field{"BPEW", &Self::bpew, 0, 0, 1},
                          scsi::Field{"PARTITION NUMBER", &Self::partition, 4, 7, 32},
                          scsi::Field{"LOGICAL OBJECT NUMBER", &Self::object, 8, 7, 64},
                          scsi::Field{"LOGICAL FILE IDENTIFIER", &Self::file, 16, 7, 64},
                          scsi::Field{"LOGICAL SET IDENTIFIER", &Self::set, 24, 7, 64}};
    }
};

// SSC-4 table 61.
struct ExtendedPosition {
    static constexpr std::size_t length = 32;
    bool bop = false;
    bool eop = false;
    bool locu = false;
    bool bycu = false;
    bool lolu = false;
    bool perr = false;
    bool bpew = false;
    std::uint8_t partition = 0;
    std::uint16_t additional_length = 0x1C;
    std::uint32_t buffered_objects = 0;
    std::uint64_t first_object = 0;
    std::uint64_t last_object = 0;
    std::uint64_t buffered_bytes = 0;
    static constexpr auto fields() {
        using Self = ExtendedPosition;
        return std::tuple{
            scsi::Field{"BOP", &Self::bop, 0, 7, 1},
            scsi::Field{"EOP", &Self::eop, 0, 6, 1},
            scsi::Field{"LOCU", &Self::locu, 0, 5, 1},
            scsi::Field{"BYCU", &Self::bycu, 0, 4, 1},
            scsi::Field{"LOLU", &Self::lolu, 0, 2, 1},
            scsi::Field{"PERR", &Self::perr, 0, 1, 1},
            scsi::Field{"BPEW", &Self::bpew, 0, 0, 1},
            scsi::Field{"PARTITION NUMBER", &Self::partition, 1, 7, 8},
            scsi::Field{"ADDITIONAL LENGTH", &Self::additional_length, 2, 7, 16},
            scsi::Field{"NUMBER OF LOGICAL OBJECTS IN OBJECT BUFFER", &Self::buffered_objects, 5, 7,
                        24},
            scsi::Field{"FIRST LOGICAL OBJECT LOCATION", &Self::first_object, 8, 7, 64},
            scsi::Field{"LAST LOGICAL OBJECT LOCATION", &Self::last_object, 16, 7, 64},
            scsi::Field{"NUMBER OF BYTES IN OBJECT BUFFER", &Self::buffered_bytes, 24, 7, 64}};
    }
};

using PositionCommands =
    scsi::CommandList<Rewind, Space6, Space16, Locate10, Locate16, ReadPosition>;

}  // namespace nearline::drives
