// Durations as scenarios write them: "500ms", "10s", "1min 30s", "1.5h".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/time.h"

namespace nearline::scenarios {

// Nothing when `text` is no duration or longer than there is time.
std::optional<sim::Duration> parse_duration(std::string_view text);

}  // namespace nearline::scenarios
