// Where on a tape an object lies, and how long a drive takes from one place to another (physics
// sheet 3.3): wraps run to and fro over the length of the tape, the head steps across them.
#pragma once

#include <cstdint>

#include "sim/axis.h"

namespace nearline::drives {

struct TapeGeometry {
    std::int64_t length_mm = 0;  // that is recorded on
    std::uint32_t wraps = 1;
    std::uint64_t native_bytes = 1;  // all wraps together
    sim::Axis search;                // searching and rewinding

    // Physics sheet 3.2: a head that moves to another band, a turn towards the reading direction,
    // and servo lock at the target.
    sim::Duration band_step = std::chrono::milliseconds(800);
    sim::Duration reposition = std::chrono::milliseconds(2500);
    sim::Duration settle = std::chrono::milliseconds(500);
};

// A place on the tape: even wraps lead away from the load point, odd ones back.
struct TapeSpot {
    std::uint32_t wrap = 0;
    std::int64_t distance_mm = 0;  // from the load point
    bool operator==(const TapeSpot&) const = default;
};

// `stored` bytes into the tape, all partitions counted.
TapeSpot spot_of(const TapeGeometry& geometry, std::uint64_t stored);

// From standing at `from` until the drive can read at `to`.
sim::Duration locate_time(const TapeGeometry& geometry, TapeSpot from, TapeSpot to);
// Back to the load point.
sim::Duration rewind_time(const TapeGeometry& geometry, TapeSpot from);

}  // namespace nearline::drives
