// The commands of a drive that concern the cartridge as a whole.
#include <utility>

#include "base/bytes.h"
#include "drives/server_tape.h"
#include "drives/tape_sense.h"

namespace nearline::drives {

using base::ByteWriter;
using scsi::Bytes;
using scsi::Task;

namespace {

// States in which the mechanism is at work: neither LOAD nor UNLOAD can begin.
bool is_at_work(DriveState state) {
    return state == DriveState::Loading || state == DriveState::Unloading ||
           state == DriveState::Cleaning || state == DriveState::SelfTest;
}

}  // namespace

// SSC-4 6.5: granularity, the longest and the shortest block; or the largest object number.
void DriveDeviceServer::on(const ReadBlockLimits& command, Task& task) {
    Bytes limits;
    ByteWriter out(limits);
    if (command.mloi) {
        out.zeros(12).u64(UINT64_MAX - 1);
    } else {
        out.u8(0).u24(drive_.profile().maximum_block_length).u16(1);
    }
    task.respond(limits, limits.size());
    task.good();
}

void DriveDeviceServer::on(const LoadUnload& command, Task& task) {
    if (command.eot) return task.refuse(scsi::invalid_field<LoadUnload>("EOT"));
    const auto why_not = command.load ? why_not_load(command) : why_not_unload(command);
    if (why_not) return task.refuse(*why_not);
    if (drive_.state() != DriveState::Ready) return load_or_unload(command, task);
    use_tape(task, [this, command, &task](Tape& tape) {
        if (command.load) return load_again(tape, command);
        // The drive goes on with what waits only when it has begun to unload.
        load_or_unload(command, task);
        queue_.release();
    });
}

void DriveDeviceServer::load_or_unload(const LoadUnload& command, Task& task) {
    const DriveControl::Done done = answer(task, command.immed);
    if (command.load) {
        drive_.load(command.hold ? LoadTo::Hold : LoadTo::Tape, done);
    } else {
        drive_.unload(command.hold ? UnloadTo::Hold : UnloadTo::Mouth, done);
    }
    if (command.immed) task.good();
}

// A tape that is loaded already is wound to the beginning of its first partition, where it is ready
// anew (scsi-tape sheet 1.14).
void DriveDeviceServer::load_again(Tape& tape, const LoadUnload& command) {
    if (command.hold) return queue_.finish({});
    move(tape, Activity::Rewinding, command.immed ? Answer::AtOnce : Answer::WhenDone,
         [this](Tape& moved) {
             unit_attentions().establish_for_all(scsi::kMediumMayHaveChanged);
             return moved.locate({0, 0});
         });
}

std::optional<Sense> DriveDeviceServer::why_not_load(const LoadUnload&) const {
    if (is_at_work(drive_.state()) || drive_.state() == DriveState::Empty) return not_ready();
    if (drive_.is_claimed()) return scsi::kCauseNotReportable;
    return std::nullopt;
}

std::optional<Sense> DriveDeviceServer::why_not_unload(const LoadUnload& command) {
    if (is_at_work(drive_.state()) || drive_.state() == DriveState::Empty) return not_ready();
    if (!command.hold && is_removal_prevented()) {
        drive_.alerts().raise(TapeAlert::NoRemoval);
        return scsi::kMediumRemovalPrevented;
    }
    return std::nullopt;
}

DriveControl::Done DriveDeviceServer::answer(Task& task, bool is_immediate) {
    if (is_immediate) return [](const Result<void, Sense>&) {};
    return [this, &task](const Result<void, Sense>& result) {
        if (result) {
            task.good();
        } else {
            task.refuse(not_ready().value_or(result.error()));  // the drive's own words first
        }
    };
}

}  // namespace nearline::drives
