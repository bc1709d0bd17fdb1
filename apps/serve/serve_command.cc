#include "apps/serve/serve_command.h"

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "apps/host/rsm_host.h"
#include "apps/host/server.h"
#include "base/posix_file_system.h"
#include "config/library_reader.h"

namespace nearline::apps {
namespace {

constexpr int kUsage = 2;
constexpr int kEnvironment = 3;
constexpr std::size_t kShortestToken = 16;

// The words of the command line, not yet understood.
struct Words {
    std::string library;
    std::string portal = "127.0.0.1:3260";
    std::string state;
    std::string time = "instant";
    std::uint64_t seed = 1;
    std::string trace;
    std::string control;
    bool with_rsm = false;
    std::string rsm_socket;
    std::string ready_file;
};

void declare(CLI::App& app, Words& words) {
    app.add_option("LIBRARY", words.library, "a library file; without one, the built-in library");
    app.add_option("--portal", words.portal, "where to listen; port 0 is any free one")
        ->type_name("HOST:PORT")
        ->capture_default_str();
    app.add_option("--state", words.state, "keep the library's state here; else in memory")
        ->type_name("DIR");
    app.add_option("--time", words.time, "how virtual time passes: instant, or 1x, 60x, …")
        ->capture_default_str();
    app.add_option("--seed", words.seed, "of the random streams; nothing draws from one yet")
        ->capture_default_str();
    app.add_option("--trace", words.trace, "write what happens to this file")->type_name("FILE");
    app.add_option("--control", words.control,
                   "serve the operator here; on TCP, NEARLINE_CONTROL_TOKEN is the token")
        ->type_name("unix:PATH|HOST:PORT");
    app.add_flag("--rsm", words.with_rsm, "serve the Removable Storage Manager, too");
    app.add_option("--rsm-socket", words.rsm_socket,
                   "where; else $NEARLINE_RSM, $XDG_RUNTIME_DIR/nearline/rsm.sock or "
                   "/tmp/nearline-UID/rsm.sock")
        ->type_name("PATH");
    app.add_option("--ready-file", words.ready_file, "say there as JSON what can be reached where")
        ->type_name("FILE");
}

// What is wrong, a line each; empty when `settings` is whole.
std::vector<std::string> understand(const Words& words, ServeSettings& settings) {
    std::vector<std::string> wrong;
    const auto endpoint = [&](const std::string& text) {
        auto parsed = parse_endpoint(text);
        if (!parsed) wrong.push_back(parsed.error());
        return parsed ? *parsed : Endpoint{};
    };
    settings.portal = endpoint(words.portal);
    if (settings.portal.is_unix()) wrong.emplace_back("--portal: iSCSI needs HOST:PORT");
    auto pace = parse_pace(words.time);
    if (pace) settings.pace = *pace;
    if (!pace) wrong.push_back("--time: " + pace.error());
    settings.seed = words.seed;
    if (!words.state.empty()) settings.state_directory = words.state;
    if (!words.trace.empty()) settings.trace_file = words.trace;
    if (!words.ready_file.empty()) settings.ready_file = words.ready_file;
    if (!words.control.empty()) settings.control = endpoint(words.control);
    if (settings.control && !settings.control->is_unix()) {
        const char* token = std::getenv("NEARLINE_CONTROL_TOKEN");
        settings.control_token = token == nullptr ? "" : token;
        if (settings.control_token.size() < kShortestToken) {
            wrong.emplace_back("--control on TCP needs NEARLINE_CONTROL_TOKEN, 16 characters long");
        }
    }
    if (!words.rsm_socket.empty()) {
        settings.rsm = Endpoint{{}, 0, words.rsm_socket};
    } else if (words.with_rsm) {
        settings.rsm = default_rsm_endpoint();
    }
    return wrong;
}

// Blocks of tape come and go by the megabyte: memory given back to the kernel after each would have
// to be taken and cleared page by page for the next, which costs more than to write the block.
void keep_freed_memory() {
    constexpr int kKept = 64 << 20;
    constexpr int kLargestFromHeap = 32 << 20;  // the most that glibc allows
    ::mallopt(M_TRIM_THRESHOLD, kKept);
    ::mallopt(M_MMAP_THRESHOLD, kLargestFromHeap);
}

}  // namespace

int run_serve(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    Words words;
    CLI::App app("Serves a library to real initiators, until SIGTERM.", "nearline serve");
    declare(app, words);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : kUsage;
    }

    ServeSettings settings;
    const std::vector<std::string> wrong = understand(words, settings);
    for (const std::string& line : wrong) err << "nearline serve: " << line << '\n';
    if (!wrong.empty()) return kUsage;

    base::PosixFileSystem files;
    auto library = words.library.empty() ? config::ReadLibrary(config::default_library())
                                         : config::read_library_file(words.library, files);
    if (!library) {
        for (const config::Problem& problem : library.error()) err << to_text(problem) << '\n';
        return kUsage;
    }
    settings.library = *std::move(library);

    keep_freed_memory();
    auto server = Server::start(std::move(settings));
    if (!server) {
        err << "nearline serve: " << server.error() << '\n';
        return kEnvironment;
    }
    return (*server)->run(out);
}

}  // namespace nearline::apps
