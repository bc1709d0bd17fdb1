// What the parts of the drive's device server share: how a command gets at the tape.
#pragma once

#include <utility>

#include "drives/drive_device_server.h"

namespace nearline::drives {

template <class Work>
void DriveDeviceServer::use_tape(scsi::Task& task, Work work) {
    queue_.add(task, [this, work = std::move(work)] {
        if (deferred_) {
            const Sense told = *std::exchange(deferred_, std::nullopt);
            return queue_.finish(scsi::check_condition(told));
        }
        if (const auto reason = not_ready()) {
            return queue_.finish(scsi::check_condition(*reason));
        }
        work(drive_.tape());
    });
}

// The tape has been moved by `act`; the command ends when it is there or, with IMMED, at once: then
// what it met is told later.
template <class Act>
void DriveDeviceServer::move(Tape& tape, Activity activity, Answer answer, Act act) {
    if (TapeReport synced = tape.sync(); !synced.outcome.is_good()) {
        note_failure(synced, Activity::Writing);
        return queue_.finish(synced.outcome);
    }
    const media::Position from = tape.position();
    const TapeReport report = act(tape);
    if (answer == Answer::WhenDone) {
        return drive_.move(activity, from,
                           [this, outcome = report.outcome] { queue_.finish(outcome); });
    }
    is_moving_unasked_ = true;
    drive_.move(activity, from, [this, outcome = report.outcome] {
        is_moving_unasked_ = false;
        if (!outcome.is_good()) defer(outcome.sense);
    });
    queue_.finish({});
}

}  // namespace nearline::drives
