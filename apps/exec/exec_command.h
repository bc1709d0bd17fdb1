// `nearline exec [--library FILE] [--attach URL] -- COMMAND…`: a library for one command, which
// finds it as /dev/sg0, /dev/sg1, … and /dev/changer.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace nearline::apps {

// `arguments` are those after the word `exec`. Returns the command's exit status, 128 and the
// signal if one ended it, 127 when there is no such command and 126 when it cannot be run; 2 for
// bad usage or a bad library file, 3 when the library or its devices cannot be had.
int run_exec(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace nearline::apps
