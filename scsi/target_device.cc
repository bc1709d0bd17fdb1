#include "scsi/target_device.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "scsi/inquiry_data.h"
#include "scsi/logical_unit.h"
#include "scsi/primary_commands.h"
#include "scsi/report_luns.h"

namespace nearline::scsi {
namespace {

// Initiators that make a new name for each login must not grow it without end.
constexpr std::size_t kNamesRemembered = 1024;

// All forms of one single-level LUN become the one REPORT LUNS gives; others stay as they are.
Lun in_reported_form(Lun lun) {
    const auto bytes = static_cast<std::uint64_t>(lun);
    const std::uint64_t first_level = bytes >> 48;
    constexpr std::uint64_t kFlatSpace = 0x4000;
    const bool is_single_level = (bytes & 0xFFFFFFFFFFFF) == 0;
    const bool is_flat = first_level >> 14 == 1;
    if (!is_single_level || !is_flat) return lun;
    return simple_lun(static_cast<std::uint16_t>(first_level & ~kFlatSpace));
}

}  // namespace

// What answers where there is no logical unit (SPC-4 5.8): it says so, and lists the others.
class MissingLogicalUnit final : public LogicalUnit {
public:
    void on(const Inquiry& command, Task& task) {
        constexpr std::uint16_t kPageCode = 2;
        if (command.evpd || command.page_code != 0) {
            return task.refuse(kInvalidFieldInCdb.at_byte(kPageCode));
        }
        task.respond(missing_unit_inquiry_data(), command.allocation_length);
        task.good();
    }
    void on(const ReportLuns& command, Task& task) { report_luns(command, target_device(), task); }
    void on(const RequestSense& command, Task& task) {
        const SenseFormat format = command.desc ? SenseFormat::Descriptor : SenseFormat::Fixed;
        task.respond(encode_sense(kLogicalUnitNotSupported, format), command.allocation_length);
        task.good();
    }

    std::span<const CommandDescriptor> commands() const override {
        return CommandTable<MissingLogicalUnit,
                            CommandList<Inquiry, ReportLuns, RequestSense>>::rows;
    }
    bool supports(const CommandDescriptor&) const override { return true; }
    std::optional<Sense> not_ready() const override { return std::nullopt; }

protected:
    Sense unknown_command() const override { return kLogicalUnitNotSupported; }
};

TargetDevice::TargetDevice() : missing_(std::make_unique<MissingLogicalUnit>()) {
    missing_->target_device_ = this;
}

TargetDevice::~TargetDevice() {
    for (const auto& [lun, unit] : units_) unit->target_device_ = nullptr;
}

void TargetDevice::add(Lun lun, LogicalUnit& unit) {
    CHECK(unit.target_device_ == nullptr);
    luns_changed();  // for those that are here; the new one's power on says more
    const bool is_new = units_.emplace(in_reported_form(lun), &unit).second;
    CHECK(is_new);
    unit.target_device_ = this;
    for (const auto& [nexus, names] : nexuses_) unit.open_nexus(nexus, kPowerOnOccurred);
}

void TargetDevice::remove(Lun lun) {
    const auto found = units_.find(in_reported_form(lun));
    CHECK(found != units_.end());
    LogicalUnit& unit = *found->second;
    units_.erase(found);
    for (const auto& [nexus, names] : nexuses_) unit.close_nexus(nexus);
    unit.target_device_ = nullptr;
    luns_changed();
}

void TargetDevice::luns_changed() {
    for (const auto& [lun, unit] : units_) {
        unit->unit_attentions().establish_for_all(kReportLunsDataChanged);
    }
}

void TargetDevice::luns_reported(NexusId nexus) {
    for (const auto& [lun, unit] : units_) {
        unit->unit_attentions().clear(nexus, kReportLunsDataChanged);
    }
}

std::vector<Lun> TargetDevice::luns() const {
    std::vector<Lun> luns;
    for (const auto& [lun, unit] : units_) luns.push_back(lun);
    return luns;
}

LogicalUnit* TargetDevice::find(Lun lun) const {
    const auto found = units_.find(in_reported_form(lun));
    return found == units_.end() ? nullptr : found->second;
}

LogicalUnit& TargetDevice::unit_or_missing(Lun lun) const {
    LogicalUnit* unit = find(lun);
    return unit != nullptr ? *unit : *missing_;
}

NexusId TargetDevice::open_nexus(const NexusNames& names) {
    for (const auto& [nexus, others] : nexuses_) {
        if (others == names) {
            close_nexus(nexus);  // the initiator port has logged in anew
            break;
        }
    }
    const NexusId nexus{next_nexus_++};
    const Sense condition =
        remember(names) == Memory::Known ? kNexusLossOccurred : kPowerOnOccurred;
    nexuses_.emplace(nexus, names);
    for (const auto& [lun, unit] : units_) unit->open_nexus(nexus, condition);
    return nexus;
}

TargetDevice::Memory TargetDevice::remember(const NexusNames& names) {
    if (std::find(seen_.begin(), seen_.end(), names) != seen_.end()) return Memory::Known;
    seen_.push_back(names);
    if (seen_.size() > kNamesRemembered) seen_.pop_front();
    return Memory::New;
}

void TargetDevice::close_nexus(NexusId nexus) {
    if (nexuses_.erase(nexus) == 0) return;
    for (const auto& [lun, unit] : units_) unit->close_nexus(nexus);
    missing_->close_nexus(nexus);
}

const NexusNames* TargetDevice::names_of(NexusId nexus) const {
    const auto found = nexuses_.find(nexus);
    return found == nexuses_.end() ? nullptr : &found->second;
}

std::optional<std::uint64_t> TargetDevice::data_out_length(Lun lun, const Cdb& cdb) const {
    return unit_or_missing(lun).data_out_length(cdb);
}

void TargetDevice::submit(std::unique_ptr<Task> task) {
    CHECK(has_nexus(task->nexus()));
    if (observer_ != nullptr) observer_->task_arrived(*task);
    unit_or_missing(task->lun()).submit(std::move(task));
}

void TargetDevice::task_finished(const Task& task, const Outcome& outcome) {
    if (observer_ != nullptr) observer_->task_completed(task, outcome);
}

TaskManagementResponse TargetDevice::manage(TaskManagementFunction function, NexusId nexus, Lun lun,
                                            std::optional<TaskTag> tag) {
    switch (function) {
        case TaskManagementFunction::TargetWarmReset:
            reset_all(kBusResetOccurred);
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::TargetColdReset:
            power_on();
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::NexusReset:
            reset_nexus(nexus);
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::ClearAca:
            return TaskManagementResponse::NotSupported;  // no unit here has ACA
        default:
            break;
    }
    LogicalUnit* unit = find(lun);
    if (unit == nullptr) return TaskManagementResponse::LunDoesNotExist;
    return manage(function, nexus, *unit, tag);
}

TaskManagementResponse TargetDevice::manage(TaskManagementFunction function, NexusId nexus,
                                            LogicalUnit& unit, std::optional<TaskTag> tag) {
    const auto is_of_nexus = [nexus](const Task& task) { return task.nexus() == nexus; };
    const auto is_the_task = [nexus, tag](const Task& task) {
        return task.nexus() == nexus && task.tag() == tag;
    };
    switch (function) {
        case TaskManagementFunction::AbortTask:
            return unit.task_set().abort(is_the_task) ? TaskManagementResponse::FunctionComplete
                                                      : TaskManagementResponse::TaskDoesNotExist;
        case TaskManagementFunction::AbortTaskSet:
            unit.task_set().abort(is_of_nexus);
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::ClearTaskSet:
            clear_task_set(nexus, unit);
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::LogicalUnitReset:
            unit.reset(kLogicalUnitReset);
            return TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::QueryTask:
            return unit.task_set().contains(is_the_task) ? TaskManagementResponse::FunctionSucceeded
                                                         : TaskManagementResponse::FunctionComplete;
        case TaskManagementFunction::QueryTaskSet:
            return unit.task_set().contains(is_of_nexus) ? TaskManagementResponse::FunctionSucceeded
                                                         : TaskManagementResponse::FunctionComplete;
        default:
            return TaskManagementResponse::FunctionRejected;
    }
}

// With TAS zero, the others hear of it by a unit attention, if they had tasks (SAM-5 7.4).
void TargetDevice::clear_task_set(NexusId cause, LogicalUnit& unit) {
    std::set<NexusId> others;
    unit.task_set().abort([&](const Task& task) {
        if (task.nexus() != cause) others.insert(task.nexus());
        return true;
    });
    for (const NexusId nexus : others) {
        unit.unit_attentions().establish(nexus, kCommandsClearedByAnotherInitiator);
    }
}

void TargetDevice::reset_nexus(NexusId nexus) {
    for (const auto& [lun, unit] : units_) {
        unit->close_nexus(nexus);
        unit->open_nexus(nexus, kNexusLossOccurred);
    }
}

void TargetDevice::power_on() {
    seen_.clear();
    reset_all(kPowerOnOccurred);
}

void TargetDevice::reset_all(const Sense& condition) {
    for (const auto& [lun, unit] : units_) unit->reset(condition);
}

}  // namespace nearline::scsi
