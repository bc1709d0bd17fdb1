#include "scenarios/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>

#include "scenarios/checker.h"
#include "scenarios/command_book.h"
#include "scenarios/json_path.h"
#include "scenarios/world.h"
#include "sim/trace.h"

namespace nearline::scenarios {
namespace {

// No command takes longer than a day of virtual time.
constexpr sim::Duration kPatience = std::chrono::hours(24);
constexpr std::size_t kRecordsKept = 12;

// The last records, for a report.
class LastRecords final : public sim::TraceSink {
public:
    void record(const sim::TraceRecord& record) override {
        if (lines_.size() == kRecordsKept) lines_.pop_front();
        lines_.push_back(fmt::format("{} {} {} {}", sim::to_text(record.at), record.source,
                                     record.what, record.detail));
    }
    std::vector<std::string> lines() const { return {lines_.begin(), lines_.end()}; }

private:
    std::deque<std::string> lines_;
};

// Puts captured values where `$name` stands; the longest name that fits is meant.
std::string substitute(const std::string& json, const std::map<std::string, std::string>& values) {
    std::string out;
    for (std::size_t at = 0; at < json.size();) {
        const std::string_view rest = std::string_view(json).substr(at);
        const std::pair<const std::string, std::string>* best = nullptr;
        for (const auto& value : values) {
            const bool fits = rest.starts_with('$') && rest.substr(1).starts_with(value.first);
            if (fits && (best == nullptr || value.first.size() > best->first.size())) best = &value;
        }
        out += best == nullptr ? std::string(1, rest.front()) : best->second;
        at += best == nullptr ? 1 : best->first.size() + 1;
    }
    return out;
}

class Play {
public:
    Play(World& world, sim::TraceSink& trace) : world_(world), trace_(trace), began_(world.now()) {}

    StepReport play(const Step& step);

private:
    StepResult act(const std::monostate&, StepReport&) { return {}; }
    StepResult act(const SendCommand& command, StepReport& report);
    StepResult act(const OperatorAct& act, StepReport& report);
    StepResult act(const CallRsm& call, StepReport& report);
    StepResult act(const Advance& advance, StepReport& report);
    StepResult act(const RunUntil& until, StepReport& report);
    StepResult act(const AwaitAnswer& await, StepReport& report);
    StepResult act(const ChangeLogin& login, StepReport& report);
    StepResult act(const ManageTasks& manage, StepReport& report);

    void wait_for(const std::shared_ptr<Pending>& pending);
    std::optional<Bytes> cdb_of(const SendCommand& command, StepReport& report);
    void fail(StepReport& report, std::string expected, std::string seen) {
        report.failures.push_back({at_, std::move(expected), std::move(seen)});
    }
    bool is_connected(const std::string& initiator, StepReport& report) {
        if (world_.is_connected(initiator)) return true;
        fail(report, initiator + " is logged in", "it is not");
        return false;
    }

    World& world_;
    sim::TraceSink& trace_;
    sim::Time began_;
    Position at_;  // of the step that is played
    std::map<std::string, std::shared_ptr<Pending>> sent_;
    std::map<std::string, std::string> captured_;
};

std::optional<Bytes> Play::cdb_of(const SendCommand& command, StepReport& report) {
    if (command.name.empty()) return command.cdb;
    FieldValues values;
    for (const auto& [field, value] : command.values) values[field] = value;
    for (const auto& [field, element] : command.elements) {
        const auto address = find(element, world_.elements());
        if (!address) {
            fail(report, to_text(element), "this library has none");
            return std::nullopt;
        }
        values[field] = static_cast<std::uint64_t>(*address);
    }
    const auto form = find_command(command.name);
    CHECK(form.has_value());  // the reader has found it
    return form->encode(values);
}

void Play::wait_for(const std::shared_ptr<Pending>& pending) {
    world_.run_until(world_.now() + kPatience,
                     [&] { return pending->response.has_value() || world_.is_idle(); });
}

StepResult Play::act(const SendCommand& command, StepReport& report) {
    StepResult result;
    const auto cdb = cdb_of(command, report);
    if (!cdb || !is_connected(command.initiator, report)) return result;
    scsi::Request request{{}, *cdb, command.data_out, command.data_in_length};
    auto pending = world_.send(command.initiator, command.unit, std::move(request));
    if (!command.as.empty()) {
        sent_[command.as] = std::move(pending);
        return result;
    }
    wait_for(pending);
    result.answer = std::move(pending);
    result.took = result.answer->answered - result.answer->sent;
    return result;
}

StepResult Play::act(const AwaitAnswer& await, StepReport&) {
    StepResult result;
    result.answer = sent_.at(await.name);  // the reader has checked it
    sent_.erase(await.name);
    wait_for(result.answer);
    if (result.answer->response) result.took = result.answer->answered - result.answer->sent;
    return result;
}

StepResult Play::act(const OperatorAct& act, StepReport&) {
    StepResult result;
    result.act = act.act(world_.library().library_operator());
    return result;
}

StepResult Play::act(const CallRsm& call, StepReport& report) {
    StepResult result;
    const auto began = world_.now();
    result.rsm = world_.call_rsm(call.method, substitute(call.json, captured_), began + kPatience);
    result.took = world_.now() - began;
    if (!result.rsm) return result;
    trace_.record({world_.now(), "rsm", call.method, result.rsm->json});
    for (const auto& [path, name] : call.captures) {
        const auto value = json_value(result.rsm->json, path);
        if (!value || value->empty()) {
            fail(report, fmt::format("{} in the answer", path), result.rsm->json);
            continue;
        }
        captured_[name] = *value;
    }
    return result;
}

StepResult Play::act(const Advance& advance, StepReport&) {
    world_.run_to(world_.now() + advance.by);
    StepResult result;
    result.took = advance.by;
    return result;
}

StepResult Play::act(const RunUntil& until, StepReport& report) {
    using Condition = RunUntil::Condition;
    const auto began = world_.now();
    const auto is_reached = [&] {
        switch (until.condition) {
            case Condition::Ready:
                return world_.library().changer().is_ready();
            case Condition::Idle:
                return world_.is_idle();
            case Condition::TimeReached:
                return world_.now() >= began_ + until.time;
            case Condition::DriveState:
                break;
        }
        return until.drive < world_.library().description().drives.size() &&
               world_.library().drive(until.drive).state() == until.state;
    };
    const auto limit =
        until.condition == Condition::TimeReached ? began_ + until.time : began + until.within;
    if (!world_.run_until(limit, is_reached)) {
        const std::string seen = until.condition == Condition::DriveState &&
                                         until.drive < world_.library().description().drives.size()
                                     ? "it is " + world_.library().drive(until.drive).state()
                                     : "not by then";
        fail(report,
             fmt::format("{} within {} s", to_text(Action{until}), sim::to_text(until.within)),
             seen);
    }
    StepResult result;
    result.took = world_.now() - began;
    return result;
}

StepResult Play::act(const ChangeLogin& login, StepReport& report) {
    switch (login.change) {
        case ChangeLogin::Change::Connect:
            world_.connect(login.initiator);
            break;
        case ChangeLogin::Change::Disconnect:
            world_.disconnect(login.initiator);
            break;
        case ChangeLogin::Change::Reconnect:
            if (is_connected(login.initiator, report)) world_.reconnect(login.initiator);
            break;
    }
    return {};
}

StepResult Play::act(const ManageTasks& manage, StepReport& report) {
    if (!is_connected(manage.initiator, report)) return {};
    const auto response = world_.manage(manage.function, manage.initiator, manage.unit);
    if (response != scsi::TaskManagementResponse::FunctionComplete) {
        fail(report, "FUNCTION COMPLETE", fmt::format("response {}", static_cast<int>(response)));
    }
    return {};
}

StepReport Play::play(const Step& step) {
    StepReport report;
    at_ = step.at;
    report.words = step.note.empty() ? to_text(step.action) : step.note;
    trace_.record({world_.now(), "scenario", "step", report.words});
    const auto result =
        std::visit([&](const auto& action) { return act(action, report); }, step.action);
    for (const auto& expectation : step.expectations) {
        if (auto failure = check(expectation, result, world_)) {
            report.failures.push_back(std::move(*failure));
        }
    }
    report.at = world_.now();
    return report;
}

}  // namespace

bool Verdict::is_pass() const {
    return failures.empty() && std::all_of(steps.begin(), steps.end(),
                                           [](const auto& step) { return step.failures.empty(); });
}

Verdict play_once(const Scenario& scenario, std::uint64_t seed, sim::TraceSink* trace) {
    Verdict verdict;
    verdict.file = scenario.file;
    verdict.name = scenario.name;
    sim::FingerprintTrace fingerprint;
    LastRecords last;
    sim::TraceFan fan;
    fan.add(fingerprint);
    fan.add(last);
    if (trace != nullptr) fan.add(*trace);
    auto world = World::build(scenario, seed, fan);
    if (!world) {
        verdict.failures.push_back({{}, "a library to play in", world.error()});
        return verdict;
    }
    const auto cartridges = (*world)->library().cartridge_count();
    Play play(**world, fan);
    for (const Step& step : scenario.steps) {
        verdict.steps.push_back(play.play(step));
        // What the operator brings is new; nothing ever vanishes.
        if ((*world)->library().cartridge_count() < cartridges) {
            verdict.steps.back().failures.push_back(
                {step.at, fmt::format("{} cartridges", cartridges),
                 fmt::format("{}", (*world)->library().cartridge_count())});
        }
    }
    verdict.end = (*world)->now();
    verdict.fingerprint = fingerprint.value();
    if (!verdict.is_pass()) verdict.last_records = last.lines();
    return verdict;
}

Verdict play(const Scenario& scenario, std::uint64_t seed, sim::TraceSink* trace) {
    Verdict verdict = play_once(scenario, seed, trace);
    const Verdict again = play_once(scenario, seed, nullptr);
    if (again.fingerprint != verdict.fingerprint) {
        verdict.failures.push_back({{},
                                    fmt::format("fingerprint {:016x} again", verdict.fingerprint),
                                    fmt::format("{:016x}", again.fingerprint)});
    }
    return verdict;
}

}  // namespace nearline::scenarios
