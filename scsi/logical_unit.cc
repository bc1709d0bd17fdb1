#include "scsi/logical_unit.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "scsi/target_device.h"

namespace nearline::scsi {
namespace {

// The control byte, the last of every CDB here (SAM-5 5.2.3): bits 7 and 6 are the vendor's and
// mean nothing to us; NACA (bit 2) needs NORMACA, which no unit here claims; the rest is reserved.
constexpr std::uint8_t kVendorControlBits = 0xC0;

// SCSI-2 hosts put the number of the logical unit into bits 7 to 5 of byte 1.
constexpr std::uint8_t kOldLunBits = 0xE0;

std::uint8_t old_lun_field(Lun lun) {
    const std::uint64_t first_level = static_cast<std::uint64_t>(lun) >> 48;
    return first_level < 8 ? static_cast<std::uint8_t>(first_level << 5) : std::uint8_t{0};
}

// What is wrong with the form of a CDB, whatever its command means.
std::optional<Sense> malformed(const Task& task, const CommandDescriptor& command) {
    const std::size_t length = command.usage.size();
    if (task.cdb().size() < length) {
        return kInvalidFieldInCdb.at_byte(static_cast<std::uint16_t>(task.cdb().size()));
    }
    Bytes mask(command.usage.begin(), command.usage.end());
    mask.back() = static_cast<std::uint8_t>(mask.back() | kVendorControlBits);
    constexpr std::size_t kByteOfOldLun = 1;
    const auto spare = static_cast<std::uint8_t>(kOldLunBits & ~mask[kByteOfOldLun]);
    if (spare == kOldLunBits && (task.cdb()[kByteOfOldLun] & spare) == old_lun_field(task.lun())) {
        mask[kByteOfOldLun] = static_cast<std::uint8_t>(mask[kByteOfOldLun] | spare);
    }
    const auto stray = first_reserved_bit(task.cdb().view().first(length), mask);
    if (stray) return kInvalidFieldInCdb.at_byte(stray->byte, stray->bit);
    return std::nullopt;
}

ServiceAction service_action_in(const Cdb& cdb) {
    constexpr std::size_t kByte = 1;  // of every command that has one
    return static_cast<ServiceAction>(cdb[kByte] & 0x1F);
}

}  // namespace

LogicalUnit::LogicalUnit()
    : task_set_({[this](Task& task) { run(task); },
                 [this](const Task& task, Outcome& outcome) { return finished(task, outcome); }},
                kQueueLimit) {}

LogicalUnit::~LogicalUnit() = default;

void LogicalUnit::submit(std::unique_ptr<Task> task) {
    task_set_.add(std::move(task));
}

void LogicalUnit::open_nexus(NexusId nexus, const std::optional<Sense>& condition) {
    nexuses_.insert(nexus);
    unit_attentions_.add_nexus(nexus);
    if (condition) unit_attentions_.establish(nexus, as_told(*condition));
}

void LogicalUnit::close_nexus(NexusId nexus) {
    task_set_.abort([&](const Task& task) { return task.nexus() == nexus; });
    if (reservation_holder_ == nexus) release_reservation();
    nexus_closed(nexus);
    unit_attentions_.remove_nexus(nexus);
    nexuses_.erase(nexus);
}

void LogicalUnit::reset(const Sense& condition) {
    task_set_.abort([](const Task&) { return true; });
    release_reservation();
    if (condition.is(kPowerOnOccurred)) {
        persistent_.power_lost();
        powered_on();
    }
    was_reset();
    unit_attentions_.establish_for_all(as_told(condition));
}

Sense LogicalUnit::as_told(const Sense& condition) const {
    return condition.is(kPowerOnOccurred) ? power_on_condition() : condition;
}

std::optional<std::uint64_t> LogicalUnit::data_out_length(const Cdb& cdb) const {
    const CommandDescriptor* command = find_command(cdb).command;
    if (command == nullptr || cdb.size() < command->usage.size()) return 0;
    return command->data_out_length(cdb);
}

LogicalUnit::Lookup LogicalUnit::find_command(const Cdb& cdb) const {
    Lookup found;
    for (const CommandDescriptor& command : commands()) {
        if (static_cast<std::uint8_t>(command.opcode) != cdb.opcode()) continue;
        if (!supports(command)) continue;
        found.is_opcode_known = true;
        if (!command.service_action || *command.service_action == service_action_in(cdb)) {
            found.command = &command;
            break;
        }
    }
    return found;
}

void LogicalUnit::run(Task& task) {
    const auto [command, is_opcode_known] = find_command(task.cdb());
    if (!is_opcode_known) return task.refuse(unknown_command());
    if (command == nullptr) {
        constexpr std::uint8_t kLeftmostBit = 4;
        return task.refuse(kInvalidFieldInCdb.at_byte(1, kLeftmostBit));
    }
    if (const auto fault = malformed(task, *command)) return task.refuse(*fault);
    if (command->gate.unit_attention == UnitAttentionRule::Reports) {
        if (const auto attention = unit_attentions_.take(task.nexus())) {
            return task.refuse(*attention);
        }
    }
    if (is_reserved_against(task, *command)) return task.complete(reservation_conflict());
    if (command->gate.readiness == Readiness::Required) {
        if (const auto reason = not_ready()) return task.refuse(*reason);
    }
    command->execute(*this, task);
}

// The columns of the conflict table are the command's; whose row it is, is told here.
bool LogicalUnit::is_reserved_against(const Task& task, const CommandDescriptor& command) const {
    const bool has_registrations = !persistent_.state().registrations.empty();
    if (!reservation_holder_ && !has_registrations) return false;
    const ReservationRule rule = command.reservation(task.cdb());
    if (reservation_holder_) {
        // SPC-2 5.5.1: not even its holder may mix the two.
        if (rule.about == ReservationKind::Persistent) return true;
        return *reservation_holder_ != task.nexus() && rule.by_reserve == WhenReserved::Conflicts;
    }
    const NexusNames& names = names_of(task.nexus());
    if (rule.about == ReservationKind::Reserve) return !persistent_.tolerates_reserve(names);
    return persistent_.conflicts(names, rule);
}

// A nexus that is being closed has lost its names: units that do not know yet see nobody they know.
const NexusNames& LogicalUnit::names_of(NexusId nexus) const {
    static const NexusNames nobody;
    CHECK(target_device_ != nullptr);
    const NexusNames* names = target_device_->names_of(nexus);
    return names != nullptr ? *names : nobody;
}

SenseFormat LogicalUnit::finished(const Task& task, Outcome& outcome) {
    about_to_answer(task, outcome);
    if (!has_field_pointers()) outcome.sense.field.reset();
    if (target_device_ != nullptr) target_device_->task_finished(task, outcome);
    return sense_format();
}

}  // namespace nearline::scsi
