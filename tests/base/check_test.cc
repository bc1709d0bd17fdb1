#include "base/check.h"

#include <gtest/gtest.h>

namespace {

TEST(Check, EvaluatesItsConditionOnce) {
    int evaluated = 0;
    CHECK(++evaluated == 1);
    EXPECT_EQ(evaluated, 1);
}

TEST(CheckDeathTest, ABrokenPromiseEndsTheProcessWithPlaceAndCondition) {
    const int carriages = 2;
    EXPECT_DEATH(CHECK(carriages == 1), "check_test.cc:[0-9]+: broken promise: carriages == 1");
}

TEST(Check, IsOneStatement) {
    if (true)
        CHECK(true);
    else
        FAIL() << "the else belongs to the outer if";
}

}  // namespace
