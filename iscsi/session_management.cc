#include <algorithm>
#include <optional>

#include "iscsi/portal_core.h"
#include "iscsi/session.h"

// Task management (RFC 7143 11.5, 11.6). What has not reached the unit is dropped here, the rest is
// the unit's. Nothing waits: Data-Out that still comes for an aborted command is forgotten.

namespace nearline::iscsi {
namespace {

using scsi::TaskManagementFunction;
using TaskStage = CommandTask::Stage;

enum Code : std::uint8_t {  // RFC 7143 11.5.1; from 9 on RFC 7144
    kAbortTask = 1,
    kAbortTaskSet = 2,
    kClearAca = 3,
    kClearTaskSet = 4,
    kLogicalUnitReset = 5,
    kTargetWarmReset = 6,
    kTargetColdReset = 7,
    kTaskReassign = 8,
    kQueryTask = 9,
    kQueryAsynchronousEvent = 12,
};

enum Answer : std::uint8_t {  // RFC 7143 11.6.1
    kComplete = 0,
    kTaskDoesNotExist = 1,
    kLunDoesNotExist = 2,
    kReassignmentNotSupported = 4,
    kNotSupported = 5,
    kFunctionRejected = 255,
};

std::uint8_t answer_of(scsi::TaskManagementResponse response) {
    constexpr std::uint8_t kSucceeded = 7;
    switch (response) {
        case scsi::TaskManagementResponse::FunctionComplete:
            return kComplete;
        case scsi::TaskManagementResponse::FunctionSucceeded:
            return kSucceeded;
        case scsi::TaskManagementResponse::TaskDoesNotExist:
            return kTaskDoesNotExist;
        case scsi::TaskManagementResponse::LunDoesNotExist:
            return kLunDoesNotExist;
        case scsi::TaskManagementResponse::NotSupported:
            return kNotSupported;
        case scsi::TaskManagementResponse::FunctionRejected:
            break;
    }
    return kFunctionRejected;
}

std::optional<TaskManagementFunction> function_of(std::uint8_t code) {
    switch (code) {
        case kAbortTaskSet:
            return TaskManagementFunction::AbortTaskSet;
        case kClearAca:
            return TaskManagementFunction::ClearAca;
        case kClearTaskSet:
            return TaskManagementFunction::ClearTaskSet;
        case kLogicalUnitReset:
            return TaskManagementFunction::LogicalUnitReset;
        case kTargetWarmReset:
            return TaskManagementFunction::TargetWarmReset;
        case kTargetColdReset:
            return TaskManagementFunction::TargetColdReset;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::uint8_t Session::manage(const TaskManagementRequest& request) {
    if (request.function == kAbortTask) return abort_task(request);
    if (request.function == kTaskReassign) return kReassignmentNotSupported;
    if (request.function >= kQueryTask && request.function <= kQueryAsynchronousEvent) {
        return kNotSupported;
    }
    const auto function = function_of(request.function);
    if (!function) return kFunctionRejected;
    return manage_units(request, *function);
}

std::uint8_t Session::abort_task(const TaskManagementRequest& request) {
    if (request.referenced_task_tag == request.initiator_task_tag) return kFunctionRejected;
    if (device().find(request.lun) == nullptr) return kLunDoesNotExist;
    CommandTask* task = tasks_.find(request.referenced_task_tag);
    if (task == nullptr) {
        // RFC 7143 11.5.1: one that never came but may still come counts as come, and is aborted.
        const std::uint32_t missing = request.ref_cmd_sn;
        const bool may_still_come = window_.classify(missing) != CommandWindow::Arrival::Stray &&
                                    is_before(missing, request.cmd_sn);
        if (!may_still_come) return kTaskDoesNotExist;
        window_.hold(missing);
        return kComplete;
    }
    if (canonical(task->request.lun) != canonical(request.lun)) return kTaskDoesNotExist;
    if (task->stage == TaskStage::Executing) {
        device().manage(TaskManagementFunction::AbortTask, nexus_, request.lun,
                        scsi::TaskTag{request.referenced_task_tag});
    }
    drop(*task);
    go_on();
    return kComplete;
}

std::uint8_t Session::manage_units(const TaskManagementRequest& request,
                                   TaskManagementFunction function) {
    const auto response = answer_of(device().manage(function, nexus_, request.lun));
    if (response != kComplete || function == TaskManagementFunction::ClearAca) return response;
    const bool is_for_target = function == TaskManagementFunction::TargetWarmReset ||
                               function == TaskManagementFunction::TargetColdReset;
    const auto lun = is_for_target ? std::nullopt : std::optional(request.lun);
    if (function == TaskManagementFunction::AbortTaskSet) {
        unit_was_reset(lun);
    } else {
        core_.units_were_reset(*identity_.target, lun);
    }
    return response;
}

void Session::unit_was_reset(std::optional<Lun> lun) {
    const bool was_closed = window_.is_closed();
    const std::vector<CommandTask*> before = tasks_.all();
    for (CommandTask* task : before) {
        const bool is_meant = !lun || canonical(*lun) == canonical(task->request.lun);
        if (task->stage == TaskStage::Collecting && is_meant) drop(*task);
    }
    forget_silenced();
    go_on();
    if (was_closed && !window_.is_closed()) announce_window();
}

void Session::forget_silenced() {
    const std::vector<CommandTask*> before = tasks_.all();
    for (CommandTask* task : before) {
        if (task->stage == TaskStage::Executing && !is_executing_in_unit(*task)) drop(*task);
    }
    open_window();
}

bool Session::is_executing_in_unit(const CommandTask& task) const {
    const auto answer = device().manage(TaskManagementFunction::QueryTask, nexus_, task.request.lun,
                                        scsi::TaskTag{task.request.initiator_task_tag});
    return answer == scsi::TaskManagementResponse::FunctionSucceeded;
}

void Session::drop(CommandTask& task) {
    if (task.is_dropped) return;
    std::erase(collecting_, &task);
    task.is_dropped = true;
    // The end of its PDU drops it then.
    if (task.is_receiving) return;
    if (task.transfer.is_open()) {
        aborted_.remember(task.request.initiator_task_tag, task.transfer.tag());
    }
    // Its CmdSN still has its turn.
    if (task.stage == TaskStage::Undelivered) return;
    remove(task);
}

// RFC 7143 11.19: a closed window that opens is told although there is nothing else to say.
void Session::announce_window() {
    sender_->send(NopIn(), StatSn::Shows);
}

}  // namespace nearline::iscsi
