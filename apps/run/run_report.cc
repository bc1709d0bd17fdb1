#include "apps/run/run_report.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

namespace nearline::apps {
namespace {

using scenarios::ScenarioFailure;
using scenarios::Verdict;

// TAP: a # would begin a directive, and a backslash an escape.
std::string tap_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '#' || c == '\\') out.push_back('\\');
        out.push_back(c == '\n' ? ' ' : c);
    }
    return out;
}

// A YAML scalar in double quotes.
std::string yaml_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += std::string("\\") + c;
        } else if (byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out.push_back(c);
        }
    }
    return out + "\"";
}

std::string place_of(const Verdict& verdict, const ScenarioFailure& failure) {
    return fmt::format("{}:{}:{}", verdict.file, failure.at.line, failure.at.column);
}

void write_failures(std::ostream& out, const Verdict& verdict,
                    const std::vector<ScenarioFailure>& failures, std::string_view indent) {
    if (failures.empty()) return;
    fmt::print(out, "{}  ---\n{}  failures:\n", indent, indent);
    for (const auto& failure : failures) {
        fmt::print(out, "{}    - at: {}\n", indent, yaml_text(place_of(verdict, failure)));
        fmt::print(out, "{}      expected: {}\n", indent, yaml_text(failure.expected));
        fmt::print(out, "{}      seen: {}\n", indent, yaml_text(failure.seen));
    }
    fmt::print(out, "{}  ...\n", indent);
}

std::string xml_text(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\n':
                out += "&#10;";
                break;
            default:
                out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
        }
    }
    return out;
}

void add_failures(std::string& out, const Verdict& verdict,
                  const std::vector<ScenarioFailure>& failures) {
    for (const auto& failure : failures) {
        out += fmt::format("    <failure message=\"{}\">{}: expected {}, seen {}</failure>\n",
                           xml_text("expected " + failure.expected),
                           xml_text(place_of(verdict, failure)), xml_text(failure.expected),
                           xml_text(failure.seen));
    }
}

}  // namespace

void begin_tap(std::ostream& out, std::size_t scenarios) {
    fmt::print(out, "TAP version 14\n1..{}\n", scenarios);
}

void write_tap(std::ostream& out, std::size_t number, const Verdict& verdict) {
    fmt::print(out, "# Subtest: {}\n    1..{}\n", verdict.name, verdict.steps.size());
    for (std::size_t i = 0; i < verdict.steps.size(); ++i) {
        const auto& step = verdict.steps.at(i);
        fmt::print(out, "    {} {} - {}\n", step.failures.empty() ? "ok" : "not ok", i + 1,
                   tap_text(step.words));
        write_failures(out, verdict, step.failures, "    ");
    }
    fmt::print(out, "{} {} - {}: {}\n", verdict.is_pass() ? "ok" : "not ok", number,
               tap_text(verdict.file), tap_text(verdict.name));
    write_failures(out, verdict, verdict.failures, "");
    fmt::print(out, "# {} s of virtual time, fingerprint {:016x}\n", sim::to_text(verdict.end),
               verdict.fingerprint);
    for (const auto& record : verdict.last_records) fmt::print(out, "# trace: {}\n", record);
}

std::string to_junit(const std::vector<Verdict>& verdicts) {
    const auto failed = std::count_if(verdicts.begin(), verdicts.end(),
                                      [](const Verdict& verdict) { return !verdict.is_pass(); });
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    out += fmt::format("<testsuite name=\"nearline run\" tests=\"{}\" failures=\"{}\">\n",
                       verdicts.size(), failed);
    for (const Verdict& verdict : verdicts) {
        out +=
            fmt::format("  <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n",
                        xml_text(verdict.file), xml_text(verdict.name), sim::to_text(verdict.end));
        add_failures(out, verdict, verdict.failures);
        for (const auto& step : verdict.steps) add_failures(out, verdict, step.failures);
        out += "  </testcase>\n";
    }
    return out + "</testsuite>\n";
}

}  // namespace nearline::apps
