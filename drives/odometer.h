// How often and how long things happened to a drive (log page 14h).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "drives/drive_state.h"
#include "sim/time.h"

namespace nearline::drives {

// How the time since power on was spent.
struct DutyCycle {
    sim::Duration powered{};
    sim::Duration reading{};
    sim::Duration writing{};
    sim::Duration moving{};  // whatever for
    sim::Duration empty{};
    sim::Duration ready{};
};

// Media by what hosts call them: density code and medium type.
struct MediumCode {
    std::uint8_t density = 0;
    std::uint8_t type = 0;
    auto operator<=>(const MediumCode&) const = default;
};

struct Odometer {
    static constexpr std::size_t kCleaningsKnown = 3;

    std::uint32_t loads = 0;
    std::uint32_t loads_since_power_on = 0;
    std::uint32_t cleanings = 0;
    std::uint32_t power_cycles = 0;
    sim::Duration powered{};
    sim::Duration motion{};               // of the tape
    std::uint64_t millimetres = 0;        // of tape that passed
    std::uint64_t megabytes_cleaned = 0;  // 10^6 bytes that had passed at the last cleaning
    // The tape's motion before the last cleaning, the second and the third last.
    std::array<sim::Duration, kCleaningsKnown> motion_at_cleaning{};
    std::map<MediumCode, sim::Duration> motion_by_medium;
    DutyCycle duty;

    // `time` has passed in this state.
    void pass(sim::Duration time, DriveState state, Activity activity, MediumCode medium) {
        if (state == DriveState::PoweredOff) return;
        powered += time;
        duty.powered += time;
        if (state == DriveState::Empty || state == DriveState::Unloaded) duty.empty += time;
        if (state != DriveState::Ready) return;
        duty.ready += time;
        if (activity == Activity::AtRest) return;
        duty.moving += time;
        motion += time;
        motion_by_medium[medium] += time;
        if (activity == Activity::Reading) duty.reading += time;
        if (activity == Activity::Writing) duty.writing += time;
    }
    void cleaned(std::uint64_t megabytes) {
        ++cleanings;
        megabytes_cleaned = megabytes;
        std::copy_backward(motion_at_cleaning.begin(), motion_at_cleaning.end() - 1,
                           motion_at_cleaning.end());
        motion_at_cleaning.front() = motion;
    }
};

}  // namespace nearline::drives
