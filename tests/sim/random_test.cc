#include "sim/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace nearline::sim {
namespace {

std::vector<std::uint64_t> draws(RandomStream stream, std::size_t count) {
    std::vector<std::uint64_t> numbers(count);
    for (std::uint64_t& number : numbers) number = stream.next();
    return numbers;
}

TEST(RandomStream, GivesTheseNumbersOnEveryMachine) {
    // xoshiro256** seeded by SplitMix64 from 0, computed apart from this code.
    EXPECT_EQ(draws(RandomStream(0), 4),
              (std::vector<std::uint64_t>{0x99EC5F36CB75F2B4U, 0xBF6E1F784956452AU,
                                          0x1A5F849D4933E6E0U, 0x6AA594F1262D2D2CU}));
    EXPECT_EQ(draws(RandomStream(42), 4),
              (std::vector<std::uint64_t>{0x15780B2E0C2EC716U, 0x6104D9866D113A7EU,
                                          0xAE17533239E499A1U, 0xECB8AD4703B360A1U}));
    EXPECT_EQ(draws(RandomSource(1).stream("robot"), 4),
              (std::vector<std::uint64_t>{0x35DD223ADE9FC8D3U, 0x7358B7F02B082832U,
                                          0xC55C316AA5685AD4U, 0x98A620C4DB29C46BU}));
}

TEST(RandomSource, GivesTheSameStreamForTheSameName) {
    const RandomSource source(7);
    EXPECT_EQ(source.seed(), 7U);
    EXPECT_EQ(draws(source.stream("robot"), 100), draws(source.stream("robot"), 100));
}

TEST(RandomSource, NamesAndSeedsGiveDifferentStreams) {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        for (const char* name : {"robot", "drive 1", "drive 2", ""}) {
            firsts.insert(RandomSource(seed).stream(name).next());
        }
    }
    EXPECT_EQ(firsts.size(), 400U);
}

TEST(RandomSource, DrawingFromOneStreamChangesNoOther) {
    const RandomSource source(7);
    RandomStream robot = source.stream("robot");
    const auto expected = draws(source.stream("drive 1"), 10);
    for (int i = 0; i < 1000; ++i) robot.next();
    EXPECT_EQ(draws(source.stream("drive 1"), 10), expected);
}

TEST(RandomStream, BelowIsUniform) {
    RandomStream stream(1);
    std::array<int, 6> seen{};
    constexpr int kDraws = 60'000;
    for (int i = 0; i < kDraws; ++i) {
        const std::uint64_t drawn = stream.below(seen.size());
        ASSERT_LT(drawn, seen.size());
        ++seen[drawn];
    }
    // 10,000 expected each, deviation 91: five of those.
    for (const int count : seen) EXPECT_NEAR(count, kDraws / 6, 460);
}

TEST(RandomStream, BelowAHugeBoundHasNoBias) {
    // With bound 3 * 2^62, plain remainders would give numbers under 2^62 half the time.
    constexpr std::uint64_t kQuarter = std::uint64_t{1} << 62;
    RandomStream stream(2);
    int low = 0;
    for (int i = 0; i < 30'000; ++i) low += stream.below(3 * kQuarter) < kQuarter ? 1 : 0;
    EXPECT_NEAR(low, 10'000, 410);
}

TEST(RandomStream, BelowOneIsAlwaysZero) {
    RandomStream stream(3);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.below(1), 0U);
}

TEST(RandomStream, BetweenReachesBothEnds) {
    RandomStream stream(4);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(stream.between(-2, 2));
    EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
    EXPECT_EQ(stream.between(5, 5), 5);
}

TEST(RandomStream, BetweenSpansEverything) {
    RandomStream stream(5);
    bool negative = false;
    bool positive = false;
    for (int i = 0; i < 100; ++i) {
        const std::int64_t drawn = stream.between(INT64_MIN, INT64_MAX);
        negative |= drawn < 0;
        positive |= drawn > 0;
    }
    EXPECT_TRUE(negative && positive);
}

TEST(RandomStream, ChanceIsNeverAlwaysOrInBetween) {
    RandomStream stream(6);
    int hits = 0;
    for (int i = 0; i < 10'000; ++i) {
        EXPECT_FALSE(stream.chance(0, 10));
        EXPECT_TRUE(stream.chance(10, 10));
        hits += stream.chance(1, 4) ? 1 : 0;
    }
    EXPECT_NEAR(hits, 2500, 220);
}

TEST(RandomStreamDeathTest, AnEmptyRangeIsABrokenPromise) {
    RandomStream stream(7);
    EXPECT_DEATH(stream.below(0), "bound > 0");
    EXPECT_DEATH(stream.between(1, 0), "low <= high");
}

}  // namespace
}  // namespace nearline::sim
