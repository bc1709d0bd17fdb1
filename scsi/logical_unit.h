// A logical unit (SAM-5 4.8): a task set, unit attentions, reservations, and the one gate every
// command passes before its unit sees it.
//
// The gate's order, for every unit: task set, operation code, service action, reserved bits, unit
// attention, reservation, readiness; then a typed request goes to the device server's `on`. A
// device server derives from PrimaryDeviceServer, which has the commands all units share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "scsi/command.h"
#include "scsi/persistent_reservations.h"
#include "scsi/task.h"
#include "scsi/task_set.h"
#include "scsi/unit_attention.h"

namespace nearline::scsi {

class TargetDevice;

class LogicalUnit {
public:
    virtual ~LogicalUnit();
    LogicalUnit(const LogicalUnit&) = delete;
    LogicalUnit& operator=(const LogicalUnit&) = delete;

    // What a target device tells its units.
    void submit(std::unique_ptr<Task> task);
    // `condition` is the unit attention the nexus begins with, if any. POWER ON OCCURRED, here and
    // in a reset, becomes the model's own condition.
    void open_nexus(NexusId nexus, const std::optional<Sense>& condition);
    // Tasks are silenced, the reservation and preventions of the nexus go.
    void close_nexus(NexusId nexus);
    // A reset: all tasks are silenced, what RESERVE reserved and preventions go, modes fall back to
    // what is saved, and every nexus learns of it by `condition`. With POWER ON OCCURRED persistent
    // reservations go too, unless they were made to last.
    void reset(const Sense& condition);

    // Bytes the command wants from its initiator. Nothing when that depends on what commands before
    // it do: it then takes what it is given, and looks when it begins.
    virtual std::optional<std::uint64_t> data_out_length(const Cdb& cdb) const;
    TaskSet& task_set() { return task_set_; }
    UnitAttentions& unit_attentions() { return unit_attentions_; }
    const std::set<NexusId>& nexuses() const { return nexuses_; }

    // The nexus RESERVE gave the unit to.
    std::optional<NexusId> reservation_holder() const { return reservation_holder_; }
    const PersistentReservations& persistent_reservations() const { return persistent_; }

    // The rows of the command table this unit supports: for the gate and for REPORT SUPPORTED
    // OPERATION CODES.
    virtual std::span<const CommandDescriptor> commands() const = 0;
    virtual bool supports(const CommandDescriptor& command) const = 0;
    // Why the unit cannot act on its medium or mechanics now; nothing when it can.
    virtual std::optional<Sense> not_ready() const = 0;

protected:
    static constexpr std::size_t kQueueLimit = 128;  // tasks per nexus before TASK SET FULL
    LogicalUnit();

    // The form sense data takes: D_SENSE of mode page 0Ah.
    virtual SenseFormat sense_format() const { return SenseFormat::Fixed; }
    // Whether ILLEGAL REQUEST carries a field pointer.
    virtual bool has_field_pointers() const { return true; }
    // The unit attention of power on: 6/29/01, or what the model says instead.
    virtual Sense power_on_condition() const { return kPowerOnOccurred; }
    // The answer to an operation code outside the table.
    virtual Sense unknown_command() const { return kInvalidCommandOperationCode.at_byte(0); }
    virtual void nexus_closed(NexusId) {}
    virtual void was_reset() {}
    // Power has come, as the first part of a reset.
    virtual void powered_on() {}
    // A task has ended so; what the unit has to tell beside may still change it.
    virtual void about_to_answer(const Task& task, Outcome& outcome) { (void)task, (void)outcome; }

    void reserve_for(NexusId nexus) { reservation_holder_ = nexus; }
    void release_reservation() { reservation_holder_.reset(); }
    void set_persistent_reservations(PersistentReservations now) { persistent_ = std::move(now); }
    // The ports at both ends of a nexus that has a task here.
    const NexusNames& names_of(NexusId nexus) const;
    TargetDevice* target_device() const { return target_device_; }

private:
    friend class TargetDevice;

    struct Lookup {
        const CommandDescriptor* command = nullptr;
        bool is_opcode_known = false;  // maybe with other service actions
    };
    Lookup find_command(const Cdb& cdb) const;
    void run(Task& task);  // the gate
    Sense as_told(const Sense& condition) const;
    bool is_reserved_against(const Task& task, const CommandDescriptor& command) const;
    SenseFormat finished(const Task& task, Outcome& outcome);

    TaskSet task_set_;
    UnitAttentions unit_attentions_;
    std::set<NexusId> nexuses_;
    std::optional<NexusId> reservation_holder_;
    PersistentReservations persistent_;
    TargetDevice* target_device_ = nullptr;  // set while it is part of one
};

}  // namespace nearline::scsi
