// RESERVE and RELEASE (SPC-2), PERSISTENT RESERVE IN and OUT (SPC-4 6.15, 6.16) with the parameter
// lists of the latter: as they stand in a CDB and behind it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "scsi/command.h"

namespace nearline::scsi {

namespace detail {

// While anybody has registered, these do nothing or conflict, whoever sends them: the gate knows.
inline constexpr ReservationRule kReserves{.about = ReservationKind::Reserve};
inline constexpr ReservationRule kReleases{.by_reserve = WhenReserved::Allowed,
                                           .about = ReservationKind::Reserve};
inline constexpr ReservationRule kPersists{.write_exclusive = WhenReserved::Allowed,
                                           .exclusive_access = WhenReserved::Allowed,
                                           .about = ReservationKind::Persistent};

}  // namespace detail

// SPC-2 7.21. Third-party and element reservations have no fields here: they are refused as
// reserved bits, as every library known to us does. The identification says nothing without them.
struct Reserve6 {
    static constexpr Opcode opcode{0x16};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "RESERVE(6)";
    static constexpr Gate gate = {.reservation = detail::kReserves};
    std::uint8_t reservation_identification = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"RESERVATION IDENTIFICATION", &Reserve6::reservation_identification, 2, 7, 8}};
    }
};

// SPC-2 7.22.
struct Reserve10 {
    static constexpr Opcode opcode{0x56};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "RESERVE(10)";
    static constexpr Gate gate = {.reservation = detail::kReserves};
    std::uint8_t reservation_identification = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"RESERVATION IDENTIFICATION", &Reserve10::reservation_identification, 2, 7, 8}};
    }
};

// SPC-2 7.16. From a nexus that holds nothing it is no error and changes nothing.
struct Release6 {
    static constexpr Opcode opcode{0x17};
    static constexpr std::size_t length = 6;
    static constexpr std::string_view name = "RELEASE(6)";
    static constexpr Gate gate = {.reservation = detail::kReleases};
    std::uint8_t reservation_identification = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"RESERVATION IDENTIFICATION", &Release6::reservation_identification, 2, 7, 8}};
    }
};

// SPC-2 7.17.
struct Release10 {
    static constexpr Opcode opcode{0x57};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = "RELEASE(10)";
    static constexpr Gate gate = {.reservation = detail::kReleases};
    std::uint8_t reservation_identification = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"RESERVATION IDENTIFICATION", &Release10::reservation_identification, 2, 7, 8}};
    }
};

// What PERSISTENT RESERVE IN can be asked (SPC-4 table 186).
enum class PersistentReserveInAction : std::uint8_t {
    ReadKeys = 0,
    ReadReservation = 1,
    ReportCapabilities = 2,
    ReadFullStatus = 3,
};
constexpr std::string_view name_of(PersistentReserveInAction action) {
    constexpr std::string_view kNames[] = {
        "PERSISTENT RESERVE IN (READ KEYS)", "PERSISTENT RESERVE IN (READ RESERVATION)",
        "PERSISTENT RESERVE IN (REPORT CAPABILITIES)", "PERSISTENT RESERVE IN (READ FULL STATUS)"};
    return kNames[static_cast<unsigned>(action)];
}

// SPC-4 6.15.
template <PersistentReserveInAction Action>
struct PersistentReserveIn {
    static constexpr Opcode opcode{0x5E};
    static constexpr ServiceAction service_action{static_cast<std::uint8_t>(Action)};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = name_of(Action);
    static constexpr Gate gate = {.reservation = detail::kPersists};
    std::uint16_t allocation_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"ALLOCATION LENGTH", &PersistentReserveIn::allocation_length, 7, 7, 16}};
    }
};

// What PERSISTENT RESERVE OUT can do (SPC-4 table 194). REPLACE LOST RESERVATION is for units that
// can lose what APTPL keeps and go on; none here does.
enum class PersistentReserveOutAction : std::uint8_t {
    Register = 0,
    Reserve = 1,
    Release = 2,
    Clear = 3,
    Preempt = 4,
    PreemptAndAbort = 5,
    RegisterAndIgnoreExistingKey = 6,
    RegisterAndMove = 7,
};
constexpr std::string_view name_of(PersistentReserveOutAction action) {
    constexpr std::string_view kNames[] = {
        "PERSISTENT RESERVE OUT (REGISTER)",
        "PERSISTENT RESERVE OUT (RESERVE)",
        "PERSISTENT RESERVE OUT (RELEASE)",
        "PERSISTENT RESERVE OUT (CLEAR)",
        "PERSISTENT RESERVE OUT (PREEMPT)",
        "PERSISTENT RESERVE OUT (PREEMPT AND ABORT)",
        "PERSISTENT RESERVE OUT (REGISTER AND IGNORE EXISTING KEY)",
        "PERSISTENT RESERVE OUT (REGISTER AND MOVE)"};
    return kNames[static_cast<unsigned>(action)];
}

// SPC-4 6.16. Who may send it depends on registration and key, which its handler knows.
template <PersistentReserveOutAction Action>
struct PersistentReserveOut {
    static constexpr Opcode opcode{0x5F};
    static constexpr ServiceAction service_action{static_cast<std::uint8_t>(Action)};
    static constexpr std::size_t length = 10;
    static constexpr std::string_view name = name_of(Action);
    static constexpr Gate gate = {.reservation = detail::kPersists};
    // Of the parameter list: as many TransportIDs as there can be registrations.
    static constexpr std::uint32_t kMostData = 32768;
    std::uint8_t scope = 0;
    std::uint8_t type = 0;
    std::uint32_t parameter_list_length = 0;
    static constexpr auto fields() {
        return std::tuple{
            Field{"SCOPE", &PersistentReserveOut::scope, 2, 7, 4},
            Field{"TYPE", &PersistentReserveOut::type, 2, 3, 4},
            Field{"PARAMETER LIST LENGTH", &PersistentReserveOut::parameter_list_length, 5, 7, 32}};
    }
    std::uint64_t data_out_length() const { return std::min(parameter_list_length, kMostData); }
};

// SPC-4 table 195: the list of all service actions but one, whose obsolete fields mean nothing.
struct PersistentReserveOutParameters {
    static constexpr std::size_t length = 24;
    std::uint64_t reservation_key = 0;
    std::uint64_t service_action_reservation_key = 0;
    std::uint32_t obsolete_scope_specific_address = 0;
    bool spec_i_pt = false;
    bool all_tg_pt = false;
    bool aptpl = false;
    std::uint16_t obsolete_extent_length = 0;
    static constexpr auto fields() {
        using Self = PersistentReserveOutParameters;
        return std::tuple{
            Field{"RESERVATION KEY", &Self::reservation_key, 0, 7, 64},
            Field{"SERVICE ACTION RESERVATION KEY", &Self::service_action_reservation_key, 8, 7,
                  64},
            Field{"SCOPE-SPECIFIC ADDRESS", &Self::obsolete_scope_specific_address, 16, 7, 32},
            Field{"SPEC_I_PT", &Self::spec_i_pt, 20, 3, 1},
            Field{"ALL_TG_PT", &Self::all_tg_pt, 20, 2, 1},
            Field{"APTPL", &Self::aptpl, 20, 0, 1},
            Field{"EXTENT LENGTH", &Self::obsolete_extent_length, 22, 7, 16}};
    }
};

// SPC-4 table 197: the list of REGISTER AND MOVE, before its TransportID.
struct RegisterAndMoveParameters {
    static constexpr std::size_t length = 24;
    std::uint64_t reservation_key = 0;
    std::uint64_t service_action_reservation_key = 0;
    bool unreg = false;
    bool aptpl = false;
    std::uint16_t relative_target_port_identifier = 0;
    std::uint32_t transport_id_length = 0;
    static constexpr auto fields() {
        using Self = RegisterAndMoveParameters;
        return std::tuple{Field{"RESERVATION KEY", &Self::reservation_key, 0, 7, 64},
                          Field{"SERVICE ACTION RESERVATION KEY",
                                &Self::service_action_reservation_key, 8, 7, 64},
                          Field{"UNREG", &Self::unreg, 17, 1, 1},
                          Field{"APTPL", &Self::aptpl, 17, 0, 1},
                          Field{"RELATIVE TARGET PORT IDENTIFIER",
                                &Self::relative_target_port_identifier, 18, 7, 16},
                          Field{"TRANSPORTID LENGTH", &Self::transport_id_length, 20, 7, 32}};
    }
};

using ReadKeys = PersistentReserveIn<PersistentReserveInAction::ReadKeys>;
using ReadReservation = PersistentReserveIn<PersistentReserveInAction::ReadReservation>;
using ReportCapabilities = PersistentReserveIn<PersistentReserveInAction::ReportCapabilities>;
using ReadFullStatus = PersistentReserveIn<PersistentReserveInAction::ReadFullStatus>;
using PersistentRegister = PersistentReserveOut<PersistentReserveOutAction::Register>;
using PersistentReserve = PersistentReserveOut<PersistentReserveOutAction::Reserve>;
using PersistentRelease = PersistentReserveOut<PersistentReserveOutAction::Release>;
using PersistentClear = PersistentReserveOut<PersistentReserveOutAction::Clear>;
using PersistentPreempt = PersistentReserveOut<PersistentReserveOutAction::Preempt>;
using PersistentPreemptAndAbort = PersistentReserveOut<PersistentReserveOutAction::PreemptAndAbort>;
using PersistentRegisterAndIgnoreExistingKey =
    PersistentReserveOut<PersistentReserveOutAction::RegisterAndIgnoreExistingKey>;
using PersistentRegisterAndMove = PersistentReserveOut<PersistentReserveOutAction::RegisterAndMove>;

using PersistentReserveCommands =
    CommandList<ReadKeys, ReadReservation, ReportCapabilities, ReadFullStatus, PersistentRegister,
                PersistentReserve, PersistentRelease, PersistentClear, PersistentPreempt,
                PersistentPreemptAndAbort, PersistentRegisterAndIgnoreExistingKey,
                PersistentRegisterAndMove>;

}  // namespace nearline::scsi
