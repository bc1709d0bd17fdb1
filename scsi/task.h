// A task: one command on its way through a logical unit (SAM-5 chapter 5).
//
// The transport makes it and hands it over with submit; from then on the logical unit's task set
// owns it, and its completion runs exactly once, unless it is aborted or its nexus is lost: then
// what it set in motion goes on to its physical end and nobody is told.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "scsi/outcome.h"
#include "scsi/types.h"

namespace nearline::scsi {

// A finished task as the transport sends it. `data_in` is cut to the command's allocation length,
// not to what the initiator expects: the difference is the transport's residual.
struct TaskResult {
    Outcome outcome;
    Bytes sense;    // encoded; empty unless CHECK CONDITION
    Bytes data_in;  // whole for GOOD; may be there for CHECK CONDITION too (a short read)
};

class TaskSet;

class Task {
public:
    struct Address {
        NexusId nexus{};
        Lun lun{};
        TaskTag tag{};
        TaskAttribute attribute = TaskAttribute::Simple;
    };
    using Completion = std::function<void(TaskResult)>;

    Task(Address address, Cdb cdb, Bytes data_out, Completion done)
        : address_(address), cdb_(cdb), data_out_(std::move(data_out)), done_(std::move(done)) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    NexusId nexus() const { return address_.nexus; }
    Lun lun() const { return address_.lun; }
    TaskTag tag() const { return address_.tag; }
    TaskAttribute attribute() const { return address_.attribute; }
    const Cdb& cdb() const { return cdb_; }
    BytesView data_out() const { return data_out_; }

    // What the initiator will get; a handler fills it before it completes the task.
    Bytes& data_in() { return data_in_; }
    BytesView data_in() const { return data_in_; }
    // `data`, cut to what the command allows.
    void respond(BytesView data, std::size_t allocation_length);

    // Finishes the task and destroys it: the last thing anybody does with it.
    void complete(const Outcome& outcome);
    void good() { complete(Outcome{}); }
    void refuse(const Sense& sense) { complete(check_condition(sense)); }

    // Aborted tasks go on to their end unheard. What has not begun to move should not begin.
    bool is_aborted() const { return is_aborted_; }

private:
    friend class TaskSet;

    Address address_;
    Cdb cdb_;
    Bytes data_out_;
    Bytes data_in_;
    Completion done_;
    TaskSet* owner_ = nullptr;
    bool is_running_ = false;
    bool is_aborted_ = false;
};

}  // namespace nearline::scsi
