// The commands of SPC-4 with which somebody looks after a unit: its buffers and microcode, its
// clock, and the name its owner gives it.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "scsi/command.h"

namespace nearline::scsi {

// MODE of READ BUFFER and WRITE BUFFER (SPC-4 tables 210 and 319): those that are answered.
enum class BufferMode : std::uint8_t {
    Data = 0x02,
    Descriptor = 0x03,                   // reading only
    DownloadAndActivate = 0x04,          // microcode, at once
    DownloadSaveAndActivate = 0x05,      //
    DownloadWithOffsets = 0x07,          // in pieces; the last one activates it
    EchoData = 0x0A,                     //
    EchoDescriptor = 0x0B,               // reading only
    DownloadWithOffsetsAndDefer = 0x0E,  // in pieces, for the next mode:
    ActivateDeferred = 0x0F,
    ErrorHistory = 0x1C,  // reading only
};

// SPC-4 6.18.
struct ReadBuffer {
    static constexpr Opcode opcode{0x3C};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "READ BUFFER";
    static constexpr Gate gate = {.reservation = kReadsOnly};
    BufferMode mode{};
    std::uint8_t buffer_id = 0;
    std::uint32_t buffer_offset = 0;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReadBuffer;
        return std::tuple{Field{"MODE", &Self::mode, 1, 4, 5},
                          Field{"BUFFER ID", &Self::buffer_id, 2, 7, 8},
                          Field{"BUFFER OFFSET", &Self::buffer_offset, 3, 7, 24},
                          Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 24}};
    }
};

// SPC-4 6.49.
struct WriteBuffer {
    static constexpr Opcode opcode{0x3B};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "WRITE BUFFER";
    BufferMode mode{};
    std::uint8_t buffer_id = 0;
    std::uint32_t buffer_offset = 0;
    std::uint32_t parameter_list_length = 0;
    static constexpr auto fields() {
        using Self = WriteBuffer;
        return std::tuple{Field{"MODE", &Self::mode, 1, 4, 5},
                          Field{"BUFFER ID", &Self::buffer_id, 2, 7, 8},
                          Field{"BUFFER OFFSET", &Self::buffer_offset, 3, 7, 24},
                          Field{"PARAMETER LIST LENGTH", &Self::parameter_list_length, 6, 7, 24}};
    }
    // 16 MiB at most. What is refused for its mode is not asked for.
    std::uint64_t data_out_length() const {
        switch (mode) {
            case BufferMode::Data:
            case BufferMode::EchoData:
            case BufferMode::DownloadAndActivate:
            case BufferMode::DownloadSaveAndActivate:
            case BufferMode::DownloadWithOffsets:
            case BufferMode::DownloadWithOffsetsAndDefer:
                return parameter_list_length;
            default:
                return 0;
        }
    }
};

namespace detail {
// What reports and changes nothing, but is no business of who cannot even ask for readiness.
inline constexpr ReservationRule kReports{.write_exclusive = WhenReserved::Allowed,
                                          .exclusive_access = WhenReserved::Allowed};
}  // namespace detail

// SPC-4 6.32 (REPORT IDENTIFYING INFORMATION there); drives have the name of SPC-2.
struct ReportDeviceIdentifier {
    static constexpr Opcode opcode{0xA3};
    static constexpr ServiceAction service_action{0x05};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REPORT DEVICE IDENTIFIER";
    static constexpr Gate gate = {.reservation = detail::kReports};
    std::uint32_t allocation_length = 0;
    std::uint8_t type = 0;
    static constexpr auto fields() {
        using Self = ReportDeviceIdentifier;
        return std::tuple{Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32},
                          Field{"IDENTIFYING INFORMATION TYPE", &Self::type, 10, 7, 7}};
    }
};

// SPC-4 6.43 (SET IDENTIFYING INFORMATION).
struct SetDeviceIdentifier {
    static constexpr Opcode opcode{0xA4};
    static constexpr ServiceAction service_action{0x06};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "SET DEVICE IDENTIFIER";
    static constexpr std::uint32_t kLongest = 64;  // SPC-4 6.43: what a unit must be able to keep
    std::uint32_t parameter_list_length = 0;
    std::uint8_t type = 0;
    static constexpr auto fields() {
        using Self = SetDeviceIdentifier;
        return std::tuple{Field{"PARAMETER LIST LENGTH", &Self::parameter_list_length, 6, 7, 32},
                          Field{"IDENTIFYING INFORMATION TYPE", &Self::type, 10, 7, 7}};
    }
    std::uint64_t data_out_length() const {
        return parameter_list_length > kLongest ? 0 : parameter_list_length;
    }
};

// SPC-4 6.38.
struct ReportTimestamp {
    static constexpr Opcode opcode{0xA3};
    static constexpr ServiceAction service_action{0x0F};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "REPORT TIMESTAMP";
    static constexpr Gate gate = {.reservation = kAlwaysAllowed};
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"ALLOCATION LENGTH", &ReportTimestamp::allocation_length, 6, 7, 32}};
    }
};

// SPC-4 6.46.
struct SetTimestamp {
    static constexpr Opcode opcode{0xA4};
    static constexpr ServiceAction service_action{0x0F};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "SET TIMESTAMP";
    static constexpr std::uint32_t kListLength = 12;
    std::uint32_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"PARAMETER LIST LENGTH", &SetTimestamp::parameter_list_length, 6, 7, 32}};
    }
    std::uint64_t data_out_length() const {
        return parameter_list_length > kListLength ? 0 : parameter_list_length;
    }
};

using MaintenanceCommands = CommandList<WriteBuffer, ReadBuffer, ReportDeviceIdentifier,
                                        ReportTimestamp, SetDeviceIdentifier, SetTimestamp>;

}  // namespace nearline::scsi
