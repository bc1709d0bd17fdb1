#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "scenarios/command_book.h"
#include "scenarios/duration_text.h"
#include "scenarios/step_reader.h"

namespace nearline::scenarios {
namespace {

using config::ProblemList;
using config::Where;
using S = v1::Step;
using C = v1::Command;
using O = v1::OperatorRequest;
using library::Operator;

constexpr std::uint32_t kEnoughData = 0xFFFF;
constexpr std::string_view kAllocationLength = "ALLOCATION LENGTH";
constexpr std::string_view kParameterListLength = "PARAMETER LIST LENGTH";

Bytes read_hex(const std::string& digits, Position at, std::string_view name,
               ProblemList& problems) {
    std::string packed = digits;
    std::erase(packed, ' ');
    const auto bytes = base::from_hex(packed);
    if (!bytes) {
        problems.add(at, fmt::format("{}: \"{}\" is not whole bytes in hexadecimal", name, digits));
    }
    return bytes.value_or(Bytes{});
}

// The field of the command that an element's short name stands for.
struct ShortName {
    int field;
    const std::string& (C::*element)() const;
    std::string_view word;
    std::array<std::string_view, 2> names;  // the first the command has
};
const std::array<ShortName, 5> kShortNames = {{
    {C::kTransportFieldNumber,
     &C::transport,
     "transport",
     {"MEDIUM TRANSPORT ELEMENT ADDRESS", "MEDIUM TRANSPORT ADDRESS"}},
    {C::kSourceFieldNumber, &C::source, "source", {"SOURCE ELEMENT ADDRESS", "SOURCE ADDRESS"}},
    {C::kDestinationFieldNumber,
     &C::destination,
     "destination",
     {"DESTINATION ELEMENT ADDRESS", "FIRST DESTINATION ADDRESS"}},
    {C::kSecondDestinationFieldNumber,
     &C::second_destination,
     "second_destination",
     {"SECOND DESTINATION ADDRESS", "SECOND DESTINATION ELEMENT ADDRESS"}},
    {C::kElementFieldNumber,
     &C::element,
     "element",
     {"STARTING ELEMENT ADDRESS", "ELEMENT ADDRESS"}},
}};

// Whether two names differ only in the word ELEMENT, which the editions of SMC put in or leave out.
std::string without_element(std::string_view name) {
    std::string text(name);
    const auto at = text.find(" ELEMENT");
    if (at != std::string::npos) text.erase(at, std::string_view(" ELEMENT").size());
    return text;
}

std::string_view find_named(const CommandForm& form, const ShortName& name) {
    for (const auto& field : form.fields()) {
        for (const auto wanted : name.names) {
            if (without_element(field.name) == without_element(wanted)) return field.name;
        }
    }
    return "";
}

void read_short_names(const C& command, const CommandForm& form, const Where& where,
                      ProblemList& problems, SendCommand& out) {
    for (const ShortName& name : kShortNames) {
        const std::string& text = (command.*name.element)();
        if (text.empty()) continue;
        const auto at = where.of(name.field);
        const auto field = find_named(form, name);
        if (field.empty()) {
            problems.add(at, fmt::format("{}: {} has no such field", name.word, form.name));
            continue;
        }
        if (const auto element = read_element(text, at, problems)) {
            out.elements.push_back({std::string(field), *element});
        }
    }
}

void read_field(const C::Field& field, const CommandForm& form, const Where& where,
                ProblemList& problems, SendCommand& out) {
    const auto found = form.find_field(field.name());
    if (!found) {
        std::string names;
        for (const auto& known : form.fields()) names += fmt::format(" \"{}\"", known.name);
        problems.add(where.of(C::Field::kNameFieldNumber),
                     fmt::format("field: {} has none called \"{}\"; it has{}", form.name,
                                 field.name(), names.empty() ? " none" : names));
        return;
    }
    if (!field.element().empty()) {
        const auto element =
            read_element(field.element(), where.of(C::Field::kElementFieldNumber), problems);
        if (element) out.elements.push_back({field.name(), *element});
        return;
    }
    if (found->width < 64 && (field.value() >> found->width) != 0) {
        problems.add(where.of(C::Field::kValueFieldNumber),
                     fmt::format("value: {} does not fit into the {} bits of \"{}\"", field.value(),
                                 found->width, field.name()));
    }
    out.values.emplace_back(field.name(), field.value());
}

bool has_value(const SendCommand& command, std::string_view field) {
    return std::any_of(command.values.begin(), command.values.end(),
                       [&](const auto& value) { return value.first == field; });
}

std::uint64_t value_of(const SendCommand& command, std::string_view field) {
    for (const auto& [name, value] : command.values) {
        if (name == field) return value;
    }
    return 0;
}

// Lengths that are not said: as much as fits, and what there is to send.
void fill_lengths(const C& command, const CommandForm& form, SendCommand& out) {
    if (const auto field = form.find_field(kAllocationLength)) {
        if (!has_value(out, kAllocationLength)) {
            const std::uint64_t all = (std::uint64_t{1} << field->width) - 1;
            out.values.emplace_back(kAllocationLength, std::min<std::uint64_t>(all, kEnoughData));
        }
        out.data_in_length = static_cast<std::uint32_t>(value_of(out, kAllocationLength));
    }
    if (form.find_field(kParameterListLength) && !has_value(out, kParameterListLength)) {
        out.values.emplace_back(kParameterListLength, out.data_out.size());
    }
    if (command.has_data_in_length()) out.data_in_length = command.data_in_length();
}

void read_named_command(const C& command, const Where& where, ProblemList& problems,
                        SendCommand& out) {
    const auto form = find_command(command.name());
    if (!form) {
        problems.add(where.of(C::kNameFieldNumber),
                     fmt::format("name: there is no command \"{}\"", command.name()));
        return;
    }
    out.name = command.name();
    read_short_names(command, *form, where, problems, out);
    for (int i = 0; i < command.field_size(); ++i) {
        read_field(command.field(i), *form, where.into(C::kFieldFieldNumber, i), problems, out);
    }
    fill_lengths(command, *form, out);
}

SendCommand read_command(const C& command, const Where& where, ProblemList& problems) {
    constexpr std::size_t kShortestCdb = 6;
    constexpr std::size_t kLongestCdb = 260;
    SendCommand out;
    out.initiator = initiator_or_host(command.from());
    out.unit = read_unit(command.to(), where.of(C::kToFieldNumber), problems);
    out.as = command.as();
    out.data_out =
        read_hex(command.data_out(), where.of(C::kDataOutFieldNumber), "data_out", problems);
    if (command.name().empty() == command.cdb().empty()) {
        problems.add(where.own(), "command: say one of name and cdb");
    } else if (!command.name().empty()) {
        read_named_command(command, where, problems, out);
    } else {
        const auto at = where.of(C::kCdbFieldNumber);
        out.cdb = read_hex(command.cdb(), at, "cdb", problems);
        out.data_in_length = command.has_data_in_length() ? command.data_in_length() : kEnoughData;
        if (out.cdb.size() < kShortestCdb || out.cdb.size() > kLongestCdb) {
            problems.add(at, fmt::format("cdb: {} bytes are not from {} to {}", out.cdb.size(),
                                         kShortestCdb, kLongestCdb));
        }
    }
    return out;
}

std::optional<library::Placement> placement_of(const v1::Place& place) {
    using changer::ElementType;
    if (place.number() == 0 || place.number() > 0xFFFF) return std::nullopt;
    const auto number = static_cast<std::uint16_t>(place.number() - 1);
    switch (place.kind()) {
        case v1::Place::ROBOT:
            return library::Placement{ElementType::MediumTransport, number};
        case v1::Place::SLOT:
            return library::Placement{ElementType::Storage, number};
        case v1::Place::STATION:
            return library::Placement{ElementType::ImportExport, number};
        case v1::Place::DRIVE:
            return library::Placement{ElementType::DataTransfer, number};
        default:
            return std::nullopt;
    }
}

// Acts on something with a number; it is kept from 0.
std::function<Operator::Done(Operator&)> numbered_act(O::Act act, std::uint16_t number) {
    switch (act) {
        case O::PULL_MAGAZINE:
            return [=](Operator& hands) { return hands.pull_magazine(number); };
        case O::PUSH_MAGAZINE:
            return [=](Operator& hands) { return hands.push_magazine(number); };
        case O::PRESS_EJECT:
            return [=](Operator& hands) { return hands.press_eject(number); };
        case O::DRIVE_POWER_OFF:
            return [=](Operator& hands) { return hands.set_drive_power(number, false); };
        case O::DRIVE_POWER_ON:
            return [=](Operator& hands) { return hands.set_drive_power(number, true); };
        default:
            return {};
    }
}

std::function<Operator::Done(Operator&)> plain_act(O::Act act) {
    switch (act) {
        case O::OPEN_DOOR:
            return [](Operator& hands) { return hands.open_door(); };
        case O::CLOSE_DOOR:
            return [](Operator& hands) { return hands.close_door(); };
        case O::OPEN_STATION:
            return [](Operator& hands) { return hands.open_station(); };
        case O::CLOSE_STATION:
            return [](Operator& hands) { return hands.close_station(); };
        case O::SET_ONLINE:
            return [](Operator& hands) { return hands.set_online(true); };
        case O::SET_OFFLINE:
            return [](Operator& hands) { return hands.set_online(false); };
        case O::POWER_OFF:
            return [](Operator& hands) { return hands.power_off(); };
        case O::POWER_ON:
            return [](Operator& hands) { return hands.power_on(); };
        default:
            return {};
    }
}

std::function<Operator::Done(Operator&)> read_insert(const O& request, const Where& where,
                                                     ProblemList& problems) {
    const std::string cartridge = request.cartridge();
    if (!request.has_where()) {
        return [=](Operator& hands) { return hands.insert(cartridge, std::nullopt); };
    }
    const auto place = placement_of(request.where());
    if (!place) {
        problems.add(where.of(O::kWhereFieldNumber),
                     "where: say kind and number, which is from 1 on");
    }
    return [=](Operator& hands) { return hands.insert(cartridge, place); };
}

OperatorAct read_operator(const O& request, const Where& where, ProblemList& problems) {
    OperatorAct out;
    out.words = v1::OperatorRequest::Act_Name(request.act());
    if (!request.cartridge().empty()) out.words += " " + request.cartridge();
    if (request.number() != 0) out.words += fmt::format(" {}", request.number());
    const bool is_numbered = static_cast<bool>(numbered_act(request.act(), 0));
    const bool needs_cartridge = request.act() == O::TAKE || request.act() == O::INSERT;
    if (request.act() == O::ACT_UNSPECIFIED) problems.add_missing(where.own(), "operator: say act");
    if (is_numbered && (request.number() == 0 || request.number() > 0xFFFF)) {
        problems.add_missing(where.own(), "operator: say number, which is from 1 on");
        return out;
    }
    if (needs_cartridge && request.cartridge().empty()) {
        problems.add_missing(where.own(), "operator: say cartridge");
    }
    if (is_numbered) {
        out.act = numbered_act(request.act(), static_cast<std::uint16_t>(request.number() - 1));
    } else if (request.act() == O::TAKE) {
        const std::string cartridge = request.cartridge();
        out.act = [=](Operator& hands) { return hands.take(cartridge); };
    } else if (request.act() == O::INSERT) {
        out.act = read_insert(request, where, problems);
    } else {
        out.act = plain_act(request.act());
    }
    return out;
}

CallRsm read_rsm(const v1::RsmCall& call, const Where& where, ProblemList& problems) {
    CallRsm out{call.method(), call.json().empty() ? "{}" : call.json(), {}};
    if (call.method().empty()) problems.add_missing(where.own(), "rsm: say method");
    for (int i = 0; i < call.capture_size(); ++i) {
        const auto at = where.into(v1::RsmCall::kCaptureFieldNumber, i);
        if (call.capture(i).path().empty() || call.capture(i).as().empty()) {
            problems.add_missing(at.own(), "capture: say path and as");
        }
        out.captures.emplace_back(call.capture(i).path(), call.capture(i).as());
    }
    return out;
}

RunUntil read_run_until(const v1::RunUntil& until, const Where& where, ProblemList& problems) {
    using R = v1::RunUntil;
    RunUntil out;
    const int conditions = (until.ready() ? 1 : 0) + (until.idle() ? 1 : 0) +
                           (until.time().empty() ? 0 : 1) + (until.drive() == 0 ? 0 : 1);
    if (conditions != 1) {
        problems.add(where.own(), "run_until: say one of ready, idle, time, and drive with state");
    }
    if (until.idle()) out.condition = RunUntil::Condition::Idle;
    if (!until.time().empty()) {
        out.condition = RunUntil::Condition::TimeReached;
        out.time = read_duration(until.time(), where.of(R::kTimeFieldNumber), problems);
    }
    if (until.drive() != 0) {
        out.condition = RunUntil::Condition::DriveState;
        out.drive = static_cast<std::uint16_t>(until.drive() - 1);
        out.state = until.state();
        if (until.state().empty()) problems.add_missing(where.own(), "run_until: say the state");
    }
    out.within = until.within().empty()
                     ? sim::Duration(std::chrono::hours(1))
                     : read_duration(until.within(), where.of(R::kWithinFieldNumber), problems);
    return out;
}

ManageTasks read_manage(const v1::TaskManagement& manage, const Where& where,
                        ProblemList& problems) {
    using M = v1::TaskManagement;
    using F = scsi::TaskManagementFunction;
    ManageTasks out;
    out.initiator = initiator_or_host(manage.from());
    out.unit = read_unit(manage.to(), where.of(M::kToFieldNumber), problems);
    switch (manage.function()) {
        case M::ABORT_TASK_SET:
            out.function = F::AbortTaskSet;
            break;
        case M::CLEAR_TASK_SET:
            out.function = F::ClearTaskSet;
            break;
        case M::LOGICAL_UNIT_RESET:
            out.function = F::LogicalUnitReset;
            break;
        case M::TARGET_WARM_RESET:
            out.function = F::TargetWarmReset;
            break;
        case M::TARGET_COLD_RESET:
            out.function = F::TargetColdReset;
            break;
        default:
            problems.add_missing(where.own(), "manage: say function");
    }
    return out;
}

}  // namespace

std::optional<ElementName> read_element(const std::string& text, Position at,
                                        ProblemList& problems) {
    auto element = parse_element(text);
    if (!element) {
        problems.add(at, fmt::format("\"{}\" is no element: slot 1, station 1, drive 1, robot 1, "
                                     "0x1000",
                                     text));
    }
    return element;
}

UnitName read_unit(const std::string& text, Position at, ProblemList& problems) {
    const auto unit = parse_unit(text);
    if (!unit) problems.add(at, fmt::format("\"{}\" is no unit: changer, drive 1", text));
    return unit.value_or(UnitName{});
}

sim::Duration read_duration(const std::string& text, Position at, ProblemList& problems) {
    const auto duration = parse_duration(text);
    if (!duration) {
        problems.add(at, fmt::format("\"{}\" is no duration: 500ms, 10s, 1min 30s, 2h", text));
    }
    return duration.value_or(sim::Duration{});
}

std::string initiator_or_host(const std::string& name) {
    return name.empty() ? "host" : name;
}

Action read_action(const S& step, const Where& where, ProblemList& problems) {
    using Change = ChangeLogin::Change;
    switch (step.action_case()) {
        case S::kCommand:
            return read_command(step.command(), where.into(S::kCommandFieldNumber), problems);
        case S::kOperator:
            return read_operator(step.operator_(), where.into(S::kOperatorFieldNumber), problems);
        case S::kRsm:
            return read_rsm(step.rsm(), where.into(S::kRsmFieldNumber), problems);
        case S::kAdvance:
            return Advance{
                read_duration(step.advance(), where.of(S::kAdvanceFieldNumber), problems)};
        case S::kRunUntil:
            return read_run_until(step.run_until(), where.into(S::kRunUntilFieldNumber), problems);
        case S::kAwait:
            return AwaitAnswer{step.await()};
        case S::kConnect:
            return ChangeLogin{Change::Connect, step.connect()};
        case S::kDisconnect:
            return ChangeLogin{Change::Disconnect, step.disconnect()};
        case S::kReconnect:
            return ChangeLogin{Change::Reconnect, step.reconnect()};
        case S::kManage:
            return read_manage(step.manage(), where.into(S::kManageFieldNumber), problems);
        default:
            return std::monostate{};
    }
}

}  // namespace nearline::scenarios
