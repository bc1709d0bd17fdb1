#include "changer/kinematics.h"

#include <algorithm>
#include <cstdlib>

#include "base/check.h"

namespace nearline::changer {
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

std::int64_t columns_for(std::int64_t elements, std::int64_t rows) {
    return (elements + rows - 1) / rows;
}

}  // namespace

WallPosition position_of(const Kinematics& kinematics, const ElementMap& map, ElementType type,
                         std::uint16_t index) {
    CHECK(type != ElementType::MediumTransport);
    const std::int64_t rows = std::max<std::int64_t>(kinematics.rows_per_column, 1);
    std::int64_t first_column = 0;
    if (type != ElementType::ImportExport) first_column += columns_for(map.stations.count, rows);
    if (type == ElementType::Storage) first_column += columns_for(map.drives.count, rows);
    return {first_column + index / rows, index % rows};
}

sim::Duration travel_time(const Axis& axis, std::int64_t distance_mm) {
    const std::int64_t speed = axis.speed_mm_per_s;
    const std::int64_t acceleration = axis.acceleration_mm_per_s2;
    if (distance_mm == 0 || speed <= 0 || acceleration <= 0) return {};
    const Wide distance = static_cast<Wide>(std::abs(distance_mm));
    const Wide second = kNanosecondsPerSecond;
    // Full speed is reached after v²/2a; braking takes as much again.
    if (distance * static_cast<Wide>(acceleration) < static_cast<Wide>(speed) * Wide(speed)) {
        const Wide ratio = 4 * distance * second * second / static_cast<Wide>(acceleration);
        return sim::Duration(floor_of_square_root(ratio));
    }
    const Wide cruising = distance * second / static_cast<Wide>(speed);
    const Wide ramps = static_cast<Wide>(speed) * second / static_cast<Wide>(acceleration);
    return sim::Duration(static_cast<std::int64_t>(cruising + ramps));
}

sim::Duration travel_time(const Kinematics& kinematics, WallPosition from, WallPosition to) {
    return std::max(
        travel_time(kinematics.horizontal, (to.column - from.column) * kinematics.column_pitch_mm),
        travel_time(kinematics.vertical, (to.row - from.row) * kinematics.row_pitch_mm));
}

}  // namespace nearline::changer
