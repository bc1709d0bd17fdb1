// Verdicts for machines: TAP version 14 and JUnit XML.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "scenarios/player.h"

namespace nearline::apps {

// The first two lines: version and plan.
void begin_tap(std::ostream& out, std::size_t scenarios);
// One scenario: its steps as a subtest, and the test point.
void write_tap(std::ostream& out, std::size_t number, const scenarios::Verdict& verdict);

std::string to_junit(const std::vector<scenarios::Verdict>& verdicts);

}  // namespace nearline::apps
