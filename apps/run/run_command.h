// `nearline run SCENARIO… [--seed N] [--junit FILE] [--trace FILE]`: plays scenarios, each twice,
// and says in TAP what came of them.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "base/file.h"

namespace nearline::apps {

// `arguments` are those after the word `run`. Returns the exit status: 0 all passed, 1 an
// expectation was not met, 2 bad usage or a bad file, 3 a report could not be written. TAP goes to
// `out`, problems of files and usage to `err`.
int run_scenarios(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// The same on files of the caller's making.
int run_scenarios(std::span<const std::string> arguments, base::FileSystem& files,
                  std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
