// The task set of one logical unit (SAM-5 chapter 8): who runs now, who waits, who was aborted.
// One task set for all nexuses (TST 000b), restricted reordering: SIMPLE tasks run together,
// ORDERED waits for all before it, HEAD OF QUEUE waits for nobody.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>

#include "scsi/task.h"

namespace nearline::scsi {

class TaskSet {
public:
    // `run` takes a task that may begin; `finished` sees each task with its outcome just before
    // its transport does, may take from the sense what the unit does not tell, and gives the form
    // sense data takes.
    struct Callbacks {
        std::function<void(Task&)> run;
        std::function<SenseFormat(const Task&, Outcome&)> finished;
    };
    TaskSet(Callbacks callbacks, std::size_t limit_per_nexus);
    TaskSet(const TaskSet&) = delete;
    TaskSet& operator=(const TaskSet&) = delete;
    ~TaskSet();

    // Runs it now, later, or answers TASK SET FULL.
    void add(std::unique_ptr<Task> task);
    void complete(Task& task, const Outcome& outcome);

    // Silences the tasks that `matches` accepts; those that have not begun are dropped. True when
    // there was one.
    bool abort(const std::function<bool(const Task&)>& matches);
    bool contains(const std::function<bool(const Task&)>& matches) const;
    std::size_t size() const { return tasks_.size(); }

private:
    void run_what_may();
    Task* next_to_run();

    Callbacks callbacks_;
    std::size_t limit_per_nexus_;
    std::list<std::unique_ptr<Task>> tasks_;  // in order of arrival, heads of queue first
    bool is_dispatching_ = false;
};

}  // namespace nearline::scsi
