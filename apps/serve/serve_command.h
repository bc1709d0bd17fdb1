// `nearline serve`: a library for real initiators, until SIGTERM.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after the word `serve`. Returns the exit status: 0 ended in order, 2 bad
// usage or a bad file, 3 the environment failed. Exactly one line goes to `out`: the ready line.
int run_serve(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
