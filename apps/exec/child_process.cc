#include "apps/exec/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

extern char** environ;

namespace nearline::apps {
namespace {

using base::Failure;

// Those that somebody may mean for the command.
constexpr int kForwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};

sigset_t watched_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : kForwarded) sigaddset(&set, signal);
    sigaddset(&set, SIGCHLD);
    return set;
}

std::vector<std::string> environment_of(const Program& program) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        if (!program.environment.contains(text.substr(0, text.find('=')))) all.push_back(text);
    }
    for (const auto& [name, value] : program.environment) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// In the child: only what may be called after fork. Never returns.
[[noreturn]] void become(const Program& program, char** arguments, char** environment, pid_t parent,
                         int report) {
    if (program.is_ours_alone) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) _exit(0);  // it died before it could say so
    }
    if (program.standard_output) dup2(*program.standard_output, STDOUT_FILENO);
    if (program.standard_error) dup2(*program.standard_error, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execvpe(*arguments, arguments, environment);
    const int error = errno;
    const ssize_t sent = write(report, &error, sizeof(error));
    _exit(sent == static_cast<ssize_t>(sizeof(error)) ? 127 : 126);
}

}  // namespace

base::Result<pid_t, CannotStart> start_program(const Program& program) {
    std::vector<std::string> command = program.command;
    std::vector<std::string> environment = environment_of(program);
    const std::vector<char*> arguments = pointers_to(command);
    const std::vector<char*> variables = pointers_to(environment);
    // Closed by a successful exec; otherwise it carries errno.
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Failure{CannotStart{errno}};
    const auto [read_end, write_end] = ends;
    const Descriptor failure(read_end);
    Descriptor report(write_end);
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) return Failure{CannotStart{errno}};
    if (child == 0) {
        become(program, const_cast<char**>(arguments.data()), const_cast<char**>(variables.data()),
               parent, report.get());
    }
    report = Descriptor();
    int error = 0;
    ssize_t length = 0;
    do {
        length = read(failure.get(), &error, sizeof(error));
    } while (length < 0 && errno == EINTR);
    if (length == 0) return child;
    waitpid(child, nullptr, 0);
    return Failure{CannotStart{error}};
}

int exit_status_of(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

struct SignalWatch::Saved {
    sigset_t mask{};
};

SignalWatch::SignalWatch(initiator::Loop& loop, std::function<void(Arrived)> arrived)
    : arrived_(std::move(arrived)), saved_(std::make_unique<Saved>()) {
    const sigset_t watched = watched_signals();
    pthread_sigmask(SIG_BLOCK, &watched, &saved_->mask);
    descriptor_ = Descriptor(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    watch_ = loop.watch(descriptor_.get(), [this](initiator::Loop::Readiness) { read_all(); });
    watch_->want({true, false});
}

SignalWatch::~SignalWatch() {
    pthread_sigmask(SIG_SETMASK, &saved_->mask, nullptr);
}

void SignalWatch::die_of(int signal) {
    std::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    raise(signal);
    std::_Exit(128 + signal);
}

void SignalWatch::read_all() {
    signalfd_siginfo info{};
    while (read(descriptor_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
        arrived_({static_cast<int>(info.ssi_signo), info.ssi_code == SI_KERNEL});
    }
}

}  // namespace nearline::apps
