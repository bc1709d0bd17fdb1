// What a drive is doing, as everybody but its machine needs to know it.
#pragma once

#include <cstdint>
#include <string_view>

namespace nearline::drives {

enum class DriveState : std::uint8_t {
    PoweredOff,
    SelfTest,
    Empty,
    Loading,
    Ready,         // threaded: see Activity
    FailedToLoad,  // inside, but nothing can be done with it
    Cleaning,
    Unloading,
    Held,      // inside, not threaded: the cartridge memory can be read
    Unloaded,  // at the mouth, where a gripper or a hand can take it
};

// "empty", "failed to load", "unloaded", …
std::string_view to_text(DriveState state);

// What a drive that is ready does with the tape.
enum class Activity : std::uint8_t {
    AtRest,
    Reading,
    Writing,
    Locating,
    Spacing,
    Rewinding,
    Erasing,
    Formatting,
};

// "at rest", "reading", …
std::string_view to_text(Activity activity);

// Where the cartridge is, whatever the machine does; it outlives a loss of power.
enum class Seat : std::uint8_t { Nowhere, Mouth, Inside };

// How far a cartridge goes in, and how far out.
enum class LoadTo : std::uint8_t { Tape, Hold };
enum class UnloadTo : std::uint8_t { Mouth, Hold };

// What the drive finds when it has drawn a cartridge in.
enum class Finding : std::uint8_t { Readable, Unsuitable, Damaged, Cleaner, SpentCleaner };

}  // namespace nearline::drives
