#include "apps/exec/private_library.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kReadyLimit{60};
constexpr std::chrono::seconds kEndLimit{10};
constexpr std::string_view kReady = "ready ";

}  // namespace

Result<std::unique_ptr<PrivateLibrary>, PrivateLibrary::NotReady> PrivateLibrary::start(
    initiator::PollLoop& loop, const std::string& program, const std::string& file) {
    // Its constructor is nobody else's, so std::make_unique cannot have it.
    std::unique_ptr<PrivateLibrary> library(new PrivateLibrary(loop));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Failure{NotReady{0, std::strerror(errno)}};
    const auto [read_end, write_end] = ends;
    library->output_ = Descriptor(read_end);
    Descriptor written(write_end);
    // The log would stand between the lines of the command; it is shown when something is wrong.
    library->log_ = Descriptor(memfd_create("nearline-log", MFD_CLOEXEC));

    Program serve;
    serve.command = {program, "serve"};
    if (!file.empty()) serve.command.push_back(file);
    serve.command.insert(serve.command.end(), {"--portal", "127.0.0.1:0"});
    serve.standard_output = written.get();
    serve.standard_error = library->log_.get();
    serve.is_ours_alone = true;
    const auto started = start_program(serve);
    if (!started) {
        return Failure{
            NotReady{0, "cannot start " + program + ": " + std::strerror(started.error().error)}};
    }
    library->process_ = *started;
    written = Descriptor();  // so that its end shows here
    if (const auto ready = library->read_ready_line(); !ready) {
        library->end();
        return Failure{NotReady{library->exit_status(), ready.error() + "\n" + library->log()}};
    }
    return library;
}

Result<void, std::string> PrivateLibrary::read_ready_line() {
    std::string text;
    bool is_over = false;
    const auto watch = loop_.watch(output_.get(), [&](initiator::Loop::Readiness) {
        char buffer[512];
        const ssize_t length = read(output_.get(), buffer, sizeof(buffer));
        if (length > 0) text.append(buffer, static_cast<std::size_t>(length));
        is_over = length <= 0;
    });
    watch->want({true, false});
    loop_.run_until([&] { return is_over || text.find('\n') != std::string::npos; }, kReadyLimit);
    const std::string line = text.substr(0, text.find('\n'));
    if (line.starts_with(kReady)) {
        url_ = base::trim(std::string_view(line).substr(kReady.size()));
        return {};
    }
    return Failure{std::string(is_over ? "the library did not start"
                                       : "the library did not become ready in time")};
}

bool PrivateLibrary::has_ended() {
    int status = 0;
    if (process_ && waitpid(*process_, &status, WNOHANG) == *process_) {
        exit_status_ = exit_status_of(status);
        process_.reset();
    }
    return !process_;
}

std::string PrivateLibrary::log() const {
    struct stat status {};
    if (fstat(log_.get(), &status) != 0) return {};
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t length = pread(log_.get(), text.data(), text.size(), 0);
    text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return text;
}

void PrivateLibrary::end() {
    for (const int signal : {SIGTERM, SIGTERM, SIGKILL}) {
        if (has_ended()) return;
        kill(*process_, signal);
        // Its output ends with it: that wakes the loop.
        bool is_over = false;
        const auto watch = loop_.watch(output_.get(), [&](initiator::Loop::Readiness) {
            char buffer[512];
            is_over = read(output_.get(), buffer, sizeof(buffer)) <= 0;
        });
        watch->want({true, false});
        loop_.run_until([&] { return is_over; }, kEndLimit);
        if (!is_over) continue;
        int status = 0;
        waitpid(*process_, &status, 0);
        exit_status_ = exit_status_of(status);
        process_.reset();
    }
}

PrivateLibrary::~PrivateLibrary() {
    if (has_ended()) return;
    kill(*process_, SIGKILL);
    waitpid(*process_, nullptr, 0);
}

}  // namespace nearline::apps
