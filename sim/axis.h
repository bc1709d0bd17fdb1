// Motion along a line: something accelerates, travels at full speed if there is room for it, and
// brakes. Robots and tapes move like that (physics sheet 1.3 and 3.3).
#pragma once

#include <cstdint>

#include "sim/time.h"

namespace nearline::sim {

struct Axis {
    std::int64_t speed_mm_per_s = 0;
    std::int64_t acceleration_mm_per_s2 = 0;
    bool operator==(const Axis&) const = default;
};

// An axis without speed or acceleration takes no time. Rounded down to the nanosecond.
Duration travel_time(const Axis& axis, std::int64_t distance_mm);

}  // namespace nearline::sim
