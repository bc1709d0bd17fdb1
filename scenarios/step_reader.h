// The steps of a scenario file.
#pragma once

#include "config/proto_text.h"
#include "nearline/v1/scenario.pb.h"
#include "scenarios/scenario.h"

namespace nearline::scenarios {

Action read_action(const v1::Step& step, const config::Where& where, config::ProblemList& problems);
std::vector<Expectation> read_expectations(const v1::Step& step, const Action& action,
                                           const config::Where& where,
                                           config::ProblemList& problems);

// Shared by both: what does not read is a problem at `at`.
std::optional<ElementName> read_element(const std::string& text, Position at,
                                        config::ProblemList& problems);
UnitName read_unit(const std::string& text, Position at, config::ProblemList& problems);
sim::Duration read_duration(const std::string& text, Position at, config::ProblemList& problems);
std::string initiator_or_host(const std::string& name);

}  // namespace nearline::scenarios
