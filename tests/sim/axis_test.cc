#include "sim/axis.h"

#include <gtest/gtest.h>

namespace nearline::sim {
namespace {

using namespace std::chrono_literals;

// 1 m/s and 2 m/s²: full speed after 250 mm, and braking as much again.
constexpr Axis kAxis{1000, 2000};

TEST(Axis, ReachesFullSpeedOnLongWays) {
    // d/v + v/a (physics sheet 1.3): 3 s + 0.5 s.
    EXPECT_EQ(travel_time(kAxis, 3000), 3500ms);
    EXPECT_EQ(travel_time(kAxis, -3000), 3500ms);
}

TEST(Axis, OnlyAcceleratesAndBrakesOnShortWays) {
    // 2√(d/a): d = 320 mm, a = 2 m/s²: 2 × 0.4 s.
    EXPECT_EQ(travel_time(kAxis, 320), 800ms);
    // 2√(1/2000) s = 44.72135954999579… ms, rounded down to the nanosecond.
    EXPECT_EQ(travel_time(kAxis, 1), 44'721'359ns);
}

TEST(Axis, BothFormulasMeetAtFullSpeed) {
    EXPECT_EQ(travel_time(kAxis, 500), 1s);  // v²/a: 0.5 s up and 0.5 s down
}

TEST(Axis, TakesNoTimeWhereThereIsNoWayOrNoAxis) {
    EXPECT_EQ(travel_time(kAxis, 0), 0ns);
    EXPECT_EQ(travel_time(Axis{}, 1000), 0ns);
    EXPECT_EQ(travel_time(Axis{1000, 0}, 1000), 0ns);
}

TEST(Axis, CrossesALibraryOfAnyLength) {
    // 100 km at 1 mm/s and 1 mm/s²: 10^8 s + 1 s.
    EXPECT_EQ(travel_time(Axis{1, 1}, 100'000'000), 100'000'001s);
}

}  // namespace
}  // namespace nearline::sim
