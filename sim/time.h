// Virtual time: int64 nanoseconds since power-on. There is no way to ask a real clock from here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace nearline::sim {

using Duration = std::chrono::duration<std::int64_t, std::nano>;

// The epoch is power-on. Deliberately without now(): only a Simulation knows it.
struct VirtualClock {
    using duration = Duration;
    using rep = Duration::rep;
    using period = Duration::period;
    using time_point = std::chrono::time_point<VirtualClock, Duration>;
    static constexpr bool is_steady = true;
};
using Time = VirtualClock::time_point;

inline constexpr Time kPowerOn{};
inline constexpr Time kNever = Time::max();

// Whole milliseconds since power-on.
inline std::uint64_t milliseconds_of(Time time) {
    const auto since = time.time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

// "12.345000000": seconds and nine decimals, exact.
std::string to_text(Time time);
std::string to_text(Duration duration);

}  // namespace nearline::sim
