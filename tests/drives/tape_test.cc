#include "drives/tape.h"

#include <gtest/gtest.h>

#include "drives/tape_sense.h"
#include "sim/random.h"
#include "tests/drives/host.h"
#include "tests/drives/list_medium.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using media::ListMedium;
using media::Position;
using scsi::check_condition;
using scsi::good;

constexpr std::uint64_t kEndZone = 1000;

class TapeTest : public testing::Test {
protected:
    TapeTest() {
        auto owned = std::make_unique<ListMedium>(1'000'000);
        medium = owned.get();
        tape = std::make_unique<Tape>(std::move(owned), kEndZone);
    }
    scsi::Outcome write(std::size_t length, std::uint8_t content = 0x5A) {
        const Bytes block(length, content);
        return tape->write({false, static_cast<std::uint32_t>(length), 0}, codec, block).outcome;
    }
    scsi::Outcome read(std::uint32_t length, IncorrectLength rule = IncorrectLength::Tells) {
        return tape->read({false, length, 0}, rule, codec, data).outcome;
    }
    scsi::Outcome read_fixed(std::uint32_t blocks, std::uint32_t block_length) {
        return tape->read({true, blocks, block_length}, IncorrectLength::Tells, codec, data)
            .outcome;
    }
    std::uint64_t object() const { return tape->position().object; }
    void go_to(std::uint64_t at) { tape->locate({0, at}); }
    // Blocks of 100 bytes at 0 1 2, a filemark at 3, blocks at 4 5, filemarks at 6 7.
    void record_two_files() {
        for (int each = 0; each < 3; ++each) write(100);
        tape->write_filemarks(1);
        for (int each = 0; each < 2; ++each) write(100);
        tape->write_filemarks(2);
        go_to(0);
    }

    ListMedium* medium = nullptr;
    std::unique_ptr<Tape> tape;
    PlainCodec codec;
    Bytes data;
};

using Reading = TapeTest;

TEST_F(Reading, GivesBackWhatWasWritten) {
    EXPECT_EQ(write(4, 0x11), good());
    EXPECT_EQ(write(2, 0x22), good());
    go_to(0);
    EXPECT_EQ(read(4), good());
    EXPECT_EQ(data, Bytes(4, 0x11));
    EXPECT_EQ(read(2), good());
    EXPECT_EQ(data, Bytes(2, 0x22));
}

TEST_F(Reading, TellsOfABlockThatIsShorterAndGivesAllOfIt) {
    write(4);
    go_to(0);
    EXPECT_EQ(read(10), check_condition(kIncorrectBlockLength.with_information(6)));
    EXPECT_EQ(data.size(), 4U);
    EXPECT_EQ(object(), 1U);
}

TEST_F(Reading, TellsOfABlockThatIsLongerByANegativeNumberAndPassesIt) {
    write(10);
    go_to(0);
    EXPECT_EQ(read(4), check_condition(kIncorrectBlockLength.with_information(0xFFFFFFFA)));
    EXPECT_EQ(data.size(), 4U);
    EXPECT_EQ(object(), 1U);
}

TEST_F(Reading, SaysNothingOfLengthsWhenTheHostDoesNotMind) {
    write(10);
    write(10);
    go_to(0);
    EXPECT_EQ(read(20, IncorrectLength::Suppresses), good());
    EXPECT_EQ(data.size(), 10U);
    EXPECT_EQ(read(4, IncorrectLength::Suppresses), good());
    EXPECT_EQ(data.size(), 4U);
}

TEST_F(Reading, TellsOfALongBlockAllTheSameWhenThereIsABlockLength) {
    write(10);
    go_to(0);
    const auto report = tape->read({false, 4, 512}, IncorrectLength::Suppresses, codec, data);
    EXPECT_EQ(report.outcome, check_condition(kIncorrectBlockLength.with_information(0xFFFFFFFA)));
}

TEST_F(Reading, PassesAFilemarkAndStopsAtTheEndOfData) {
    write(10);
    tape->write_filemarks(1);
    go_to(1);
    EXPECT_EQ(read(10), check_condition(kFilemarkDetected.with_information(10)));
    EXPECT_TRUE(data.empty());
    EXPECT_EQ(object(), 2U);
    EXPECT_EQ(read(10), check_condition(kEndOfData.with_information(10)));
    EXPECT_EQ(object(), 2U);
}

TEST_F(Reading, GivesTheFixedBlocksBeforeWhatItMeets) {
    for (int each = 0; each < 3; ++each) write(8);
    tape->write_filemarks(1);
    go_to(0);
    EXPECT_EQ(read_fixed(2, 8), good());
    EXPECT_EQ(data.size(), 16U);
    EXPECT_EQ(read_fixed(5, 8), check_condition(kFilemarkDetected.with_information(4)));
    EXPECT_EQ(data.size(), 8U);
    EXPECT_EQ(object(), 4U);
}

TEST_F(Reading, DoesNotCountAFixedBlockOfAnotherLength) {
    write(8);
    write(7);
    write(8);
    go_to(0);
    EXPECT_EQ(read_fixed(3, 8), check_condition(kIncorrectBlockLength.with_information(2)));
    EXPECT_EQ(data.size(), 8U);
    EXPECT_EQ(object(), 2U);
}

TEST_F(Reading, GoesOnBehindADamagedBlock) {
    write(8, 0x01);
    write(8, 0x02);
    medium->damage({0, 0});
    go_to(0);
    EXPECT_EQ(read(8), check_condition(kUnrecoveredReadError.with_information(8)));
    EXPECT_TRUE(data.empty());
    EXPECT_EQ(read(8), good());
    EXPECT_EQ(data, Bytes(8, 0x02));
}

using Writing = TapeTest;

TEST_F(Writing, EndsTheDataWhereItWrote) {
    record_two_files();
    go_to(1);
    EXPECT_EQ(write(50), good());
    EXPECT_EQ(object(), 2U);
    EXPECT_TRUE(tape->is_at_end_of_data());
    EXPECT_EQ(medium->filemark_count(0), 0U);
}

TEST_F(Writing, WarnsBehindTheSizeAndEndsBehindTheZone) {
    EXPECT_EQ(write(999'000), good());
    EXPECT_EQ(write(1'000), good());
    EXPECT_EQ(write(600), check_condition(kEarlyWarning.with_information(0)));
    EXPECT_TRUE(tape->is_in_end_zone());
    EXPECT_EQ(write(600), check_condition(kVolumeOverflow.with_information(600)));
    EXPECT_EQ(object(), 3U);                                                    // not written
    EXPECT_EQ(write(400), check_condition(kEarlyWarning.with_information(0)));  // a smaller fits
    go_to(3);
    EXPECT_EQ(read(400), good());
}

TEST_F(Writing, SaysHowManyFixedBlocksWereLeft) {
    const Bytes blocks(4 * 400'000);
    const auto report = tape->write({true, 4, 400'000}, codec, blocks);
    EXPECT_EQ(report.outcome, check_condition(kVolumeOverflow.with_information(2)));
    EXPECT_EQ(report.passed.host, 800'000U);
}

TEST_F(Writing, WarnsEarlierWhenTheHostWantsIt) {
    tape->set_programmable_zone(500'000);
    EXPECT_EQ(write(400'000), good());
    EXPECT_EQ(write(200'000), check_condition(kProgrammableEarlyWarning.with_information(0)));
    EXPECT_TRUE(tape->is_in_programmable_zone());
    EXPECT_EQ(write(400'001), check_condition(kEarlyWarning.with_information(0)));
}

TEST_F(Writing, LeavesThePositionWhereTheHostsDiskIsFull) {
    write(10);
    medium->fail_with(media::MediumFault{media::MediumFault::Kind::NoSpace, "full"});
    EXPECT_EQ(write(10), check_condition(kWriteError.with_information(10)));
    EXPECT_EQ(object(), 1U);
    medium->fail_with({});
    EXPECT_EQ(write(10), good());
}

TEST_F(Writing, AppendsToWormMediaOnlyBehindDataAndOverTheLastMarks) {
    record_two_files();
    EXPECT_FALSE(tape->is_where_worm_appends());
    for (const std::uint64_t at : {6U, 7U, 8U}) {
        go_to(at);
        EXPECT_TRUE(tape->is_where_worm_appends()) << at;
    }
    go_to(5);
    EXPECT_FALSE(tape->is_where_worm_appends());
}

struct Spaced {
    const char* name;
    std::uint64_t from;
    bool by_filemarks;
    std::int64_t count;
    scsi::Outcome outcome;
    std::uint64_t to;
};
void PrintTo(const Spaced& spaced, std::ostream* out) {
    *out << spaced.name;
}

class Spacing : public TapeTest, public testing::WithParamInterface<Spaced> {};

// scsi-tape sheet 1.10, on two files: blocks 0 1 2, mark 3, blocks 4 5, marks 6 7.
INSTANTIATE_TEST_SUITE_P(
    Table, Spacing,
    testing::Values(
        Spaced{"forward", 0, false, 2, good(), 2}, Spaced{"nowhere", 5, false, 0, good(), 5},
        Spaced{"forward to a mark", 1, false, 5,
               check_condition(kFilemarkDetected.with_information(3)), 4},
        Spaced{"forward to the end of data", 8, false, 2,
               check_condition(kEndOfData.with_information(2)), 8},
        Spaced{"backward", 6, false, -2, good(), 4},
        Spaced{"backward to a mark", 6, false, -4,
               check_condition(kFilemarkDetected.with_information(2)), 3},
        Spaced{"backward to the beginning", 2, false, -3,
               check_condition(kBeginningOfPartition.with_information(1)), 0},
        Spaced{"backward by more than there is a number for", 2, false, INT64_MIN,
               check_condition(kBeginningOfPartition.with_information(0x7FFFFFFFFFFFFFFE)), 0},
        Spaced{"forward a mark", 0, true, 1, good(), 4},
        Spaced{"forward marks in a row", 4, true, 2, good(), 8},
        Spaced{"forward too many marks", 4, true, 3,
               check_condition(kEndOfData.with_information(1)), 8},
        Spaced{"backward a mark", 8, true, -1, good(), 7},
        Spaced{"backward from just behind a mark", 4, true, -1, good(), 3},
        Spaced{"backward two files", 8, true, -3, good(), 3},
        Spaced{"backward too many marks", 5, true, -2,
               check_condition(kBeginningOfPartition.with_information(1)), 0}),
    [](const auto& info) {
        std::string name;
        for (const char c : std::string(info.param.name)) {
            if (c != ' ') name += c;
        }
        return name;
    });

TEST_P(Spacing, GoesWhereTheSheetSays) {
    const Spaced& spaced = GetParam();
    record_two_files();
    go_to(spaced.from);
    const auto report = spaced.by_filemarks ? tape->space_filemarks(spaced.count)
                                            : tape->space_blocks(spaced.count);
    EXPECT_EQ(report.outcome, spaced.outcome);
    EXPECT_EQ(object(), spaced.to);
}

using Locating = TapeTest;

TEST_F(Locating, FindsObjectsFilesAndTheEndOfData) {
    record_two_files();
    EXPECT_EQ(tape->locate({0, 5}).outcome, good());
    EXPECT_EQ(object(), 5U);
    EXPECT_EQ(tape->locate({0, 9}).outcome, check_condition(kEndOfData));
    EXPECT_EQ(object(), 8U);
    EXPECT_EQ(tape->locate({0, UINT64_MAX}).outcome, check_condition(kEndOfData));
    EXPECT_EQ(tape->locate_file(0, 0).outcome, good());
    EXPECT_EQ(object(), 0U);
    EXPECT_EQ(tape->locate_file(0, 1).outcome, good());
    EXPECT_EQ(object(), 4U);
    EXPECT_EQ(tape->locate_file(0, 3).outcome, good());
    EXPECT_EQ(object(), 8U);
    EXPECT_EQ(tape->locate_file(0, 4).outcome, check_condition(kEndOfData));
    EXPECT_EQ(tape->locate_end_of_data(0).outcome, good());
    EXPECT_EQ(object(), 8U);
}

// A tape as simple as can be, asked the same things.
struct ModelTape {
    std::vector<int> objects;  // the length of a block; 0 a filemark
    std::size_t at = 0;

    void put(int object) {
        objects.resize(at);
        objects.push_back(object);
        ++at;
    }
    // How many of `count` were passed; a mark that stops it is passed too.
    std::int64_t blocks(std::int64_t count) {
        std::int64_t passed = 0;
        while (passed < count && at < objects.size()) {
            if (objects[at++] == 0) return passed;
            ++passed;
        }
        while (passed > count && at > 0) {
            if (objects[--at] == 0) return passed;
            --passed;
        }
        return passed;
    }
    std::int64_t marks(std::int64_t count) {
        std::int64_t passed = 0;
        while (passed < count && at < objects.size()) passed += objects[at++] == 0 ? 1 : 0;
        while (passed > count && at > 0) passed -= objects[--at] == 0 ? 1 : 0;
        return passed;
    }
};

class AgainstTheModel : public TapeTest, public testing::WithParamInterface<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, AgainstTheModel, testing::Range<std::uint64_t>(1, 33));

TEST_P(AgainstTheModel, RandomCommandsMeanTheSame) {
    sim::RandomStream random = sim::RandomSource(GetParam()).stream("tape");
    ModelTape model;
    for (int step = 0; step < 2000; ++step) {
        const auto count = static_cast<std::int64_t>(random.below(9)) - 4;
        switch (random.below(8)) {
            case 0:
            case 1: {
                const auto length = static_cast<std::uint32_t>(random.below(20) + 1);
                ASSERT_EQ(write(length), good());
                model.put(static_cast<int>(length));
                break;
            }
            case 2:
                tape->write_filemarks(1);
                model.put(0);
                break;
            case 3: {
                const auto report = tape->space_blocks(count);
                const std::int64_t passed = model.blocks(count);
                ASSERT_EQ(report.outcome.sense.information.value_or(0),
                          static_cast<std::uint64_t>(std::abs(count - passed)));
                break;
            }
            case 4: {
                const auto report = tape->space_filemarks(count);
                const std::int64_t passed = model.marks(count);
                ASSERT_EQ(report.outcome.sense.information.value_or(0),
                          static_cast<std::uint64_t>(std::abs(count - passed)));
                break;
            }
            case 5:
                go_to(model.at = random.below(model.objects.size() + 1));
                break;
            default: {
                const auto outcome = read(20, IncorrectLength::Suppresses);
                const bool is_end = model.at == model.objects.size();
                const int met = is_end ? -1 : model.objects[model.at++];
                ASSERT_EQ(outcome.is_good(), met > 0);
                ASSERT_EQ(data.size(), static_cast<std::size_t>(std::max(met, 0)));
                break;
            }
        }
        ASSERT_EQ(object(), model.at) << "step " << step;
        ASSERT_EQ(medium->end_of_data(0), model.objects.size());
    }
}

}  // namespace
}  // namespace nearline::drives
