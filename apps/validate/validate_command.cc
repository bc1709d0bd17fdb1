#include "apps/validate/validate_command.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "base/check.h"
#include "base/posix_file_system.h"
#include "config/check_text.h"
#include "config/library_reader.h"
#include "config/personalities.h"
#include "config/personality_reader.h"
#include "scenarios/scenario_reader.h"

namespace nearline::apps {
namespace {

constexpr int kFine = 0;
constexpr int kBad = 2;

constexpr std::string_view kValidateUsage =
    "Usage: nearline validate FILE...\n"
    "Checks library, personality and scenario files; which a file is, its fields tell.\n"
    "Exit status: 0 all is well, 2 something is wrong: a line each, with file:line:column.\n";
constexpr std::string_view kPersonalitiesUsage =
    "Usage: nearline personalities [NAME [--whole]]\n"
    "Lists the built-in personalities, or prints one: a file to begin your own from.\n"
    "  --whole  with all that it inherits from its base, without comments\n"
    "Exit status: 0 done, 2 no personality has that name.\n";

bool asks_for_help(std::span<const std::string> arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
        return argument == "--help" || argument == "-h";
    });
}

config::Problems problems_of(const std::string& path, base::FileSystem& files,
                             std::string_view& kind) {
    const auto text = config::read_text_file(path, files);
    if (!text) return text.error();
    const auto told = config::kind_of(*text);
    kind = config::to_text(told);
    if (told == config::TextKind::Scenario) {
        const auto scenario = scenarios::read_scenario(*text, path, files);
        return scenario ? config::Problems{} : scenario.error();
    }
    return config::check_text(told, *text, path, files);
}

// What a personality's `title:` says.
std::string_view title_of(std::string_view text) {
    constexpr std::string_view key = "\ntitle: \"";
    const auto begin = text.find(key);
    if (begin == std::string_view::npos) return "";
    const auto rest = text.substr(begin + key.size());
    return rest.substr(0, rest.find('"'));
}

// Of a built-in personality.
std::string whole_text(std::string_view text) {
    config::ProblemList none("");
    const auto model = config::read_personality(text, none);
    CHECK(model.has_value());
    return config::to_text(*model);
}

}  // namespace

int run_validate(std::span<const std::string> arguments, base::FileSystem& files, std::ostream& out,
                 std::ostream& err) {
    if (asks_for_help(arguments)) {
        out << kValidateUsage;
        return kFine;
    }
    if (arguments.empty()) {
        err << kValidateUsage;
        return kBad;
    }
    int status = kFine;
    for (const std::string& path : arguments) {
        std::string_view kind;
        const auto problems = problems_of(path, files, kind);
        for (const auto& problem : problems) err << config::to_text(problem) << "\n";
        if (problems.empty()) fmt::print(out, "{}: a {}, and all is well\n", path, kind);
        if (!problems.empty()) status = kBad;
    }
    return status;
}

int run_validate(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
    base::PosixFileSystem files;
    return run_validate(arguments, files, out, err);
}

int run_personalities(std::span<const std::string> arguments, std::ostream& out,
                      std::ostream& err) {
    if (asks_for_help(arguments)) {
        out << kPersonalitiesUsage;
        return kFine;
    }
    const bool is_whole = arguments.size() == 2 && arguments.back() == "--whole";
    if (arguments.size() > 1 && !is_whole) {
        err << kPersonalitiesUsage;
        return kBad;
    }
    if (arguments.empty()) {
        for (const auto& personality : config::built_in_personalities()) {
            fmt::print(out, "{:<16} {}\n", personality.name, title_of(personality.text));
        }
        return kFine;
    }
    const auto text = config::find_personality(arguments.front());
    if (!text) {
        fmt::print(err, "no personality is called \"{}\"; `nearline personalities` lists them\n",
                   arguments.front());
        return kBad;
    }
    out << (is_whole ? whole_text(*text) : std::string(*text));
    return kFine;
}

}  // namespace nearline::apps
