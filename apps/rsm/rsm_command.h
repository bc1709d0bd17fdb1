// `nearline rsm VERB …`: the words and switches of the rsm.exe tool, on the RSM service.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after the word `rsm`. Returns the exit status: 0 done, 1 RSM refused or
// does not do it yet (the line on `err` names the error), 2 bad usage, 3 the service cannot be
// reached.
int run_rsm(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
