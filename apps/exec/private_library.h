// A library for one command: `nearline serve` as a child process, from its ready line to its end.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "apps/exec/child_process.h"
#include "initiator/poll_loop.h"

namespace nearline::apps {

class PrivateLibrary {
public:
    struct NotReady {
        int exit_status = 0;  // of the process; 0 when it did not end by itself
        std::string message;  // with what it said
    };

    // Starts PROGRAM serve [FILE] on a free port. The loop must outlive it.
    static base::Result<std::unique_ptr<PrivateLibrary>, NotReady> start(initiator::PollLoop& loop,
                                                                         const std::string& program,
                                                                         const std::string& file);
    PrivateLibrary(const PrivateLibrary&) = delete;
    PrivateLibrary& operator=(const PrivateLibrary&) = delete;
    // Ends it at once, unless end() has been called.
    ~PrivateLibrary();

    const std::string& url() const { return url_; }
    // Looks whether it has ended, without waiting; true once it has.
    bool has_ended();
    int exit_status() const { return exit_status_.value_or(0); }
    // What it has written to standard error so far.
    std::string log() const;
    // Asks it to stop, and waits; a second time, then not asking, when it takes too long.
    void end();

private:
    explicit PrivateLibrary(initiator::PollLoop& loop) : loop_(loop) {}
    base::Result<void, std::string> read_ready_line();

    initiator::PollLoop& loop_;
    std::optional<pid_t> process_;
    std::optional<int> exit_status_;
    Descriptor output_;
    Descriptor log_;
    std::string url_;
};

}  // namespace nearline::apps
