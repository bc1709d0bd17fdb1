// `nearline validate FILE…` checks any of our text files; `nearline personalities [NAME
// [--whole]]` lists the built-in personalities or prints one.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "base/file.h"

namespace nearline::apps {

// `arguments` are those after the command's own word. Return the exit status: 0 all is well, 2 bad
// usage or something wrong with a file; what is wrong goes to `err`, a line each, with
// file:line:column.
int run_validate(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);
int run_personalities(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// The same on files of the caller's making.
int run_validate(std::span<const std::string> arguments, base::FileSystem& files, std::ostream& out,
                 std::ostream& err);

}  // namespace nearline::apps
