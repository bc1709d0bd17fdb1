// In what order a drive gets through several stretches of a tape in the least time, as near as a
// short search comes to it: from each to the nearest, then single ones moved to better places.
#pragma once

#include <cstddef>
#include <vector>

#include "drives/geometry.h"

namespace nearline::drives {

struct Stretch {
    TapeSpot begin;
    TapeSpot end;
};

// The indices of `stretches` in that order, beginning at `from`. Always the same for the same; the
// cost is quadratic in the stretches, and what improves the order is bounded.
std::vector<std::size_t> recommended_order(const TapeGeometry& geometry, TapeSpot from,
                                           const std::vector<Stretch>& stretches);

// What lies between the stretches; not the reading of them, which no order changes.
sim::Duration time_between(const TapeGeometry& geometry, TapeSpot from,
                           const std::vector<Stretch>& stretches,
                           const std::vector<std::size_t>& order);

}  // namespace nearline::drives
