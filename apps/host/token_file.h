// The secret that clients of a service on TCP show: the first line of a file.
#pragma once

#include <string>

#include "base/result.h"

namespace nearline::apps {

inline constexpr std::size_t kShortestToken = 16;

// The error is a sentence: the file cannot be read, or others may read it, or its line is short.
base::Result<std::string, std::string> read_token_file(const std::string& path);

}  // namespace nearline::apps
