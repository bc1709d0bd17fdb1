// RESERVE, RELEASE and PERSISTENT RESERVE for every logical unit: carries out between wire and
// model what the gate lets through. PrimaryDeviceServer derives from it.
#pragma once

#include <functional>
#include <set>

#include "scsi/logical_unit.h"
#include "scsi/reservation_commands.h"

namespace nearline::scsi {

class ReservationServer : public LogicalUnit {
public:
    void on(const Reserve6&, Task& task) { reserve(task); }
    void on(const Reserve10&, Task& task) { reserve(task); }
    void on(const Release6&, Task& task) { release(task); }
    void on(const Release10&, Task& task) { release(task); }
    void on(const ReadKeys&, Task&);
    void on(const ReadReservation&, Task&);
    void on(const ReportCapabilities&, Task&);
    void on(const ReadFullStatus&, Task&);
    void on(const PersistentRegister&, Task&);
    void on(const PersistentReserve&, Task&);
    void on(const PersistentRelease&, Task&);
    void on(const PersistentClear&, Task&);
    void on(const PersistentPreempt&, Task&);
    void on(const PersistentPreemptAndAbort&, Task&);
    void on(const PersistentRegisterAndIgnoreExistingKey&, Task&);
    void on(const PersistentRegisterAndMove&, Task&);

    // What APTPL kept, at power on.
    void restore_persistent_reservations(const ReservationState& kept);
    // Given what APTPL keeps, whenever that changes and before the command is answered; when it
    // returns false the command ends with HARDWARE ERROR and nothing has changed.
    using ReservationKeeper = std::function<bool(const ReservationState&)>;
    void keep_persistent_reservations_with(ReservationKeeper keeper) {
        reservation_keeper_ = std::move(keeper);
    }

protected:
    // PREEMPT AND ABORT took the registration of `nexus`: it prevents removal no longer.
    virtual void end_prevention(NexusId nexus) = 0;

private:
    enum class Aborts { Nothing, PreemptedTasks };

    void reserve(Task& task);
    void release(Task& task);
    template <typename Command>
    void register_nexus(const Command& command, Task& task);
    template <typename Command>
    void preempt(const Command& command, Task& task, Aborts aborts);
    // `next` takes effect when `done` is good and it is written down.
    void finish(Task& task, PersistentReservations next, const PersistentReservations::Done& done,
                Aborts aborts = Aborts::Nothing);
    std::set<NexusId> nexuses_of(const Registration& registration) const;
    void abort_tasks_of(const std::set<NexusId>& nexuses, const Task& but);

    ReservationKeeper reservation_keeper_;  // empty: memory is enough
};

}  // namespace nearline::scsi
