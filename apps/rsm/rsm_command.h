// `nearline rsm VERB …`: the words and switches of the rsm.exe tool, on the RSM service.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after the word `rsm`. Returns the exit status: 0 done, 87 wrong usage,
// otherwise the low eight bits of the error's number, which the line on `err` names.
int run_rsm(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
