// Starting programs, and the signals that concern whoever started them.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/exec/descriptor.h"
#include "base/result.h"
#include "initiator/loop.h"

namespace nearline::apps {

struct Program {
    std::vector<std::string> command;                // command[0] is searched in PATH
    std::map<std::string, std::string> environment;  // added to, or in place of, our own
    std::optional<int> standard_output;              // descriptors; ours otherwise
    std::optional<int> standard_error;
    bool is_ours_alone = false;  // in a process group of its own, and ended when we end
};

struct CannotStart {
    int error = 0;  // errno of exec
};

// The new process. Signals that this process has blocked are not blocked in it.
base::Result<pid_t, CannotStart> start_program(const Program& program);

// What waitpid says of a process that has ended, as a shell's exit status: 128 and the signal for
// one that was killed.
int exit_status_of(int wait_status);

// Blocks the signals that a parent forwards, and SIGCHLD, for as long as it lives, and delivers
// them through the loop instead.
class SignalWatch {
public:
    struct Arrived {
        int signal = 0;
        bool is_from_terminal = false;  // then the whole process group has had it
    };
    // The loop must outlive it.
    SignalWatch(initiator::Loop& loop, std::function<void(Arrived)> arrived);
    ~SignalWatch();

    // Ends this process by `signal`, as if nobody had watched.
    [[noreturn]] static void die_of(int signal);

private:
    struct Saved;
    void read_all();

    std::function<void(Arrived)> arrived_;
    std::unique_ptr<Saved> saved_;
    Descriptor descriptor_;
    std::unique_ptr<initiator::Loop::Watch> watch_;
};

}  // namespace nearline::apps
