#include "scsi/task_set.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace nearline::scsi {

TaskSet::TaskSet(Callbacks callbacks, std::size_t limit_per_nexus)
    : callbacks_(std::move(callbacks)), limit_per_nexus_(limit_per_nexus) {}

TaskSet::~TaskSet() = default;

void TaskSet::add(std::unique_ptr<Task> task) {
    const auto queued = std::count_if(tasks_.begin(), tasks_.end(), [&](const auto& other) {
        return other->nexus() == task->nexus();
    });
    task->owner_ = this;
    Task& added = *task;
    const bool goes_first = task->attribute() == TaskAttribute::HeadOfQueue;
    tasks_.insert(goes_first ? tasks_.begin() : tasks_.end(), std::move(task));
    if (static_cast<std::size_t>(queued) >= limit_per_nexus_) {
        complete(added, {Status::TaskSetFull, {}});
        return;
    }
    run_what_may();
}

void TaskSet::complete(Task& task, const Outcome& outcome) {
    const auto found = std::find_if(tasks_.begin(), tasks_.end(),
                                    [&](const auto& other) { return other.get() == &task; });
    CHECK(found != tasks_.end());
    const std::unique_ptr<Task> finished = std::move(*found);
    tasks_.erase(found);
    if (!finished->is_aborted_) {
        TaskResult result{outcome, {}, {}};
        const SenseFormat format = callbacks_.finished(*finished, result.outcome);
        result.data_in = std::move(finished->data_in_);
        if (result.outcome.status == Status::CheckCondition) {
            result.sense = encode_sense(result.outcome.sense, format);
        }
        finished->done_(std::move(result));
    }
    run_what_may();
}

bool TaskSet::abort(const std::function<bool(const Task&)>& matches) {
    bool found = false;
    for (auto at = tasks_.begin(); at != tasks_.end();) {
        Task& task = **at;
        if (task.is_aborted_ || !matches(task)) {
            ++at;
            continue;
        }
        found = true;
        task.is_aborted_ = true;
        at = task.is_running_ ? std::next(at) : tasks_.erase(at);
    }
    run_what_may();
    return found;
}

bool TaskSet::contains(const std::function<bool(const Task&)>& matches) const {
    return std::any_of(tasks_.begin(), tasks_.end(),
                       [&](const auto& task) { return !task->is_aborted_ && matches(*task); });
}

// Running one task may complete it and, through its transport, add others; the outermost call
// sees them all, so the stack stays flat.
void TaskSet::run_what_may() {
    if (std::exchange(is_dispatching_, true)) return;
    while (Task* task = next_to_run()) {
        task->is_running_ = true;
        callbacks_.run(*task);
    }
    is_dispatching_ = false;
}

Task* TaskSet::next_to_run() {
    Task* runnable = nullptr;
    bool is_blocked = false;  // by an ORDERED or HEAD OF QUEUE task ahead
    bool is_first = true;
    for (const auto& task : tasks_) {
        const bool is_head = task->attribute() == TaskAttribute::HeadOfQueue;
        const bool is_ordered = task->attribute() == TaskAttribute::Ordered;
        if (!task->is_running_) {
            if (is_head) return task.get();
            const bool may_run = !is_blocked && (!is_ordered || is_first);
            if (may_run && runnable == nullptr) runnable = task.get();
        }
        is_blocked = is_blocked || is_head || is_ordered;
        is_first = false;
    }
    return runnable;
}

}  // namespace nearline::scsi
