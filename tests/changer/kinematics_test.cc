#include "changer/kinematics.h"

#include <gtest/gtest.h>

namespace nearline::changer {
namespace {

using namespace std::chrono_literals;

constexpr Kinematics kWall{.horizontal = {1000, 2000},
                           .vertical = {1000, 2000},
                           .column_pitch_mm = 300,
                           .row_pitch_mm = 160,
                           .rows_per_column = 5};
constexpr ElementMap kMap{{ElementAddress{1}, 1},
                          {ElementAddress{0x1000}, 40},
                          {ElementAddress{0x10}, 2},
                          {ElementAddress{0x100}, 6}};

TEST(Wall, HasStationsThenDrivesThenSlotsDownItsColumns) {
    const auto at = [](ElementType type, std::uint16_t index) {
        return position_of(kWall, kMap, type, index);
    };
    EXPECT_EQ(at(ElementType::ImportExport, 1), (WallPosition{0, 1}));
    EXPECT_EQ(at(ElementType::DataTransfer, 0), (WallPosition{1, 0}));
    EXPECT_EQ(at(ElementType::DataTransfer, 5), (WallPosition{2, 0}));
    EXPECT_EQ(at(ElementType::Storage, 0), (WallPosition{3, 0}));
    EXPECT_EQ(at(ElementType::Storage, 13), (WallPosition{5, 3}));
}

TEST(Carriage, MovesBothAxesAtOnce) {
    // 10 columns are 3 m: 3.5 s; 2 rows are 320 mm: 0.8 s.
    EXPECT_EQ(travel_time(kWall, {0, 0}, {10, 2}), 3500ms);
    EXPECT_EQ(travel_time(kWall, {4, 0}, {4, 2}), 800ms);
    EXPECT_EQ(travel_time(kWall, {4, 4}, {4, 4}), 0ns);
}

}  // namespace
}  // namespace nearline::changer
