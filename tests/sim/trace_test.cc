#include "sim/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nearline::sim {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const TraceRecord kMoved{kPowerOn + 2s, "robot", "cartridge", "NL0001L9 to drive 1"};
const TraceRecord kDone{kPowerOn + 3s, "changer", "completed", "GOOD"};

std::uint64_t fingerprint_of(std::initializer_list<TraceRecord> records) {
    FingerprintTrace trace;
    for (const TraceRecord& record : records) trace.record(record);
    return trace.value();
}

TEST(TextTrace, KeepsOneLineForEachRecord) {
    TextTrace trace;
    trace.record(kMoved);
    trace.record(kDone);
    EXPECT_THAT(trace.lines(), ElementsAre("2.000000000 robot cartridge NL0001L9 to drive 1",
                                           "3.000000000 changer completed GOOD"));
}

TEST(FingerprintTrace, IsTheSameForTheSameRecords) {
    EXPECT_EQ(fingerprint_of({kMoved, kDone}), fingerprint_of({kMoved, kDone}));
}

TEST(FingerprintTrace, OfThisRunIsThisNumberOnEveryMachine) {
    EXPECT_EQ(fingerprint_of({}), 0xCBF29CE484222325U);
    EXPECT_EQ(fingerprint_of({kMoved, kDone}), 0x3F4B00229CDEA957U);
}

TEST(FingerprintTrace, SeesEveryPartOfARecordAndTheOrder) {
    const std::uint64_t run = fingerprint_of({kMoved, kDone});
    EXPECT_NE(fingerprint_of({kDone, kMoved}), run);
    EXPECT_NE(fingerprint_of({kMoved}), run);
    for (int part = 0; part < 4; ++part) {
        TraceRecord other = kDone;
        if (part == 0) other.at += 1ns;
        if (part == 1) other.source = "drive 1";
        if (part == 2) other.what = "state";
        if (part == 3) other.detail = "BUSY";
        EXPECT_NE(fingerprint_of({kMoved, other}), run) << part;
    }
}

TEST(TraceFan, HandsEachRecordToEverySink) {
    TextTrace one;
    TextTrace other;
    NullTrace nobody;
    TraceFan fan;
    fan.record(kMoved);  // nobody listens yet
    for (TraceSink* sink : std::initializer_list<TraceSink*>{&one, &nobody, &other}) {
        fan.add(*sink);
    }
    fan.record(kDone);
    EXPECT_THAT(one.lines(), ElementsAre("3.000000000 changer completed GOOD"));
    EXPECT_EQ(one.lines(), other.lines());
}

TEST(TraceFan, IsHeardByWhoeverKeepsRecords) {
    TraceFan fan;
    EXPECT_FALSE(fan.is_heard());
    NullTrace nobody;
    fan.add(nobody);
    EXPECT_FALSE(fan.is_heard());
    TextTrace somebody;
    fan.add(somebody);
    EXPECT_TRUE(fan.is_heard());
}

}  // namespace
}  // namespace nearline::sim
