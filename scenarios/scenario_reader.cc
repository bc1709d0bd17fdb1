#include "scenarios/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "config/access_reader.h"
#include "config/library_reader.h"
#include "config/proto_text.h"
#include "nearline/v1/scenario.pb.h"
#include "scenarios/step_reader.h"

namespace nearline::scenarios {
namespace {

using config::ProblemList;
using config::Where;
using S = v1::Scenario;

void read_library_of(const S& message, const Where& where, const std::string& file,
                     base::FileSystem& files, ProblemList& problems, Scenario& out) {
    const auto at = where.of(S::kLibraryFileFieldNumber);
    if (message.has_library() && !message.library_file().empty()) {
        problems.add(at, "library_file: there is a library in this file too");
        return;
    }
    if (!message.has_library() && message.library_file().empty()) {
        out.library = config::default_library();
        return;
    }
    auto read = message.has_library()
                    ? config::read_library(message.library(), where.into(S::kLibraryFieldNumber),
                                           file, files)
                    : config::read_library_file(
                          config::path_in(base::directory_of(file), message.library_file()), files);
    if (read) {
        out.library = *std::move(read);
    } else {
        problems.add_all(read.error());
    }
}

// Who takes part, and who of them comes later.
struct Cast {
    std::set<std::string> from_the_beginning;
    std::set<std::string> later;

    void appears(const std::string& name) {
        if (!later.contains(name)) from_the_beginning.insert(name);
    }
};

void meet(const Step& step, Cast& cast) {
    if (const auto* login = std::get_if<ChangeLogin>(&step.action)) {
        const bool is_new = !cast.from_the_beginning.contains(login->initiator);
        if (login->change == ChangeLogin::Change::Connect && is_new) {
            cast.later.insert(login->initiator);
        } else {
            cast.appears(login->initiator);
        }
    }
    if (const auto* command = std::get_if<SendCommand>(&step.action)) {
        cast.appears(command->initiator);
    }
    if (const auto* manage = std::get_if<ManageTasks>(&step.action))
        cast.appears(manage->initiator);
    for (const auto& expectation : step.expectations) {
        if (const auto* attention = std::get_if<AttentionIs>(&expectation.what)) {
            cast.appears(attention->initiator);
        }
    }
}

// Names of things that must be there: answers, elements of the library, Removable Storage.
void check_references(const Scenario& scenario, ProblemList& problems) {
    std::set<std::string> sent;
    const auto drives = scenario.library.drives.size();
    for (const Step& step : scenario.steps) {
        if (const auto* command = std::get_if<SendCommand>(&step.action)) {
            if (!command->as.empty() && !sent.insert(command->as).second) {
                problems.add(step.at, fmt::format("as: \"{}\" is still awaited", command->as));
            }
            if (command->unit.drive && *command->unit.drive >= drives) {
                problems.add(step.at, fmt::format("to: there is no {}", to_text(command->unit)));
            }
        }
        if (const auto* await = std::get_if<AwaitAnswer>(&step.action)) {
            if (sent.erase(await->name) == 0) {
                problems.add(step.at,
                             fmt::format("await: no command was sent as \"{}\"", await->name));
            }
        }
        if (std::holds_alternative<CallRsm>(step.action) && !scenario.has_rsm) {
            problems.add(step.at, "rsm: this scenario has none; say rsm {} before its steps");
        }
    }
}

}  // namespace

std::string to_text(const Action& action) {
    struct Words {
        std::string operator()(std::monostate) const { return "look"; }
        std::string operator()(const SendCommand& command) const {
            std::string words = command.name.empty() ? "CDB" : command.name;
            for (const auto& element : command.elements) words += " " + to_text(element.element);
            if (command.unit.drive) words += " to " + to_text(command.unit);
            if (command.initiator != "host") words += " from " + command.initiator;
            return words;
        }
        std::string operator()(const OperatorAct& act) const { return "operator: " + act.words; }
        std::string operator()(const CallRsm& call) const { return "rsm: " + call.method; }
        std::string operator()(const Advance& advance) const {
            return "advance " + sim::to_text(advance.by) + " s";
        }
        std::string operator()(const RunUntil& until) const {
            switch (until.condition) {
                case RunUntil::Condition::Ready:
                    return "run until ready";
                case RunUntil::Condition::Idle:
                    return "run until idle";
                case RunUntil::Condition::TimeReached:
                    return "run until " + sim::to_text(until.time) + " s";
                case RunUntil::Condition::DriveState:
                    break;
            }
            return fmt::format("run until drive {} is {}", until.drive + 1, until.state);
        }
        std::string operator()(const AwaitAnswer& await) const { return "await " + await.name; }
        std::string operator()(const ChangeLogin& login) const {
            switch (login.change) {
                case ChangeLogin::Change::Connect:
                    return login.initiator + " connects";
                case ChangeLogin::Change::Disconnect:
                    return login.initiator + " disconnects";
                case ChangeLogin::Change::Reconnect:
                    break;
            }
            return login.initiator + " reconnects";
        }
        std::string operator()(const ManageTasks& manage) const {
            return "task management of " + to_text(manage.unit);
        }
    };
    return std::visit(Words{}, action);
}

ReadScenario read_scenario(std::string_view text, const std::string& file,
                           base::FileSystem& files) {
    ProblemList problems(file);
    const auto located = config::parse_located<S>(text, problems);
    const S& message = located.message;
    const auto where = located.where();
    Scenario out;
    out.file = file;
    out.name = message.name();
    out.begins_powered_off = message.begins_powered_off();
    out.has_rsm = message.has_rsm();
    out.computer_name = message.rsm().computer_name();
    if (message.name().empty()) problems.add_missing({}, "a scenario needs a name");
    if (message.step().empty()) problems.add_missing({}, "a scenario needs steps");
    read_library_of(message, where, file, files, problems, out);
    Cast cast;
    for (int i = 0; i < message.step_size(); ++i) {
        const auto at = where.into(S::kStepFieldNumber, i);
        Step step{at.own(), message.step(i).note(), read_action(message.step(i), at, problems), {}};
        step.expectations = read_expectations(message.step(i), step.action, at, problems);
        meet(step, cast);
        out.steps.push_back(std::move(step));
    }
    out.initiators.assign(cast.from_the_beginning.begin(), cast.from_the_beginning.end());
    if (problems.is_empty()) check_references(out, problems);
    if (!problems.is_empty()) return base::Failure{problems.take()};
    return out;
}

ReadScenario read_scenario_file(const std::string& path, base::FileSystem& files) {
    const auto text = config::read_text_file(path, files);
    if (!text) return base::Failure{text.error()};
    return read_scenario(*text, path, files);
}

}  // namespace nearline::scenarios
