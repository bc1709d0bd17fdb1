#include "drives/tape_queue.h"

#include <utility>

#include "base/check.h"

namespace nearline::drives {

void TapeQueue::add(scsi::Task& task, Work work) {
    waiting_.push_back({&task, std::move(work)});
    begin_next();
}

void TapeQueue::finish(const scsi::Outcome& outcome) {
    CHECK(running_ != nullptr);
    std::exchange(running_, nullptr)->complete(outcome);
    begin_next();
}

void TapeQueue::release() {
    running_ = nullptr;
    begin_next();
}

void TapeQueue::drop_all() {
    for (const Waiting& dropped : std::exchange(waiting_, {})) dropped.task->good();
    if (running_ != nullptr) std::exchange(running_, nullptr)->good();
}

// Work that ends at once, and hosts that send the next command when they hear of it, come back
// here; the outermost call sees them all.
void TapeQueue::begin_next() {
    if (std::exchange(is_beginning_, true)) return;
    while (running_ == nullptr && !waiting_.empty()) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        if (next.task->is_aborted()) {
            next.task->good();  // unheard
            continue;
        }
        running_ = next.task;
        next.work();
    }
    is_beginning_ = false;
}

}  // namespace nearline::drives
