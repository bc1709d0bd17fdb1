// Where wraps end, and in what order a drive would read: the commands, and the search behind them.
#include "drives/access_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/drives/paged_drive.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using scsi::check_condition;
using scsi::good;

TapeGeometry a_geometry() {
    TapeGeometry geometry;
    geometry.length_mm = 900'000;
    geometry.wraps = 280;
    geometry.native_bytes = 18'000'000'000'000;
    geometry.search = {8300, 6000};
    return geometry;
}

std::vector<Stretch> some_stretches(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    const TapeGeometry geometry = a_geometry();
    std::vector<Stretch> stretches;
    for (std::size_t each = 0; each < count; ++each) {
        const std::uint64_t begin = random() % geometry.native_bytes;
        stretches.push_back({spot_of(geometry, begin), spot_of(geometry, begin + 1'000'000'000)});
    }
    return stretches;
}

TEST(AccessOrder, IsAPermutationAndTheSameEachTime) {
    const auto stretches = some_stretches(100, 1);
    auto order = recommended_order(a_geometry(), {}, stretches);
    EXPECT_EQ(order, recommended_order(a_geometry(), {}, stretches));
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> all(100);
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(order, all);
    EXPECT_TRUE(recommended_order(a_geometry(), {}, {}).empty());
}

// All orders of six, for many tapes: never much worse than the best of them, most often it.
TEST(AccessOrder, IsNearTheBestThereIs) {
    int found = 0;
    for (unsigned seed = 0; seed < 50; ++seed) {
        const auto stretches = some_stretches(6, seed);
        const auto time = [&](const std::vector<std::size_t>& order) {
            return time_between(a_geometry(), {}, stretches, order);
        };
        std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};
        sim::Duration best = time(order);
        do {
            best = std::min(best, time(order));
        } while (std::next_permutation(order.begin(), order.end()));
        const sim::Duration ours = time(recommended_order(a_geometry(), {}, stretches));
        EXPECT_LE(ours, best * 13 / 10) << seed;
        if (ours == best) ++found;
    }
    EXPECT_GE(found, 30);
}

TEST(AccessOrder, TakesHalfTheTimeOfReadingAsAsked) {
    const auto stretches = some_stretches(200, 7);
    std::vector<std::size_t> as_asked(200);
    std::iota(as_asked.begin(), as_asked.end(), 0U);
    const auto order = recommended_order(a_geometry(), {}, stretches);
    EXPECT_LE(time_between(a_geometry(), {}, stretches, order),
              time_between(a_geometry(), {}, stretches, as_asked) / 2);
}

class Wraps : public PagedDriveTest {
protected:
    static DriveProfile profile() {
        DriveProfile ordering = paged_profile();
        ordering.recommends_access_order = true;
        return ordering;
    }
    explicit Wraps(DriveProfile given = profile()) : PagedDriveTest(std::move(given)) {
        power_on();
        load();
    }
    Answer ask(std::string cdb, std::string data = "") {
        std::erase(cdb, ' ');
        std::erase(data, ' ');
        return settled(host.send(*base::from_hex(cdb), *base::from_hex(data)));
    }
    std::string told(std::string cdb) { return base::to_hex(ask(std::move(cdb)).data); }
    static std::string row(int name, int partition, int begin, int end) {
        Bytes bytes;
        base::ByteWriter out(bytes);
        out.u16(0x1E).zeros(3).u8(static_cast<unsigned>(name)).zeros(9);
        out.u8(static_cast<unsigned>(partition));
        out.u64(static_cast<unsigned>(begin)).u64(static_cast<unsigned>(end));
        return base::to_hex(bytes);
    }
    static std::string list(const std::string& rows) {
        Bytes header;
        base::ByteWriter(header).u32(0).u32(rows.size() / 2);
        return base::to_hex(header) + rows;
    }
    std::string generate(const std::string& rows) {
        const std::string bytes = list(rows);
        GenerateRecommendedAccessOrder command{
            .process = 2, .parameter_list_length = static_cast<std::uint32_t>(bytes.size() / 2)};
        return scsi::to_text(settled(host.send(command, *base::from_hex(bytes))).outcome);
    }
};

using Ordering = Wraps;

// An LTO-9 wrap has 64.29 GB: blocks of 3 GB end it at the 22nd (object 21), the second at the
// 43rd.
TEST_F(Wraps, EndWhereTheHeadTurns) {
    recorded.add_hollow_blocks(50, 3'000'000'000);
    EXPECT_EQ(told("a31f 4502 0000 0000ffff 0000"),
              "00260000"
              "000000000000000000000015"
              "00010000000000000000002a"
              "000200000000000000000032");
    EXPECT_EQ(told("a31f 4501 0001 0000ffff 0000"), "0008000000000000002a");
    EXPECT_EQ(told("a31f 4500 0000 0000ffff 0000"), "00080000000000000015");
    settled(host.send(Locate16{.identifier = 49}));
    EXPECT_EQ(told("a31f 4500 0000 00000008 0000"), "0008000000000000");
    EXPECT_EQ(told("a31f 4500 0000 0000ffff 0000"), "00080000000000000032");
}

TEST_F(Wraps, AreToldAsTheyFirstWereUntilTheNextLoad) {
    EXPECT_EQ(told("a31f 4502 0000 0000ffff 0000"), "000e0000000000000000000000000000");
    EXPECT_EQ(write(Bytes(10, 1)), good());
    EXPECT_EQ(told("a31f 4502 0000 0000ffff 0000"), "000e0000000000000000000000000000");
    reload();
    EXPECT_EQ(told("a31f 4502 0000 0000ffff 0000"), "000e0000000000000000000000000001");
}

TEST_F(Wraps, OfTwoPartitionsFollowEachOther) {
    EXPECT_TRUE(recorded.format({9'000'000'000'000, 8'900'000'000'000}));
    EXPECT_EQ(told("a31f 4502 0000 0000ffff 0000"),
              "001a0000"
              "000000000000000000000000"
              "008c00010000000000000000");
}

TEST_F(Wraps, RefuseWhatIsNotThere) {
    const auto invalid = check_condition(scsi::kInvalidFieldInCdb);
    EXPECT_EQ(ask("a31f 4400 0000 0000ffff 0000").outcome, invalid);
    EXPECT_EQ(ask("a31f 4503 0000 0000ffff 0000").outcome, invalid);
    EXPECT_EQ(ask("a31f 4501 0001 0000ffff 0000").outcome, invalid);
    eject();
    EXPECT_EQ(ask("a31f 4502 0000 0000ffff 0000").outcome,
              check_condition(scsi::kMediumNotPresent));
}

TEST_F(Ordering, GivesTheRowsBackAsTheyAreBestRead) {
    recorded.add_hollow_blocks(50, 3'000'000'000);
    EXPECT_EQ(told("a31d 0000 0000 0000ffff 0000"), "0200000000000000");  // none yet
    // 40 lies 13 % from the beginning, on the way back; 2 at 9 %; 20 at 93 %.
    EXPECT_EQ(generate(row(3, 0, 20, 20) + row(1, 0, 40, 40) + row(2, 0, 2, 3)), "GOOD");
    EXPECT_EQ(told("a31d 0000 0000 0000ffff 0000"),
              "0201000000000060" + row(1, 0, 40, 40) + row(2, 0, 2, 3) + row(3, 0, 20, 20));
    EXPECT_EQ(told("a31d 0000 0040 0000ffff 0000"), "0201000000000020" + row(3, 0, 20, 20));
    // From the far end the nearer is another.
    settled(host.send(Locate16{.identifier = 20}));
    EXPECT_EQ(generate(row(1, 0, 2, 2) + row(2, 0, 18, 18)), "GOOD");
    EXPECT_EQ(told("a31d 0000 0000 0000ffff 0000"),
              "0201000000000040" + row(2, 0, 18, 18) + row(1, 0, 2, 2));
    reload();
    EXPECT_EQ(told("a31d 0000 0000 0000ffff 0000"), "0200000000000000");
}

TEST_F(Ordering, TellsItsLimits) {
    EXPECT_EQ(told("a39d 0000 0000 0000ffff 0000"), "03e80020");
    std::string many;
    for (int each = 0; each < 1000; ++each) many += row(each % 256, 0, 0, 0);
    EXPECT_EQ(generate(many), "GOOD");
    EXPECT_EQ(generate(many + row(0, 0, 0, 0)), "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB");
}

TEST_F(Ordering, RefusesRowsThatMakeNoSense) {
    const std::string refused = "CHECK CONDITION 5/26/00 INVALID FIELD IN PARAMETER LIST";
    EXPECT_EQ(generate(row(1, 0, 3, 2)), refused);
    EXPECT_EQ(generate(row(1, 1, 1, 2)), refused);
    EXPECT_EQ(generate("001d" + row(1, 0, 1, 2).substr(4)), refused);
    EXPECT_EQ(generate(row(1, 0, 1, 2) + "00"), refused);
    const auto invalid = check_condition(scsi::kInvalidFieldInCdb);
    EXPECT_EQ(ask("a41d 0100 0000 00000000 0000").outcome, invalid);
    EXPECT_EQ(ask("a41d 0202 0000 00000000 0000").outcome, invalid);
    EXPECT_EQ(ask("a41d 0200 0000 00000004 0000", "00000000").outcome,
              check_condition(scsi::kParameterListLengthError));
    EXPECT_EQ(ask("a31d 0000 0001 0000ffff 0000").outcome, invalid);
    EXPECT_EQ(ask("a31d 0000 0000 0000ffff 0200").outcome, invalid);
}

class NotOrdering : public Wraps {
protected:
    NotOrdering() : Wraps(paged_profile()) {}
};

TEST_F(NotOrdering, DrivesRefuseTheServiceAction) {
    const auto invalid = check_condition(scsi::kInvalidFieldInCdb);
    EXPECT_EQ(ask("a39d 0000 0000 0000ffff 0000").outcome, invalid);
    EXPECT_EQ(ask("a41d 0200 0000 00000000 0000").outcome, invalid);
    EXPECT_EQ(ask("a31f 4502 0000 0000ffff 0000").outcome, good());
}

}  // namespace
}  // namespace nearline::drives
