// Reads a scenario file: everything that can be known to be wrong before it is played is.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "config/problem.h"
#include "scenarios/scenario.h"

namespace nearline::scenarios {

using ReadScenario = base::Result<Scenario, config::Problems>;

// `file` is the text's path: problems name it, and a library that is a file is looked for beside
// it.
ReadScenario read_scenario(std::string_view text, const std::string& file, base::FileSystem& files);
ReadScenario read_scenario_file(const std::string& path, base::FileSystem& files);

}  // namespace nearline::scenarios
