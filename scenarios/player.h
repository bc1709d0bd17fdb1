// Plays scenarios: every one twice, since two runs of it must be the same. What comes of it is a
// verdict for people and machines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/scenario.h"
#include "sim/time.h"
#include "sim/trace.h"

namespace nearline::scenarios {

struct ScenarioFailure {
    Position at;
    std::string expected;
    std::string seen;
};

struct StepReport {
    std::string words;  // what was done
    sim::Time at{};     // when it was over
    std::vector<ScenarioFailure> failures;
};

struct Verdict {
    std::string file;
    std::string name;
    std::vector<StepReport> steps;
    std::vector<ScenarioFailure> failures;  // of the scenario as a whole
    std::uint64_t fingerprint = 0;
    sim::Time end{};
    std::vector<std::string> last_records;  // of the trace, when it failed
    bool is_pass() const;
};

// One run. Records go to `trace`, too, when there is one.
Verdict play_once(const Scenario& scenario, std::uint64_t seed, sim::TraceSink* trace);
// Two runs; a difference between their fingerprints is a failure.
Verdict play(const Scenario& scenario, std::uint64_t seed, sim::TraceSink* trace);

}  // namespace nearline::scenarios
