// `nearline image`: looks at tape images, checks them, and exchanges tapes with other programs.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "base/file.h"

namespace nearline::apps {

// `arguments` are those after the command's own word. Returns the exit status: 0 done, 1 something
// of the image is lost, 2 bad usage or a bad file, 3 the storage failed.
int run_image(std::span<const std::string> arguments, std::ostream& out, std::ostream& err);

// The same on files of the caller's making.
int run_image(std::span<const std::string> arguments, base::FileSystem& files, std::ostream& out,
              std::ostream& err);

}  // namespace nearline::apps
