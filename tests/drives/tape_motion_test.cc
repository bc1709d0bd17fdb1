// Where things are on the tape, how long it takes to get there, and the buffer's arithmetic.
#include <gtest/gtest.h>

#include "drives/geometry.h"
#include "drives/tape_stream.h"
#include "media/format.h"
#include "sim/random.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

TapeGeometry geometry_of(media::Generation generation, std::int64_t search_mm_per_s) {
    const media::Format& format = *media::format_of(generation);
    return {std::int64_t{format.length_m} * 940,
            format.wraps,
            format.native_bytes(),
            {search_mm_per_s, 6000}};
}

TEST(Geometry, WrapsRunToAndFro) {
    const TapeGeometry tape{1000, 4, 4000, {}};
    EXPECT_EQ(spot_of(tape, 0), (TapeSpot{0, 0}));
    EXPECT_EQ(spot_of(tape, 250), (TapeSpot{0, 250}));
    EXPECT_EQ(spot_of(tape, 1000), (TapeSpot{1, 1000}));
    EXPECT_EQ(spot_of(tape, 1250), (TapeSpot{1, 750}));
    EXPECT_EQ(spot_of(tape, 2000), (TapeSpot{2, 0}));
    EXPECT_EQ(spot_of(tape, 4000), (TapeSpot{3, 0}));
    EXPECT_EQ(spot_of(tape, UINT64_MAX), (TapeSpot{3, 0}));  // beyond: the end zone
}

struct Published {
    media::Generation generation;
    std::int64_t search_mm_per_s;
    double mean_locate_s;  // from the load point (physics sheet 2.1)
};
class Locate : public testing::TestWithParam<Published> {};
INSTANTIATE_TEST_SUITE_P(Drives, Locate,
                         testing::Values(Published{media::Generation::Lto7, 8100, 56},
                                         Published{media::Generation::Lto8, 8100, 59},
                                         Published{media::Generation::Lto9, 8300, 65},
                                         Published{media::Generation::Lto6, 7000, 62}));

TEST_P(Locate, TakesOnAverageWhatIsPublished) {
    const TapeGeometry tape = geometry_of(GetParam().generation, GetParam().search_mm_per_s);
    sim::RandomStream random = sim::RandomSource(1).stream("locate");
    constexpr int kTries = 2000;
    sim::Duration total{};
    for (int each = 0; each < kTries; ++each) {
        total += locate_time(tape, {}, spot_of(tape, random.below(tape.native_bytes)));
    }
    const double mean = static_cast<double>(total.count()) / 1e9 / kTries;
    EXPECT_NEAR(mean, GetParam().mean_locate_s, GetParam().mean_locate_s * 0.10);
}

TEST(Geometry, StayingCostsNothing) {
    const TapeGeometry tape = geometry_of(media::Generation::Lto9, 8300);
    EXPECT_EQ(locate_time(tape, {3, 500}, {3, 500}), 0s);
    EXPECT_EQ(rewind_time(tape, {}), 0s);
}

constexpr std::uint64_t kMegabyte = 1'000'000;

StreamingProfile profile() {
    return {{100 * kMegabyte, 300 * kMegabyte}, 600 * kMegabyte, 1200 * kMegabyte, 500ms, 2500ms};
}

TEST(Stream, TakesDataAtTheInterfaceRateWhileThereIsRoom) {
    TapeStream stream(profile());
    EXPECT_EQ(stream.write(sim::Time{}, 12 * kMegabyte, 12 * kMegabyte, 1), 10ms);
    EXPECT_EQ(stream.buffered_bytes(sim::Time{}), 12 * kMegabyte);
    EXPECT_EQ(stream.buffered_objects(sim::Time{}), 1U);
}

TEST(Stream, DrainsAtTheSpeedOfTheTape) {
    TapeStream stream(profile());
    stream.write(sim::Time{}, 0, 300 * kMegabyte, 3);
    EXPECT_EQ(stream.buffered_bytes(sim::Time{} + 500ms), 300 * kMegabyte);
    EXPECT_EQ(stream.buffered_bytes(sim::Time{} + 1000ms), 150 * kMegabyte);
    EXPECT_EQ(stream.buffered_bytes(sim::Time{} + 1500ms), 0U);
    EXPECT_EQ(stream.buffered_objects(sim::Time{} + 1500ms), 0U);
    EXPECT_EQ(stream.rests_at(), sim::Time{} + 1500ms + 1250ms);
    EXPECT_EQ(stream.flush(sim::Time{} + 500ms), 1000ms);
}

TEST(Stream, MakesTheHostWaitForRoom) {
    TapeStream stream(profile());
    stream.write(sim::Time{}, 0, 600 * kMegabyte, 1);
    EXPECT_EQ(stream.write(sim::Time{}, 0, 30 * kMegabyte, 1), 600ms);  // start, and 30 MB
}

TEST(Stream, BacksUpWhenTheHostIsTooSlow) {
    TapeStream stream(profile());
    sim::Time now{};
    for (int each = 0; each < 10; ++each, now += 2s) stream.write(now, 0, kMegabyte, 1);
    EXPECT_EQ(stream.back_hitches(), 5U);  // each costs 2.5 s, so every other write meets one
}

TEST(Stream, SlowsDownToTheHost) {
    TapeStream stream(profile());
    sim::Time now{};
    for (int each = 0; each < 50; ++each, now += 100ms) stream.write(now, 0, 15 * kMegabyte, 1);
    EXPECT_EQ(stream.speed(), 100 * kMegabyte);
}

TEST(Stream, ReadsAheadOfTheHost) {
    TapeStream stream(profile());
    EXPECT_EQ(stream.read(sim::Time{}, 0, 30 * kMegabyte), 600ms);
    EXPECT_EQ(stream.read(sim::Time{} + 1600ms, 0, 300 * kMegabyte), 0s);
    EXPECT_EQ(stream.read(sim::Time{} + 1600ms, 0, 300 * kMegabyte), 1s);
}

TEST(Stream, WritesAfterReadingOnceTheTapeIsBack) {
    TapeStream stream(profile());
    stream.read(sim::Time{}, 0, kMegabyte);
    stream.write(sim::Time{} + 1s, 0, 300 * kMegabyte, 1);
    EXPECT_EQ(stream.flush(sim::Time{} + 1s), 1250ms + 500ms + 1000ms);
}

}  // namespace
}  // namespace nearline::drives
