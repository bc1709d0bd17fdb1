#include "sim/time.h"

namespace nearline::sim {

std::string to_text(Duration duration) {
    constexpr std::uint64_t kPerSecond = 1'000'000'000;
    const bool is_negative = duration.count() < 0;
    const auto count = static_cast<std::uint64_t>(duration.count());
    const std::uint64_t magnitude = is_negative ? 0 - count : count;
    std::string fraction = std::to_string(magnitude % kPerSecond);
    fraction.insert(0, 9 - fraction.size(), '0');
    return (is_negative ? "-" : "") + std::to_string(magnitude / kPerSecond) + "." + fraction;
}

std::string to_text(Time time) {
    return to_text(time.time_since_epoch());
}

}  // namespace nearline::sim
