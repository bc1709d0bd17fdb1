#include "sim/time.h"

#include <gtest/gtest.h>

namespace nearline::sim {
namespace {

using namespace std::chrono_literals;

TEST(Time, IsWrittenInSecondsWithNineDecimals) {
    EXPECT_EQ(to_text(kPowerOn), "0.000000000");
    EXPECT_EQ(to_text(kPowerOn + 12345ms), "12.345000000");
    EXPECT_EQ(to_text(kPowerOn + 1ns), "0.000000001");
    EXPECT_EQ(to_text(kNever), "9223372036.854775807");
}

TEST(Duration, IsWrittenWithItsSign) {
    EXPECT_EQ(to_text(Duration(1500ms)), "1.500000000");
    EXPECT_EQ(to_text(Duration(-1ns)), "-0.000000001");
    EXPECT_EQ(to_text(Duration::min()), "-9223372036.854775808");
}

}  // namespace
}  // namespace nearline::sim
