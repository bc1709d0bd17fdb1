// All that is wrong with a library or personality file. Scenarios are read by the layer above.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "config/problem.h"
#include "config/text_kind.h"

namespace nearline::config {

Problems check_text(TextKind kind, std::string_view text, const std::string& file,
                    base::FileSystem& files);

}  // namespace nearline::config
