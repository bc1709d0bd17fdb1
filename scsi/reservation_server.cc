#include "scsi/reservation_server.h"

#include <utility>

#include "scsi/transport_id.h"

namespace nearline::scsi {
namespace {

using base::ByteReader;
using base::ByteWriter;

constexpr std::uint8_t kLogicalUnitScope = 0;

// SCOPE and TYPE as PERSISTENT RESERVE IN tells them.
unsigned scope_and_type(ReservationType type) {
    return kLogicalUnitScope << 4 | static_cast<unsigned>(type);
}

Sense wrong_parameter(std::size_t byte) {
    return kInvalidFieldInParameterList.at_parameter_byte(static_cast<std::uint16_t>(byte));
}

// The reservation a CDB asks for: of the whole unit, and of a type there is.
template <typename Command>
Result<ReservationType, Sense> wanted_type(const Command& command) {
    if (command.scope != kLogicalUnitScope) return Failure{invalid_field<Command>("SCOPE")};
    const auto type = reservation_type_of(command.type);
    if (!type) return Failure{invalid_field<Command>("TYPE")};
    return *type;
}

// The fixed part of the list, if as much has come as was announced.
template <typename List, typename Command>
Result<List, Sense> fixed_list(const Command& command, const Task& task) {
    const std::size_t length = command.parameter_list_length;
    if (length < List::length || length > Command::kMostData || task.data_out().size() < length) {
        return Failure{kParameterListLengthError};
    }
    const BytesView list = task.data_out().first(List::length);
    if (const auto stray = first_reserved_bit(list, field_mask<List>())) {
        return Failure{kInvalidFieldInParameterList.at_parameter_byte(stray->byte, stray->bit)};
    }
    return decode_fields<List>(list);
}

// The list of every service action that takes no TransportIDs: 24 bytes, no more.
template <typename Command>
Result<PersistentReserveOutParameters, Sense> plain_list(const Command& command, const Task& task) {
    using List = PersistentReserveOutParameters;
    auto list = fixed_list<List>(command, task);
    if (!list) return list;
    if (list->spec_i_pt) {
        const BitPosition at = position_of<List>("SPEC_I_PT");
        return Failure{kInvalidFieldInParameterList.at_parameter_byte(at.byte, at.bit)};
    }
    if (command.parameter_list_length != List::length) return Failure{kParameterListLengthError};
    return list;
}

// The initiator ports that SPEC_I_PT names behind the list.
Result<std::vector<std::string>, Sense> initiator_ports(BytesView data_out) {
    ByteReader in(data_out);
    in.skip(PersistentReserveOutParameters::length);
    const std::uint32_t length = in.u32();
    if (!in.ok() || length != in.remaining()) return Failure{kParameterListLengthError};
    std::vector<std::string> ports;
    while (in.remaining() > 0) {
        const std::size_t at = in.position();
        auto port = decode_transport_id(in);
        if (!port) return Failure{wrong_parameter(at)};
        ports.push_back(*std::move(port));
    }
    return ports;
}

Bytes with_generation(const PersistentReservations& reservations) {
    Bytes data;
    ByteWriter(data).u32(reservations.generation()).u32(0);
    return data;
}

Bytes with_length(Bytes data) {
    constexpr std::size_t kHeader = 8;
    ByteWriter(data).patch(4, data.size() - kHeader, 4);
    return data;
}

// SPC-4 table 193.
void write_full_status(ByteWriter& out, const PersistentReservations& reservations,
                       const Registration& one) {
    constexpr unsigned kAllTargetPorts = 0x02;
    constexpr unsigned kHolder = 0x01;
    const bool is_for_all = one.ports == TargetPorts::All;
    const bool is_holder = reservations.is_held_by(one);
    const Bytes transport_id = encode_transport_id(one.nexus.initiator_port);
    out.u64(one.key).zeros(4);
    out.u8((is_for_all ? kAllTargetPorts : 0U) | (is_holder ? kHolder : 0U));
    out.u8(is_holder ? scope_and_type(*reservations.state().type) : 0U).zeros(4);
    out.u16(is_for_all ? 0U : one.nexus.relative_target_port);
    out.u32(transport_id.size()).bytes(transport_id);
}

}  // namespace

// The gate has turned away everybody who may not; where somebody has registered, those who may
// change nothing (SPC-4 5.12.3, CRH).
void ReservationServer::reserve(Task& task) {
    const bool has_registrations = !persistent_reservations().state().registrations.empty();
    if (!has_registrations) reserve_for(task.nexus());
    task.good();
}

void ReservationServer::release(Task& task) {
    if (reservation_holder() == task.nexus()) release_reservation();
    task.good();
}

void ReservationServer::on(const ReadKeys& command, Task& task) {
    Bytes data = with_generation(persistent_reservations());
    for (const Registration& one : persistent_reservations().state().registrations) {
        ByteWriter(data).u64(one.key);
    }
    task.respond(with_length(std::move(data)), command.allocation_length);
    task.good();
}

void ReservationServer::on(const ReadReservation& command, Task& task) {
    Bytes data = with_generation(persistent_reservations());
    if (const auto type = persistent_reservations().state().type) {
        ByteWriter out(data);
        out.u64(persistent_reservations().holders_key()).zeros(5);
        out.u8(scope_and_type(*type)).zeros(2);
    }
    task.respond(with_length(std::move(data)), command.allocation_length);
    task.good();
}

// SPC-4 table 190. ALLOW COMMANDS 011b: TEST UNIT READY passes every reservation, commands that
// only read pass one of writing, as the command table has them.
void ReservationServer::on(const ReportCapabilities& command, Task& task) {
    constexpr std::size_t kLength = 8;
    constexpr unsigned kCompatibleAndAllForms = 0x1D;    // CRH SIP_C ATP_C PTPL_C
    constexpr unsigned kTypesAndAllowedCommands = 0xB0;  // TMV, ALLOW COMMANDS 3
    constexpr unsigned kOutlivesPowerNow = 0x01;         // PTPL_A
    constexpr unsigned kAllTypes = 0xEA01;
    const bool outlives = persistent_reservations().outlives_power();
    Bytes data;
    ByteWriter out(data);
    out.u16(kLength).u8(kCompatibleAndAllForms);
    out.u8(kTypesAndAllowedCommands | (outlives ? kOutlivesPowerNow : 0U));
    out.u16(kAllTypes).zeros(2);
    task.respond(data, command.allocation_length);
    task.good();
}

void ReservationServer::on(const ReadFullStatus& command, Task& task) {
    Bytes data = with_generation(persistent_reservations());
    ByteWriter out(data);
    for (const Registration& one : persistent_reservations().state().registrations) {
        write_full_status(out, persistent_reservations(), one);
    }
    task.respond(with_length(std::move(data)), command.allocation_length);
    task.good();
}

void ReservationServer::on(const PersistentRegister& command, Task& task) {
    register_nexus(command, task);
}

void ReservationServer::on(const PersistentRegisterAndIgnoreExistingKey& command, Task& task) {
    register_nexus(command, task);
}

template <typename Command>
void ReservationServer::register_nexus(const Command& command, Task& task) {
    constexpr bool ignores_key = std::is_same_v<Command, PersistentRegisterAndIgnoreExistingKey>;
    using List = PersistentReserveOutParameters;
    auto list = fixed_list<List>(command, task);
    if (list && (ignores_key || !list->spec_i_pt)) list = plain_list(command, task);
    if (!list) return task.refuse(list.error());
    PersistentReservations::Register request{
        list->reservation_key, list->service_action_reservation_key, ignores_key,
        list->all_tg_pt ? TargetPorts::All : TargetPorts::One, list->aptpl};
    if (list->spec_i_pt) {
        auto ports = initiator_ports(task.data_out().first(command.parameter_list_length));
        if (!ports) return task.refuse(ports.error());
        request.others = *std::move(ports);
    }
    PersistentReservations next = persistent_reservations();
    const auto done = next.register_nexus(names_of(task.nexus()), request);
    finish(task, std::move(next), done);
}

void ReservationServer::on(const PersistentReserve& command, Task& task) {
    const auto type = wanted_type(command);
    if (!type) return task.refuse(type.error());
    const auto list = plain_list(command, task);
    if (!list) return task.refuse(list.error());
    PersistentReservations next = persistent_reservations();
    const auto done = next.reserve(names_of(task.nexus()), list->reservation_key, *type);
    finish(task, std::move(next), done);
}

void ReservationServer::on(const PersistentRelease& command, Task& task) {
    const auto list = plain_list(command, task);
    if (!list) return task.refuse(list.error());
    std::optional<ReservationType> type;
    if (const auto wanted = wanted_type(command)) type = *wanted;
    PersistentReservations next = persistent_reservations();
    const auto done = next.release(names_of(task.nexus()), list->reservation_key, type);
    finish(task, std::move(next), done);
}

void ReservationServer::on(const PersistentClear& command, Task& task) {
    const auto list = plain_list(command, task);
    if (!list) return task.refuse(list.error());
    PersistentReservations next = persistent_reservations();
    const auto done = next.clear(names_of(task.nexus()), list->reservation_key);
    finish(task, std::move(next), done);
}

void ReservationServer::on(const PersistentPreempt& command, Task& task) {
    preempt(command, task, Aborts::Nothing);
}

void ReservationServer::on(const PersistentPreemptAndAbort& command, Task& task) {
    preempt(command, task, Aborts::PreemptedTasks);
}

template <typename Command>
void ReservationServer::preempt(const Command& command, Task& task, Aborts aborts) {
    const auto list = plain_list(command, task);
    if (!list) return task.refuse(list.error());
    PersistentReservations next = persistent_reservations();
    const auto done = next.preempt(names_of(task.nexus()), list->reservation_key,
                                   list->service_action_reservation_key, wanted_type(command));
    finish(task, std::move(next), done, aborts);
}

// The one target port a unit knows is the one the command came through (SPC-4 5.12.8).
void ReservationServer::on(const PersistentRegisterAndMove& command, Task& task) {
    using List = RegisterAndMoveParameters;
    const auto list = fixed_list<List>(command, task);
    if (!list) return task.refuse(list.error());
    ByteReader in(task.data_out().first(command.parameter_list_length));
    in.skip(List::length);
    if (list->transport_id_length != in.remaining()) {
        return task.refuse(kParameterListLengthError);
    }
    const auto port = decode_transport_id(in);
    if (!port || in.remaining() != 0) return task.refuse(wrong_parameter(List::length));
    const NexusNames& nexus = names_of(task.nexus());
    if (list->relative_target_port_identifier != nexus.relative_target_port) {
        return task.refuse(
            wrong_parameter(position_of<List>("RELATIVE TARGET PORT IDENTIFIER").byte));
    }
    PersistentReservations next = persistent_reservations();
    const auto done = next.move(nexus, {list->reservation_key,
                                        list->service_action_reservation_key,
                                        {*port, nexus.target_port, nexus.relative_target_port},
                                        list->unreg,
                                        list->aptpl});
    finish(task, std::move(next), done);
}

void ReservationServer::finish(Task& task, PersistentReservations next,
                               const PersistentReservations::Done& done, Aborts aborts) {
    if (!done) return task.complete(done.error());
    const ReservationState kept = next.kept_state();
    const bool must_keep = reservation_keeper_ && kept != persistent_reservations().kept_state();
    if (must_keep && !reservation_keeper_(kept)) return task.refuse(kInternalTargetFailure);
    set_persistent_reservations(std::move(next));
    for (const auto& [to, condition] : done->attentions) {
        for (const NexusId nexus : nexuses_of(to)) unit_attentions().establish(nexus, condition);
    }
    if (aborts == Aborts::PreemptedTasks) {
        for (const Registration& one : done->preempted) abort_tasks_of(nexuses_of(one), task);
    }
    task.good();
}

std::set<NexusId> ReservationServer::nexuses_of(const Registration& registration) const {
    std::set<NexusId> found;
    for (const NexusId nexus : nexuses()) {
        if (registration.covers(names_of(nexus))) found.insert(nexus);
    }
    return found;
}

// SPC-4 5.12.11.5. They hear of it by REGISTRATIONS PREEMPTED alone.
void ReservationServer::abort_tasks_of(const std::set<NexusId>& nexuses, const Task& but) {
    task_set().abort(
        [&](const Task& task) { return &task != &but && nexuses.contains(task.nexus()); });
    for (const NexusId nexus : nexuses) end_prevention(nexus);
}

void ReservationServer::restore_persistent_reservations(const ReservationState& kept) {
    PersistentReservations restored;
    restored.restore(kept);
    set_persistent_reservations(std::move(restored));
}

}  // namespace nearline::scsi
