#include "apps/run/run_command.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "apps/run/run_report.h"
#include "base/bytes.h"
#include "base/posix_file_system.h"
#include "scenarios/scenario_reader.h"
#include "sim/trace.h"

namespace nearline::apps {
namespace {

constexpr int kFine = 0;
constexpr int kFailed = 1;
constexpr int kBad = 2;
constexpr int kEnvironment = 3;

constexpr const char* kFooter =
    "Every scenario is played twice, in virtual time and in this process; two runs that differ are "
    "a\n"
    "failure. The report is TAP version 14.\n"
    "\n"
    "Exit status: 0 all passed, 1 an expectation was not met, 2 bad usage or a bad file, 3 a "
    "report\n"
    "could not be written.";

struct Arguments {
    std::vector<std::string> files;
    std::uint64_t seed = 1;
    std::string junit;
    std::string trace;
};

// The exit status to leave with, if any.
std::optional<int> parse(std::span<const std::string> words, Arguments& arguments,
                         std::ostream& out, std::ostream& err) {
    CLI::App app("Plays scenarios and says what came of them.", "nearline run");
    app.footer(kFooter);
    app.add_option("SCENARIO", arguments.files, "scenario files")->required();
    app.add_option("--seed", arguments.seed, "seed of all that is drawn by lot")
        ->capture_default_str();
    app.add_option("--junit", arguments.junit, "write a report as JUnit XML too");
    app.add_option("--trace", arguments.trace, "write what happened, a line a record");
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? kFine : kBad;
    }
    return std::nullopt;
}

// All files are read before anything is played: a bad one is known at once.
std::optional<std::vector<scenarios::Scenario>> read_all(const std::vector<std::string>& paths,
                                                         base::FileSystem& files,
                                                         std::ostream& err) {
    std::vector<scenarios::Scenario> all;
    bool is_good = true;
    for (const std::string& path : paths) {
        auto scenario = scenarios::read_scenario_file(path, files);
        if (scenario) {
            all.push_back(*std::move(scenario));
            continue;
        }
        is_good = false;
        for (const auto& problem : scenario.error()) err << config::to_text(problem) << "\n";
    }
    if (!is_good) return std::nullopt;
    return all;
}

bool write_file(base::FileSystem& files, const std::string& path, const std::string& content,
                std::ostream& err) {
    const auto written = base::replace_file(files, path, base::as_bytes(content));
    if (!written) err << written.error().message << "\n";
    return written.has_value();
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
}

}  // namespace

int run_scenarios(std::span<const std::string> words, base::FileSystem& files, std::ostream& out,
                  std::ostream& err) {
    Arguments arguments;
    if (const auto status = parse(words, arguments, out, err)) return *status;
    const auto all = read_all(arguments.files, files, err);
    if (!all) return kBad;
    std::vector<scenarios::Verdict> verdicts;
    sim::TextTrace trace;
    begin_tap(out, all->size());
    for (const auto& scenario : *all) {
        if (!arguments.trace.empty()) {
            trace.record({sim::kPowerOn, "scenario", "begin", scenario.name});
        }
        verdicts.push_back(
            scenarios::play(scenario, arguments.seed, arguments.trace.empty() ? nullptr : &trace));
        write_tap(out, verdicts.size(), verdicts.back());
    }
    bool is_written = true;
    if (!arguments.trace.empty()) {
        is_written = write_file(files, arguments.trace, joined(trace.lines()), err);
    }
    if (!arguments.junit.empty()) {
        is_written = write_file(files, arguments.junit, to_junit(verdicts), err) && is_written;
    }
    if (!is_written) return kEnvironment;
    const bool is_pass = std::all_of(verdicts.begin(), verdicts.end(),
                                     [](const auto& verdict) { return verdict.is_pass(); });
    return is_pass ? kFine : kFailed;
}

int run_scenarios(std::span<const std::string> words, std::ostream& out, std::ostream& err) {
    base::PosixFileSystem files;
    return run_scenarios(words, files, out, err);
}

}  // namespace nearline::apps
