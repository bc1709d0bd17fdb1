// A SCSI target device (SAM-5 4.6): logical units by LUN, and the I_T nexuses that reach them.
// A transport opens a nexus when an initiator has logged in, submits tasks, and closes it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "scsi/command.h"
#include "scsi/task.h"

namespace nearline::scsi {

class MissingLogicalUnit;

enum class TaskManagementFunction {
    AbortTask,
    AbortTaskSet,
    ClearAca,
    ClearTaskSet,
    LogicalUnitReset,
    TargetWarmReset,
    TargetColdReset,
    QueryTask,
    QueryTaskSet,
    NexusReset,
};

enum class TaskManagementResponse {
    FunctionComplete,
    FunctionSucceeded,
    TaskDoesNotExist,
    LunDoesNotExist,
    NotSupported,
    FunctionRejected,
};

// Sees every task come and go: for the trace. Calls must not change anything.
class TaskObserver {
public:
    virtual ~TaskObserver() = default;
    virtual void task_arrived(const Task& task) = 0;
    virtual void task_completed(const Task& task, const Outcome& outcome) = 0;
};

class TargetDevice {
public:
    TargetDevice();
    ~TargetDevice();
    TargetDevice(const TargetDevice&) = delete;
    TargetDevice& operator=(const TargetDevice&) = delete;

    // The unit must outlive the device or be removed first. Existing nexuses learn of a change by
    // REPORTED LUNS DATA HAS CHANGED.
    void add(Lun lun, LogicalUnit& unit);
    void remove(Lun lun);
    std::vector<Lun> luns() const;  // ascending
    // The unit at `lun` in any of the single-level forms; nullptr when there is none.
    LogicalUnit* find(Lun lun) const;
    void observe(TaskObserver* observer) { observer_ = observer; }

    // Login complete. Names that were here before are the same nexus come back (29/07).
    NexusId open_nexus(const NexusNames& names);
    // The session is gone: its tasks are silenced, its reservations and preventions released.
    void close_nexus(NexusId nexus);
    bool has_nexus(NexusId nexus) const { return nexuses_.contains(nexus); }
    const NexusNames* names_of(NexusId nexus) const;

    // Bytes the command at `lun` wants from the initiator, by its own length fields: 0 when none,
    // or when the command is unknown; nothing when only the initiator can know yet. A transport
    // solicits no more than this.
    std::optional<std::uint64_t> data_out_length(Lun lun, const Cdb& cdb) const;
    void submit(std::unique_ptr<Task> task);
    // `tag` is for AbortTask and QueryTask. Responses of silenced tasks never follow.
    TaskManagementResponse manage(TaskManagementFunction function, NexusId nexus, Lun lun,
                                  std::optional<TaskTag> tag = {});

    // Power has come back: every unit tells every nexus, those to come too.
    void power_on();

    // A nexus has been given the list of units: REPORTED LUNS DATA HAS CHANGED is no news to it.
    void luns_reported(NexusId nexus);

private:
    friend class LogicalUnit;

    enum class Memory { Known, New };
    Memory remember(const NexusNames& names);
    LogicalUnit& unit_or_missing(Lun lun) const;
    void task_finished(const Task& task, const Outcome& outcome);
    void luns_changed();
    TaskManagementResponse manage(TaskManagementFunction function, NexusId nexus, LogicalUnit& unit,
                                  std::optional<TaskTag> tag);
    void clear_task_set(NexusId cause, LogicalUnit& unit);
    void reset_nexus(NexusId nexus);
    void reset_all(const Sense& condition);

    std::map<Lun, LogicalUnit*> units_;
    std::unique_ptr<MissingLogicalUnit> missing_;
    std::map<NexusId, NexusNames> nexuses_;
    std::deque<NexusNames> seen_;  // since power on; bounded, the oldest names are forgotten
    std::uint32_t next_nexus_ = 1;
    TaskObserver* observer_ = nullptr;
};

}  // namespace nearline::scsi
