#include "sim/axis.h"

#include <cstdlib>

namespace nearline::sim {
namespace {

__extension__ using Wide = unsigned __int128;  // millimetres times 10^18 need 80 bits

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t floor_of_square_root(Wide value) {
    Wide root = 0;
    for (int bit = 62; bit >= 0; --bit) {
        const Wide larger = root | (Wide{1} << bit);
        if (larger * larger <= value) root = larger;
    }
    return static_cast<std::int64_t>(root);
}

}  // namespace

Duration travel_time(const Axis& axis, std::int64_t distance_mm) {
    const std::int64_t speed = axis.speed_mm_per_s;
    const std::int64_t acceleration = axis.acceleration_mm_per_s2;
    if (distance_mm == 0 || speed <= 0 || acceleration <= 0) return {};
    const Wide distance = static_cast<Wide>(std::abs(distance_mm));
    const Wide second = kNanosecondsPerSecond;
    // Full speed is reached after v²/2a; braking takes as much again.
    if (distance * static_cast<Wide>(acceleration) < static_cast<Wide>(speed) * Wide(speed)) {
        const Wide ratio = 4 * distance * second * second / static_cast<Wide>(acceleration);
        return Duration(floor_of_square_root(ratio));
    }
    const Wide cruising = distance * second / static_cast<Wide>(speed);
    const Wide ramps = static_cast<Wide>(speed) * second / static_cast<Wide>(acceleration);
    return Duration(static_cast<std::int64_t>(cruising + ramps));
}

}  // namespace nearline::sim
