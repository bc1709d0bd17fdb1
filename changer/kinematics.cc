#include "changer/kinematics.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::changer {
namespace {

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

sim::Duration travel_time(const Kinematics& kinematics, WallPosition from, WallPosition to) {
    return std::max(
        sim::travel_time(kinematics.horizontal,
                         (to.column - from.column) * kinematics.column_pitch_mm),
        sim::travel_time(kinematics.vertical, (to.row - from.row) * kinematics.row_pitch_mm));
}

}  // namespace nearline::changer
