// Holds expectations against what came of a step and against the world.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/player.h"
#include "scenarios/world.h"

namespace nearline::scenarios {

// What came of a step's action: the parts that it has.
struct StepResult {
    std::shared_ptr<Pending> answer;  // of a command, there or not
    std::optional<library::Operator::Done> act;
    std::optional<rsm::Answer> rsm;
    sim::Duration took{};
};

// Nothing when it is met.
std::optional<ScenarioFailure> check(const Expectation& expectation, const StepResult& result,
                                     World& world);

}  // namespace nearline::scenarios
