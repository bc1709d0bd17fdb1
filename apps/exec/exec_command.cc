#include "apps/exec/exec_command.h"

#include <signal.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "apps/exec/attachment.h"
#include "apps/exec/child_process.h"
#include "apps/exec/device_host.h"
#include "apps/exec/private_library.h"
#include "base/text.h"
#include "fixtures/preload/protocol.h"
#include "initiator/changer_client.h"

namespace nearline::apps {
namespace {

namespace fs = std::filesystem;
using base::Failure;
using base::Result;
using initiator::IscsiUrl;

constexpr std::chrono::hours kSettlingLimit{1};

constexpr int kUsage = 2;
constexpr int kEnvironment = 3;
constexpr int kNotExecutable = 126;
constexpr int kNotFound = 127;

constexpr const char* kFooter =
    "COMMAND and what it starts see the library as a Linux host would: /dev/sg0, /dev/sg1, … are\n"
    "the target's units in the order of their LUNs, /dev/changer is its medium changer, and the\n"
    "drives are tapes: /dev/st0, which is rewound when it is closed, and /dev/nst0, which is not.\n"
    "Programs that are linked statically, or run as another user, see nothing of it.\n"
    "\n"
    "In its environment: NEARLINE_URL is the target, for what speaks iSCSI itself; LD_PRELOAD and\n"
    "NEARLINE_DEVICES make the devices. NEARLINE_PRELOAD, set for nearline itself, names the\n"
    "library to load where it is not ../lib/libnearline-preload.so.\n"
    "\n"
    "Exit status: that of COMMAND, 128 and the signal that ended it, 127 when there is no such\n"
    "command, 126 when it cannot be run; 2 bad usage or a bad library file, 3 no library or no\n"
    "devices to be had.";

struct Arguments {
    std::string library;
    std::string attach;
    std::string initiator_name = initiator::IscsiOptions{}.initiator_name;
    std::vector<std::string> command;
};

struct Stop {
    int status = kEnvironment;
    std::string message;
};

// --- Usage.

// The exit status when there is nothing to run.
std::optional<int> parse(std::span<const std::string> all, Arguments& arguments, std::ostream& out,
                         std::ostream& err) {
    CLI::App app(
        "Runs a command with a tape library in its /dev: nearline exec [OPTIONS] -- COMMAND...",
        "nearline exec");
    app.footer(kFooter);
    auto* library = app.add_option("--library", arguments.library,
                                   "the library's description; a built-in one without it");
    app.add_option("--attach", arguments.attach,
                   "a target that is there already, iscsi://host[:port]/target-iqn/lun")
        ->excludes(library);
    app.add_option("--initiator", arguments.initiator_name, "the iSCSI name to log in with")
        ->capture_default_str();
    const auto separator = std::find(all.begin(), all.end(), "--");
    try {  // CLI11 reports bad usage and --help by throwing
        app.parse(std::vector<std::string>(std::make_reverse_iterator(separator), all.rend()));
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : kUsage;
    }
    if (separator != all.end()) arguments.command.assign(separator + 1, all.end());
    if (!arguments.command.empty()) return std::nullopt;
    err << "nearline exec: what is to be run? nearline exec [--library FILE] -- COMMAND...\n";
    return kUsage;
}

// --- Where things are.

fs::path own_program() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error);
}

Result<std::string, Stop> find_preload_library() {
    std::vector<fs::path> places;
    if (const char* given = std::getenv("NEARLINE_PRELOAD")) {
        places.emplace_back(given);
    } else {
        const fs::path folder = own_program().parent_path();
        places = {folder / "../lib/libnearline-preload.so", folder / "libnearline-preload.so"};
    }
    std::error_code error;
    for (const fs::path& place : places) {
        const std::string path = fs::canonical(place, error).string();
        if (error) continue;
        // ld.so(8): both part the list, and nothing quotes them.
        if (path.find_first_of(" :") == std::string::npos) return path;
        return Failure{
            Stop{kEnvironment, "LD_PRELOAD takes no path with a blank or a colon: '" + path + "'"}};
    }
    return Failure{Stop{kEnvironment, "no libnearline-preload.so at " + places.front().string()}};
}

std::string new_token() {
    std::random_device random;
    base::Bytes bytes;
    base::ByteWriter(bytes).u32(random()).u32(random());
    return base::to_hex(bytes);
}

// --- One run.

class Execution {
public:
    Execution(const Arguments& arguments, std::ostream& err)
        : arguments_(arguments),
          err_(err),
          signals_(loop_, [this](SignalWatch::Arrived arrived) { on_signal(arrived); }) {
        host_.emplace(loop_, new_token());
    }

    // From the library to the command and back: each goes before what it stands on.
    Result<int, Stop> run() {
        const auto status = start_and_wait();
        host_.reset();
        attachments_.clear();
        if (library_) library_->end();
        return status;
    }

private:
    Result<int, Stop> start_and_wait() {
        const auto preload = find_preload_library();
        if (!preload) return Failure{preload.error()};
        const auto targets = find_targets();
        if (!targets) return Failure{targets.error()};
        if (const auto attached = attach(*targets); !attached) return Failure{attached.error()};
        return run_command(*preload, targets->front());
    }

    Result<std::vector<IscsiUrl>, Stop> find_targets() {
        if (!arguments_.attach.empty()) {
            const auto url = initiator::parse_iscsi_url(arguments_.attach);
            if (!url) return Failure{Stop{kUsage, url.error()}};
            return std::vector{*url};
        }
        auto started = PrivateLibrary::start(loop_, own_program().string(), arguments_.library);
        if (!started) {
            const int status = started.error().exit_status == kUsage ? kUsage : kEnvironment;
            return Failure{Stop{status, started.error().message}};
        }
        library_ = std::move(*started);
        const auto url = initiator::parse_iscsi_url(library_->url());
        if (!url) return Failure{Stop{kEnvironment, url.error()}};
        // Ours may put each device into a target of its own.
        auto all = targets_of(loop_, url->portal, options());
        if (!all) return Failure{Stop{kEnvironment, all.error()}};
        const auto named = std::find_if(all->begin(), all->end(), [&](const IscsiUrl& each) {
            return each.target == url->target;
        });
        if (named == all->end()) return std::vector{*url};
        std::rotate(all->begin(), named, named + 1);
        return std::move(*all);
    }

    initiator::IscsiOptions options() const {
        initiator::IscsiOptions options;
        options.initiator_name = arguments_.initiator_name;
        return options;
    }

    Result<void, Stop> attach(const std::vector<IscsiUrl>& targets) {
        int number = 0;
        int drive = 0;
        bool has_changer = false;
        for (const IscsiUrl& url : targets) {
            attachments_.push_back(std::make_unique<Attachment>(
                loop_, url, options(), static_cast<int>(attachments_.size())));
            const auto found = attachments_.back()->find_devices(number);
            if (!found) return Failure{Stop{kEnvironment, found.error()}};
            for (const auto& device : attachments_.back()->devices()) {
                const std::string name = "sg" + std::to_string(number++);
                const auto served = host_->serve(name, [&device](auto outcome_waits) {
                    return std::make_unique<GenericFile>(*device, std::move(outcome_waits));
                });
                if (!served) return Failure{Stop{kEnvironment, served.error()}};
                const bool is_changer =
                    device->identity().device_type == initiator::InquiryData::kMediumChanger;
                if (is_changer && !has_changer) host_->link("changer", name);
                has_changer |= is_changer;
            }
            for (const auto& tape : attachments_.back()->tapes()) {
                const auto served = serve_tape(std::to_string(drive++), *tape);
                if (!served) return served;
            }
        }
        if (number == 0) {
            return Failure{Stop{kEnvironment, "no unit behind " + to_text(targets.front())}};
        }
        return {};
    }

    // /dev/stN rewinds when it is closed, /dev/nstN does not.
    Result<void, Stop> serve_tape(const std::string& number, TapeDevice& tape) {
        for (const auto& [name, at_close] :
             {std::pair{"st" + number, TapeDriver::AtClose::Rewind},
              std::pair{"nst" + number, TapeDriver::AtClose::Stay}}) {
            const auto served = host_->serve(name, [&tape, at_close = at_close](const auto& show) {
                show();  // who polls a tape is told to go on, as by all devices that cannot poll
                return std::make_unique<TapeFile>(tape, at_close);
            });
            if (!served) return Failure{Stop{kEnvironment, served.error()}};
        }
        return {};
    }

    Result<int, Stop> run_command(const std::string& preload, const IscsiUrl& target) {
        Program program;
        program.command = arguments_.command;
        const char* others = std::getenv("LD_PRELOAD");
        const bool has_others = others != nullptr && *others != '\0';
        program.environment["LD_PRELOAD"] = has_others ? preload + ":" + others : preload;
        program.environment[fixtures::kDevicesVariable] = host_->variable();
        program.environment["NEARLINE_URL"] = to_text(target);
        const auto started = start_program(program);
        if (!started) {
            const int error = started.error().error;
            return Failure{Stop{error == ENOENT ? kNotFound : kNotExecutable,
                                arguments_.command.front() + ": " + std::strerror(error)}};
        }
        command_ = *started;
        while (command_) loop_.run_once(std::chrono::hours(1));
        // What it wrote last is on the tape, and the tape rewound, before the library goes.
        loop_.run_until([this] { return host_->has_settled(); }, kSettlingLimit);
        return exit_status_;
    }

    void on_signal(SignalWatch::Arrived arrived) {
        if (arrived.signal == SIGCHLD) return on_child();
        if (command_) {
            if (!arrived.is_from_terminal) kill(*command_, arrived.signal);
        } else if (arrived.signal != SIGWINCH && !is_over_) {
            SignalWatch::die_of(arrived.signal);  // the library's end follows ours
        }
    }

    void on_child() {
        int status = 0;
        if (command_ && waitpid(*command_, &status, WNOHANG) == *command_) {
            exit_status_ = exit_status_of(status);
            command_.reset();
            is_over_ = true;
        }
        if (command_ && library_ && !is_told_ && library_->has_ended()) {
            is_told_ = true;
            err_ << "nearline exec: the library has ended, with status " << library_->exit_status()
                 << "\n"
                 << library_->log() << std::flush;
        }
    }

    const Arguments& arguments_;
    std::ostream& err_;
    initiator::PollLoop loop_;
    SignalWatch signals_;
    std::unique_ptr<PrivateLibrary> library_;
    std::vector<std::unique_ptr<Attachment>> attachments_;
    std::optional<DeviceHost> host_;
    std::optional<pid_t> command_;
    int exit_status_ = 0;
    bool is_over_ = false;  // the command is; what is left is to tidy up
    bool is_told_ = false;
};

}  // namespace

int run_exec(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    Arguments parsed;
    if (const auto status = parse(arguments, parsed, out, err)) return *status;
    Execution execution(parsed, err);
    const auto status = execution.run();
    if (status) return *status;
    err << "nearline exec: " << status.error().message << "\n";
    return status.error().status;
}

}  // namespace nearline::apps
