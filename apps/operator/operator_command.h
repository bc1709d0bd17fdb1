// `nearline operator CONTROL …`: the hands and eyes before a running library.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after the word `operator`. Returns the exit status: 0 done, 1 it cannot be
// done, 2 bad usage, 3 no library there.
int run_operator(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
