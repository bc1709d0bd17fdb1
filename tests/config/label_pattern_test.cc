#include "config/label_pattern.h"

#include <gtest/gtest.h>

namespace nearline::config {
namespace {

std::string label_of(std::string_view text, std::uint64_t number) {
    const auto pattern = LabelPattern::parse(text);
    return pattern ? pattern->label(number) : "error: " + pattern.error();
}

TEST(LabelPattern, PutsTheRunningNumberInItsPlace) {
    EXPECT_EQ(label_of("VLT0%02dL9", 1), "VLT001L9");
    EXPECT_EQ(label_of("VLT0%02dL9", 30), "VLT030L9");
    EXPECT_EQ(label_of("%06dL9", 123), "000123L9");
    EXPECT_EQ(label_of("A%dL9", 7), "A7L9");
    EXPECT_EQ(label_of("A%02dL9", 1234), "A1234L9");
}

TEST(LabelPattern, WithoutNumberIsTheLabelItself) {
    const auto pattern = LabelPattern::parse("CLNU01L1");
    ASSERT_TRUE(pattern);
    EXPECT_FALSE(pattern->has_number());
    EXPECT_EQ(pattern->label(5), "CLNU01L1");
    EXPECT_EQ(label_of("50%%", 1), "50%");
}

TEST(LabelPattern, RefusesWhatIsNoNumber) {
    for (const char* text : {"A%", "A%s", "A%2d", "A%0d", "A%0xd", "A%02"}) {
        EXPECT_EQ(label_of(text, 1), "error: after % comes d, a width like 02d, or %") << text;
    }
    EXPECT_EQ(label_of("%d%d", 1), "error: has two running numbers");
}

}  // namespace
}  // namespace nearline::config
