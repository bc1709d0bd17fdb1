// A key for a drive that encrypts, out of a file: never on a command line, which everybody can
// read.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace nearline::apps {

// 64 hexadecimal digits, with blanks and line ends around them, or exactly 32 bytes. "-" is
// standard input. The error is a sentence, without anything of the file.
base::Result<base::Bytes, std::string> read_tape_key(const std::string& path);

}  // namespace nearline::apps
