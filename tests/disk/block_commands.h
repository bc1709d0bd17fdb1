// The SBC-3 commands of the test disk, as they stand in a CDB. Protection fields are left out: the
// disk keeps no protection information, so they are reserved bits.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "scsi/command.h"

namespace nearline::disk {

using scsi::Field;
using scsi::Opcode;
using scsi::ServiceAction;

inline constexpr std::uint32_t kBlockSize = 512;

inline constexpr scsi::Gate kReads = {.readiness = scsi::Readiness::Required,
                                      .reservation = scsi::kReadsOnly};
inline constexpr scsi::Gate kWrites = {.readiness = scsi::Readiness::Required};

enum class ByteCheck : std::uint8_t { None = 0, AllBlocks = 1, Reserved = 2, OneBlock = 3 };

// Where and how much: what every command of this file comes down to.
struct Extent {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
};

struct Read6 {  // SBC-3 5.8
    static constexpr Opcode opcode{0x08};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "READ(6)";
    static constexpr scsi::Gate gate = kReads;
    std::uint32_t logical_block_address = 0;
    std::uint8_t transfer_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"LOGICAL BLOCK ADDRESS", &Read6::logical_block_address, 1, 4, 21},
                          Field{"TRANSFER LENGTH", &Read6::transfer_length, 4, 7, 8}};
    }
    Extent extent() const {
        return {logical_block_address, transfer_length == 0 ? 256U : transfer_length};
    }
};

struct Write6 {  // SBC-3 5.29
    static constexpr Opcode opcode{0x0A};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "WRITE(6)";
    static constexpr scsi::Gate gate = kWrites;
    std::uint32_t logical_block_address = 0;
    std::uint8_t transfer_length = 0;
    static constexpr auto fields() {
        return std::tuple{Field{"LOGICAL BLOCK ADDRESS", &Write6::logical_block_address, 1, 4, 21},
                          Field{"TRANSFER LENGTH", &Write6::transfer_length, 4, 7, 8}};
    }
    Extent extent() const {
        return {logical_block_address, transfer_length == 0 ? 256U : transfer_length};
    }
    std::uint64_t data_out_length() const { return std::uint64_t{extent().count} * kBlockSize; }
};

// READ, WRITE, VERIFY and WRITE AND VERIFY of the three longer lengths differ only in where the
// numbers stand.
template <typename Self, std::size_t Length>
constexpr auto extent_fields() {
    static_assert(Length == 10 || Length == 12 || Length == 16);
    constexpr int kAddressBits = Length == 16 ? 64 : 32;
    constexpr int kCountByte = Length == 10 ? 7 : Length == 12 ? 6 : 10;
    constexpr int kCountBits = Length == 10 ? 16 : 32;
    constexpr int kGroupByte = Length == 10 ? 6 : Length == 12 ? 10 : 14;
    return std::tuple{
        Field{"LOGICAL BLOCK ADDRESS", &Self::logical_block_address, 2, 7, kAddressBits},
        Field{"TRANSFER LENGTH", &Self::transfer_length, kCountByte, 7, kCountBits},
        Field{"GROUP NUMBER", &Self::group_number, kGroupByte, 4, 5}};
}

template <std::uint8_t Code, std::size_t Length>
struct Read {  // SBC-3 5.9 to 5.11
    static constexpr Opcode opcode{Code};
    static constexpr std::size_t length = Length;
    static constexpr std::string_view name = Length == 10   ? "READ(10)"
                                             : Length == 12 ? "READ(12)"
                                                            : "READ(16)";
    static constexpr scsi::Gate gate = kReads;
    bool disable_page_out = false;
    bool force_unit_access = false;
    std::uint64_t logical_block_address = 0;
    std::uint32_t transfer_length = 0;
    std::uint8_t group_number = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{Field{"DPO", &Read::disable_page_out, 1, 4, 1},
                                         Field{"FUA", &Read::force_unit_access, 1, 3, 1}},
                              extent_fields<Read, Length>());
    }
    Extent extent() const { return {logical_block_address, transfer_length}; }
};
using Read10 = Read<0x28, 10>;
using Read12 = Read<0xA8, 12>;
using Read16 = Read<0x88, 16>;

template <std::uint8_t Code, std::size_t Length>
struct Write {  // SBC-3 5.30 to 5.32
    static constexpr Opcode opcode{Code};
    static constexpr std::size_t length = Length;
    static constexpr std::string_view name = Length == 10   ? "WRITE(10)"
                                             : Length == 12 ? "WRITE(12)"
                                                            : "WRITE(16)";
    static constexpr scsi::Gate gate = kWrites;
    bool disable_page_out = false;
    bool force_unit_access = false;
    std::uint64_t logical_block_address = 0;
    std::uint32_t transfer_length = 0;
    std::uint8_t group_number = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{Field{"DPO", &Write::disable_page_out, 1, 4, 1},
                                         Field{"FUA", &Write::force_unit_access, 1, 3, 1}},
                              extent_fields<Write, Length>());
    }
    Extent extent() const { return {logical_block_address, transfer_length}; }
    std::uint64_t data_out_length() const { return std::uint64_t{transfer_length} * kBlockSize; }
};
using Write10 = Write<0x2A, 10>;
using Write12 = Write<0xAA, 12>;
using Write16 = Write<0x8A, 16>;

template <std::uint8_t Code, std::size_t Length>
struct Verify {  // SBC-3 5.24 to 5.26
    static constexpr Opcode opcode{Code};
    static constexpr std::size_t length = Length;
    static constexpr std::string_view name = Length == 10   ? "VERIFY(10)"
                                             : Length == 12 ? "VERIFY(12)"
                                                            : "VERIFY(16)";
    static constexpr scsi::Gate gate = kReads;
    bool disable_page_out = false;
    ByteCheck byte_check = ByteCheck::None;
    std::uint64_t logical_block_address = 0;
    std::uint32_t transfer_length = 0;
    std::uint8_t group_number = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{Field{"DPO", &Verify::disable_page_out, 1, 4, 1},
                                         Field{"BYTCHK", &Verify::byte_check, 1, 2, 2}},
                              extent_fields<Verify, Length>());
    }
    Extent extent() const { return {logical_block_address, transfer_length}; }
    std::uint64_t data_out_length() const {
        if (byte_check == ByteCheck::OneBlock) return transfer_length == 0 ? 0 : kBlockSize;
        const bool compares = byte_check == ByteCheck::AllBlocks;
        return compares ? std::uint64_t{transfer_length} * kBlockSize : 0;
    }
};
using Verify10 = Verify<0x2F, 10>;
using Verify12 = Verify<0xAF, 12>;
using Verify16 = Verify<0x8F, 16>;

template <std::uint8_t Code, std::size_t Length>
struct WriteAndVerify {  // SBC-3 5.33 to 5.35
    static constexpr Opcode opcode{Code};
    static constexpr std::size_t length = Length;
    static constexpr std::string_view name = Length == 10   ? "WRITE AND VERIFY(10)"
                                             : Length == 12 ? "WRITE AND VERIFY(12)"
                                                            : "WRITE AND VERIFY(16)";
    static constexpr scsi::Gate gate = kWrites;
    bool disable_page_out = false;
    ByteCheck byte_check = ByteCheck::None;
    std::uint64_t logical_block_address = 0;
    std::uint32_t transfer_length = 0;
    std::uint8_t group_number = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{Field{"DPO", &WriteAndVerify::disable_page_out, 1, 4, 1},
                                         Field{"BYTCHK", &WriteAndVerify::byte_check, 1, 2, 2}},
                              extent_fields<WriteAndVerify, Length>());
    }
    Extent extent() const { return {logical_block_address, transfer_length}; }
    std::uint64_t data_out_length() const { return std::uint64_t{transfer_length} * kBlockSize; }
};
using WriteAndVerify10 = WriteAndVerify<0x2E, 10>;
using WriteAndVerify12 = WriteAndVerify<0xAE, 12>;
using WriteAndVerify16 = WriteAndVerify<0x8E, 16>;

struct ReadCapacity10 {  // SBC-3 5.15, without the obsolete PMI
    static constexpr Opcode opcode{0x25};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "READ CAPACITY(10)";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required,
                                        .reservation = scsi::kAlwaysAllowed};
    static constexpr auto fields() { return std::tuple{}; }
};

struct ReadCapacity16 {  // SBC-3 5.16
    static constexpr Opcode opcode{0x9E};
    static constexpr ServiceAction service_action{0x10};
    static constexpr std::size_t length = 16;
    static constexpr std::string_view name = "READ CAPACITY(16)";
    static constexpr scsi::Gate gate = ReadCapacity10::gate;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"ALLOCATION LENGTH", &ReadCapacity16::allocation_length, 10, 7, 32}};
    }
};

template <std::uint8_t Code, std::size_t Length>
struct SynchronizeCache {  // SBC-3 5.18, 5.19
    static constexpr Opcode opcode{Code};
    static constexpr std::size_t length = Length;
    static constexpr std::string_view name =
        Length == 10 ? "SYNCHRONIZE CACHE(10)" : "SYNCHRONIZE CACHE(16)";
    static constexpr scsi::Gate gate = kWrites;
    bool non_volatile = false;  // SYNC_NV of SBC-2: there is one kind of memory here
    bool immediate = false;
    std::uint64_t logical_block_address = 0;
    std::uint32_t transfer_length = 0;
    std::uint8_t group_number = 0;
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{Field{"SYNC_NV", &SynchronizeCache::non_volatile, 1, 2, 1},
                                         Field{"IMMED", &SynchronizeCache::immediate, 1, 1, 1}},
                              extent_fields<SynchronizeCache, Length>());
    }
    Extent extent() const { return {logical_block_address, transfer_length}; }
};
using SynchronizeCache10 = SynchronizeCache<0x35, 10>;
using SynchronizeCache16 = SynchronizeCache<0x91, 16>;

struct StartStopUnit {  // SBC-3 5.20
    static constexpr Opcode opcode{0x1B};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "START STOP UNIT";
    bool immediate = false;
    std::uint8_t power_condition_modifier = 0;
    std::uint8_t power_condition = 0;  // other than zero: the rest of the command says nothing
    bool no_flush = false;
    bool load_eject = false;
    bool start = false;
    static constexpr auto fields() {
        return std::tuple{
            Field{"IMMED", &StartStopUnit::immediate, 1, 0, 1},
            Field{"POWER CONDITION MODIFIER", &StartStopUnit::power_condition_modifier, 3, 3, 4},
            Field{"POWER CONDITION", &StartStopUnit::power_condition, 4, 7, 4},
            Field{"NO_FLUSH", &StartStopUnit::no_flush, 4, 2, 1},
            Field{"LOEJ", &StartStopUnit::load_eject, 4, 1, 1},
            Field{"START", &StartStopUnit::start, 4, 0, 1}};
    }
};

using BlockCommands =
    scsi::CommandList<Read6, Write6, StartStopUnit, ReadCapacity10, Read10, Write10,
                      WriteAndVerify10, Verify10, SynchronizeCache10, Read16, Write16,
                      WriteAndVerify16, Verify16, SynchronizeCache16, ReadCapacity16, Read12,
                      Write12, WriteAndVerify12, Verify12>;

}  // namespace nearline::disk
