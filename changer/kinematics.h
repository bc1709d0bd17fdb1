// Where elements stand on the wall, and how long the carriage takes between them.
//
// The wall is a grid of columns and rows. Stations fill the first columns, drives the next, slots
// the rest, each kind downwards and then to the right.
#pragma once

#include <cstdint>

#include "changer/changer_profile.h"
#include "sim/time.h"

namespace nearline::changer {

struct WallPosition {
    std::int64_t column = 0;
    std::int64_t row = 0;
    bool operator==(const WallPosition&) const = default;
};

// Place `index` (from 0) of its type. Robots stand nowhere: they have no position of their own.
WallPosition position_of(const Kinematics& kinematics, const ElementMap& map, ElementType type,
                         std::uint16_t index);

// Both axes run at once.
sim::Duration travel_time(const Kinematics& kinematics, WallPosition from, WallPosition to);

}  // namespace nearline::changer
