#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace nearline::base {
namespace {

Result<int, std::string> half(int number) {
    if (number % 2 != 0) return Failure{"odd"};  // a const char* becomes the error's string
    return number / 2;
}

TEST(Result, HoldsAValue) {
    const auto result = half(4);
    ASSERT_TRUE(result);
    EXPECT_TRUE(result.has_value());
    EXPECT_EQ(*result, 2);
    EXPECT_EQ(result.value(), 2);
    EXPECT_EQ(result.value_or(9), 2);
}

TEST(Result, HoldsAnError) {
    const auto result = half(3);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), "odd");
    EXPECT_EQ(result.value_or(9), 9);
}

TEST(Result, OfEqualTypesKeepsThemApart) {
    const Result<std::string, std::string> value = std::string("fine");
    const Result<std::string, std::string> error = Failure{std::string("not fine")};
    EXPECT_EQ(*value, "fine");
    EXPECT_EQ(error.error(), "not fine");
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>, std::string> result = std::make_unique<int>(7);
    EXPECT_EQ(**result, 7);
    const std::unique_ptr<int> taken = *std::move(result);
    EXPECT_EQ(*taken, 7);
}

TEST(Result, MovesItsErrorOut) {
    Result<int, std::unique_ptr<int>> result = Failure{std::make_unique<int>(5)};
    const std::unique_ptr<int> taken = std::move(result).error();
    EXPECT_EQ(*taken, 5);
}

TEST(Result, ReachesMembersOfItsValue) {
    Result<std::string, int> result = std::string("tape");
    EXPECT_EQ(result->size(), 4U);
    result->append("s");
    EXPECT_EQ(*result, "tapes");
}

TEST(Result, OfNothingIsSuccessOrAnError) {
    const Result<void, std::string> fine = {};
    const Result<void, std::string> bad = Failure{"bad"};
    EXPECT_TRUE(fine);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error(), "bad");
}

TEST(ResultDeathTest, TakingWhatIsNotThereIsABrokenPromise) {
    const auto error = half(3);
    const auto value = half(4);
    const Result<void, int> nothing = {};
    EXPECT_DEATH(static_cast<void>(*error), "has_value");
    EXPECT_DEATH(static_cast<void>(value.error()), "has_value");
    EXPECT_DEATH(static_cast<void>(nothing.error()), "has_value");
}

}  // namespace
}  // namespace nearline::base
