// Where the wraps of a tape end, and in what order to read it: commands for hosts that read many
// places of one tape (scsi-tape sheet 1.21).
#pragma once

#include <cstdint>
#include <tuple>

#include "scsi/command.h"

namespace nearline::drives {

// READ END OF WRAP POSITION shares its service action with other commands of its maker; the
// qualifier tells them apart.
struct ReadEndOfWrapPosition {
    static constexpr scsi::Opcode opcode{0xA3};
    static constexpr scsi::ServiceAction service_action{0x1F};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "READ END OF WRAP POSITION";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required,
                                        .reservation = scsi::kReadsOnly};
    static constexpr std::uint8_t kQualifier = 0x45;

    std::uint8_t qualifier = kQualifier;
    bool report_all = false;
    bool wrap_number_valid = false;
    std::uint16_t wrap_number = 0;
    std::uint32_t allocation_length = 0;
    static constexpr auto fields() {
        using Self = ReadEndOfWrapPosition;
        return std::tuple{scsi::Field{"SERVICE ACTION QUALIFIER", &Self::qualifier, 2, 7, 8},
                          scsi::Field{"RA", &Self::report_all, 3, 1, 1},
                          scsi::Field{"WNV", &Self::wrap_number_valid, 3, 0, 1},
                          scsi::Field{"WRAP NUMBER", &Self::wrap_number, 4, 7, 16},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32}};
    }
};

// The list of user data segments (UDS) that both commands below have: a header and rows.
inline constexpr std::size_t kAccessOrderHeader = 8;
inline constexpr std::size_t kUserDataSegment = 32;
inline constexpr std::size_t kMostUserDataSegments = 1000;
inline constexpr std::uint8_t kReorders = 2;         // RAO PROCESS
inline constexpr std::uint8_t kLastSegmentType = 1;  // UDS TYPE: without geometry, and with it

struct GenerateRecommendedAccessOrder {
    static constexpr scsi::Opcode opcode{0xA4};
    static constexpr scsi::ServiceAction service_action{0x1D};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "GENERATE RECOMMENDED ACCESS ORDER";
    static constexpr scsi::Gate gate = {.readiness = scsi::Readiness::Required};
    static constexpr std::uint32_t kLongestList =
        kAccessOrderHeader + kMostUserDataSegments * kUserDataSegment;

    std::uint8_t process = 0;
    std::uint8_t segment_type = 0;
    std::uint32_t parameter_list_length = 0;
    static constexpr auto fields() {
        using Self = GenerateRecommendedAccessOrder;
        return std::tuple{
            scsi::Field{"RAO PROCESS", &Self::process, 2, 2, 3},
            scsi::Field{"UDS TYPE", &Self::segment_type, 3, 7, 8},
            scsi::Field{"PARAMETER LIST LENGTH", &Self::parameter_list_length, 6, 7, 32}};
    }
    std::uint64_t data_out_length() const {
        return parameter_list_length > kLongestList ? 0 : parameter_list_length;
    }
};

struct ReceiveRecommendedAccessOrder {
    static constexpr scsi::Opcode opcode{0xA3};
    static constexpr scsi::ServiceAction service_action{0x1D};
    static constexpr std::size_t length = 12;
    static constexpr std::string_view name = "RECEIVE RECOMMENDED ACCESS ORDER";
    static constexpr scsi::Gate gate = {.reservation = scsi::kReadsOnly};

    bool uds_limits = false;
    std::uint32_t list_offset = 0;
    std::uint32_t allocation_length = 0;
    std::uint8_t segment_type = 0;
    static constexpr auto fields() {
        using Self = ReceiveRecommendedAccessOrder;
        return std::tuple{scsi::Field{"UDS_LIMITS", &Self::uds_limits, 1, 7, 1},
                          scsi::Field{"RAO LIST OFFSET", &Self::list_offset, 2, 7, 32},
                          scsi::Field{"ALLOCATION LENGTH", &Self::allocation_length, 6, 7, 32},
                          scsi::Field{"UDS TYPE", &Self::segment_type, 10, 7, 8}};
    }
};

using OrderCommands = scsi::CommandList<ReceiveRecommendedAccessOrder, ReadEndOfWrapPosition,
                                        GenerateRecommendedAccessOrder>;

}  // namespace nearline::drives
