// Commands that use the tape run one after another, in the order they came (scsi-tape sheet 1.2);
// the others need not wait for them.
#pragma once

#include <deque>
#include <functional>

#include "scsi/task.h"

namespace nearline::drives {

class TapeQueue {
public:
    // Begins a command's work, which ends with finish() or release(), now or later.
    using Work = std::function<void()>;

    // Begins it now, or when those before it have ended. An aborted task never begins.
    void add(scsi::Task& task, Work work);
    bool is_busy() const { return running_ != nullptr; }
    // What uses the tape now; nullptr: nothing, or what goes on has been answered.
    const scsi::Task* running() const { return running_; }

    // The command that runs has ended so. The task is gone afterwards; the next one begins.
    void finish(const scsi::Outcome& outcome);
    // The tape is free for the next; somebody else will complete the task.
    void release();
    // Nothing waits or runs any more, and nobody is told.
    void drop_all();

private:
    struct Waiting {
        scsi::Task* task;
        Work work;
    };
    void begin_next();

    scsi::Task* running_ = nullptr;
    std::deque<Waiting> waiting_;
    bool is_beginning_ = false;
};

}  // namespace nearline::drives
