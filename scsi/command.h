// The command table: everything the gate, the dispatcher and REPORT SUPPORTED OPERATION CODES
// need to know of a command, derived from the typed struct that describes it.
//
// A command struct has `opcode`, `length`, `name`, `fields()`, and where they differ from the
// defaults `service_action`, `gate`, `reservation_rule()` and `data_out_length()`:
//
//     struct MoveMedium {
//         static constexpr Opcode opcode{0xA5};
//         static constexpr std::size_t length = 12;
//         static constexpr std::string_view name = "MOVE MEDIUM";
//         static constexpr Gate gate = {.readiness = Readiness::Required};
//         …members and fields()…
//     };
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "scsi/field.h"
#include "scsi/task.h"

namespace nearline::scsi {

class LogicalUnit;

enum class Opcode : std::uint8_t {};
// SERVICE ACTION: byte 1, bits 4:0, in every command here that has one.
enum class ServiceAction : std::uint8_t {};

// A pending unit attention either stops a command or lets it pass (SPC-4 5.6).
enum class UnitAttentionRule { Reports, Passes };
// Whether a unit that is not ready refuses the command at the gate.
enum class Readiness { NotNeeded, Required };

// What a nexus that does not hold the reservation may do (SPC-4 5.12 and 6.x, changer sheet 9.2).
enum class WhenReserved { Conflicts, Allowed };
// The two kinds exclude each other, so a command of one depends on the other, whoever sends it.
enum class ReservationKind { Neither, Reserve, Persistent };
struct ReservationRule {
    WhenReserved by_reserve = WhenReserved::Conflicts;        // RESERVE (6)/(10)
    WhenReserved write_exclusive = WhenReserved::Conflicts;   // persistent, type 1, 5, 7
    WhenReserved exclusive_access = WhenReserved::Conflicts;  // persistent, type 3, 6, 8
    ReservationKind about = ReservationKind::Neither;         // what the command itself manages
};
inline constexpr ReservationRule kAlwaysAllowed{WhenReserved::Allowed, WhenReserved::Allowed,
                                                WhenReserved::Allowed};
inline constexpr ReservationRule kReadsOnly{WhenReserved::Conflicts, WhenReserved::Allowed,
                                            WhenReserved::Conflicts};

struct Gate {
    UnitAttentionRule unit_attention = UnitAttentionRule::Reports;
    Readiness readiness = Readiness::NotNeeded;
    ReservationRule reservation{};
};

// A row of the table. One exists per command and device server, for the life of the program.
struct CommandDescriptor {
    Opcode opcode{};
    std::optional<ServiceAction> service_action;
    std::string_view name;
    Gate gate;
    std::span<const std::uint8_t> usage;  // CDB usage data (SPC-4 6.35.3); size is the CDB length
    void (*execute)(LogicalUnit&, Task&);
    ReservationRule (*reservation)(const Cdb&);
    std::uint64_t (*data_out_length)(const Cdb&);  // bytes it wants from the initiator
};

namespace detail {

template <typename Command>
constexpr std::optional<ServiceAction> service_action_of() {
    if constexpr (requires { Command::service_action; }) return Command::service_action;
    return std::nullopt;
}

template <typename Command>
constexpr Gate gate_of() {
    if constexpr (requires { Command::gate; }) return Command::gate;
    return {};
}

// The fields, the opcode, the service action, and NACA with the vendor bits of the control byte
// left out: SPC-4 has the usage data show what the unit evaluates, and those it refuses.
template <typename Command>
constexpr std::array<std::uint8_t, Command::length> usage_of() {
    auto usage = field_mask<Command>();
    usage[0] = static_cast<std::uint8_t>(Command::opcode);
    if constexpr (requires { Command::service_action; }) {
        usage[1] = static_cast<std::uint8_t>(usage[1] |
                                             static_cast<std::uint8_t>(Command::service_action));
    }
    return usage;
}

template <typename Command>
inline constexpr auto kUsage = usage_of<Command>();

template <typename Command>
ReservationRule reservation_of(const Cdb& cdb) {
    if constexpr (requires(const Command& command) { command.reservation_rule(); }) {
        return decode_fields<Command>(cdb).reservation_rule();
    } else {
        return gate_of<Command>().reservation;
    }
}

template <typename Command>
std::uint64_t data_out_length_of(const Cdb& cdb) {
    if constexpr (requires(const Command& command) { command.data_out_length(); }) {
        return decode_fields<Command>(cdb).data_out_length();
    } else {
        return 0;
    }
}

}  // namespace detail

template <typename... Commands>
struct CommandList {};

template <typename... Lists>
struct Concatenate;
template <typename... Commands>
struct Concatenate<CommandList<Commands...>> {
    using type = CommandList<Commands...>;
};
template <typename... A, typename... B, typename... Rest>
struct Concatenate<CommandList<A...>, CommandList<B...>, Rest...>
    : Concatenate<CommandList<A..., B...>, Rest...> {};

// The table of a device server: each command goes to `Server::on(const Command&, Task&)`.
template <typename Server, typename List>
struct CommandTable;
template <typename Server, typename... Commands>
struct CommandTable<Server, CommandList<Commands...>> {
    template <typename Command>
    static void execute(LogicalUnit& unit, Task& task) {
        static_cast<Server&>(unit).on(decode_fields<Command>(task.cdb()), task);
    }

    template <typename Command>
    static constexpr CommandDescriptor describe() {
        return {Command::opcode,
                detail::service_action_of<Command>(),
                Command::name,
                detail::gate_of<Command>(),
                detail::kUsage<Command>,
                &execute<Command>,
                &detail::reservation_of<Command>,
                &detail::data_out_length_of<Command>};
    }

    static constexpr std::array<CommandDescriptor, sizeof...(Commands)> rows = {
        describe<Commands>()...};
};

// INVALID FIELD IN CDB, pointing at the field of `Command` that is called `name`.
template <typename Command>
Sense invalid_field(std::string_view name) {
    const BitPosition at = position_of<Command>(name);
    return kInvalidFieldInCdb.at_byte(at.byte, at.bit);
}

// A CDB for `command`: what an initiator sends.
template <typename Command>
Bytes encode_cdb(const Command& command) {
    Bytes bytes = encode_fields(command);
    bytes[0] = static_cast<std::uint8_t>(Command::opcode);
    if constexpr (requires { Command::service_action; }) {
        bytes[1] = static_cast<std::uint8_t>(bytes[1] |
                                             static_cast<std::uint8_t>(Command::service_action));
    }
    return bytes;
}

}  // namespace nearline::scsi
