// The tape driver before a drive of ours, in process: what programs get from it, call by call.
#include "apps/exec/tape_driver.h"

#include <gtest/gtest.h>
#include <linux/mtio.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "tests/drives/a_drive.h"

namespace nearline::apps {
namespace {

using namespace std::chrono_literals;

using AtClose = TapeDriver::AtClose;
using Waiting = TapeDriver::Waiting;

// The drive's own end of a session, without the session.
class LocalUnit final : public GenericUnit {
public:
    explicit LocalUnit(scsi::TargetDevice& device) : initiator_(device, {"st", "target"}) {}

    void execute(scsi::Request request, std::chrono::milliseconds,
                 std::function<void(initiator::RawResponse)> done) override {
        sent.push_back(request.cdb);
        initiator_.execute(std::move(request), [done = std::move(done)](scsi::Response response) {
            initiator::RawResponse raw;
            raw.response = std::move(response);
            done(std::move(raw));
        });
    }
    void reset(Reset, std::function<void(bool)> done) override { done(false); }

    std::vector<scsi::Bytes> sent;

private:
    scsi::LocalInitiator initiator_;
};

class TapeDriving : public drives::DriveTest {
protected:
    TapeDriving() { power_on(); }

    // Runs until the call is answered.
    template <typename Call>
    TapeResult settled(Call call) {
        std::optional<TapeResult> result;
        call([&](TapeResult came) { result = std::move(came); });
        while (!result && simulation.run_next()) {
        }
        EXPECT_TRUE(result) << "no answer";
        return result.value_or(TapeResult{-ETIMEDOUT});
    }
    std::int64_t open(TapeDriver::Opening opening = {.may_write = true}) {
        return settled([&](auto done) { driver.open(opening, done); }).value;
    }
    std::int64_t close() {
        return settled([&](auto done) { driver.close(done); }).value;
    }
    std::int64_t write(std::size_t length, std::uint8_t content = 0x5A) {
        return settled([&](auto done) { driver.write(scsi::Bytes(length, content), done); }).value;
    }
    TapeResult read(std::uint64_t count) {
        return settled([&](auto done) { driver.read(count, done); });
    }
    std::int64_t operate(int operation, int count = 1) {
        return settled([&](auto done) { driver.operate(operation, count, done); }).value;
    }
    std::int64_t tell() {
        return settled([&](auto done) { driver.position(done); }).value;
    }
    mtget status() {
        const TapeResult result = settled([&](auto done) { driver.status(done); });
        EXPECT_EQ(result.value, 0);
        mtget status{};
        if (result.data.size() == sizeof(status)) {
            std::memcpy(&status, result.data.data(), sizeof(status));
        }
        return status;
    }
    // "file:block" and the names of the bits.
    std::string where() {
        const mtget now = status();
        std::string text = std::to_string(now.mt_fileno) + ":" + std::to_string(now.mt_blkno);
        if (GMT_BOT(now.mt_gstat) != 0) text += " BOT";
        if (GMT_EOF(now.mt_gstat) != 0) text += " EOF";
        if (GMT_EOT(now.mt_gstat) != 0) text += " EOT";
        if (GMT_EOD(now.mt_gstat) != 0) text += " EOD";
        return text;
    }
    void reopen(TapeDriver::Opening opening = {.may_write = true}) {
        EXPECT_EQ(close(), 0);
        EXPECT_EQ(open(opening), 0);
    }
    // Files of blocks with these lengths, and the tape rewound.
    void record(std::initializer_list<std::initializer_list<std::size_t>> files) {
        for (const auto& file : files) {
            for (const std::size_t length : file) {
                EXPECT_EQ(write(length), static_cast<std::int64_t>(length));
            }
            EXPECT_EQ(operate(MTWEOF), 0);
        }
        EXPECT_EQ(operate(MTREW), 0);
    }

    LocalUnit unit{device};
    // Time passes for the drive while the driver waits.
    TapeDriver driver{unit, [this](auto time, auto action) {
                          pass(std::chrono::duration_cast<sim::Duration>(time));
                          action();
                      }};
};

class LoadedTape : public TapeDriving {
protected:
    LoadedTape() {
        load();
        EXPECT_EQ(open(), 0);
    }
};

// --- Open.

TEST_F(TapeDriving, WithoutATapeOnlyLooking) {
    EXPECT_EQ(open(), -ENOMEDIUM);
    EXPECT_EQ(open({.waiting = Waiting::Refused}), 0);
    EXPECT_NE(GMT_DR_OPEN(status().mt_gstat), 0);
    EXPECT_EQ(status().mt_fileno, -1);
    EXPECT_EQ(read(10).value, -ENOMEDIUM);
    EXPECT_EQ(operate(MTREW), -ENOMEDIUM);
}

TEST_F(TapeDriving, WaitsForATapeThatIsBeingLoaded) {
    insert(drives::a_cartridge());
    EXPECT_EQ(open(), 0);
    EXPECT_EQ(where(), "0:0 BOT");
    const mtget now = status();
    EXPECT_EQ(now.mt_type, MT_ISSCSI2);
    EXPECT_EQ(now.mt_dsreg, 0x60000000) << "LTO-9, blocks of any length";
    EXPECT_NE(GMT_ONLINE(now.mt_gstat), 0);
}

TEST_F(TapeDriving, DoesNotTakeTheMiddleOfATapeForItsBeginning) {
    load();
    EXPECT_EQ(open(), 0);
    EXPECT_EQ(write(10), 10);
    EXPECT_EQ(close(), 0);
    LocalUnit next{device};
    TapeDriver another{next, [](auto, auto action) { action(); }};
    EXPECT_EQ(settled([&](auto done) { another.open({}, done); }).value, 0);
    const TapeResult result = settled([&](auto done) { another.status(done); });
    mtget now{};
    ASSERT_EQ(result.data.size(), sizeof(now));
    std::memcpy(&now, result.data.data(), sizeof(now));
    EXPECT_EQ(now.mt_fileno, -1);
    EXPECT_EQ(GMT_BOT(now.mt_gstat), 0);
}

TEST_F(TapeDriving, DoesNotWaitWhenAskedNotTo) {
    insert(drives::a_cartridge());
    EXPECT_EQ(open({.waiting = Waiting::Refused}), 0);
    EXPECT_EQ(GMT_ONLINE(status().mt_gstat), 0);
    EXPECT_EQ(read(10).value, -EIO);
}

TEST_F(TapeDriving, RefusesToWriteOnAProtectedTape) {
    media::CartridgeDescription description = drives::a_cartridge().description();
    description.is_write_protected = true;
    load(media::Cartridge(description));
    EXPECT_EQ(open({.may_write = true}), -EROFS);
    EXPECT_EQ(open({.may_write = false}), 0);
    EXPECT_NE(GMT_WR_PROT(status().mt_gstat), 0);
    EXPECT_EQ(operate(MTWEOF), -EACCES);
}

TEST_F(LoadedTape, HasOneUserAtATime) {
    EXPECT_EQ(open({.waiting = Waiting::Refused}), -EBUSY);
    EXPECT_EQ(close(), 0);
    EXPECT_EQ(open(), 0);
}

TEST_F(LoadedTape, WhatWasOpenedToReadIsNotWritten) {
    reopen({.may_write = false});
    EXPECT_EQ(write(10), -EACCES);
    EXPECT_EQ(operate(MTWEOF), -EACCES);
    EXPECT_EQ(operate(MTERASE), -EACCES);
    EXPECT_EQ(operate(MTREW), 0);
}

// --- Reading and writing.

TEST_F(LoadedTape, ClosingEndsTheFile) {
    EXPECT_EQ(write(1000, 1), 1000);
    EXPECT_EQ(where(), "0:1");
    reopen();
    EXPECT_EQ(where(), "1:0 EOF");
    EXPECT_EQ(tell(), 2);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(read(4096).data, scsi::Bytes(1000, 1));
    EXPECT_EQ(where(), "0:1");
    EXPECT_EQ(read(4096).value, 0);
    EXPECT_EQ(where(), "1:0 EOF");
}

TEST_F(LoadedTape, TheRewindingNodeRewinds) {
    reopen({.may_write = true, .at_close = AtClose::Rewind});
    EXPECT_EQ(write(1000), 1000);
    reopen();
    EXPECT_EQ(where(), "0:0 BOT");
    EXPECT_EQ(tell(), 0);
    EXPECT_EQ(read(1000).value, 1000);
}

TEST_F(LoadedTape, NothingIsReadOnceAtTheEndOfTheDataThenAnError) {
    record({{100}});
    EXPECT_EQ(read(100).value, 100);
    EXPECT_EQ(read(100).value, 0) << "the filemark";
    EXPECT_EQ(read(100).value, 0) << "the end of the data";
    EXPECT_EQ(where(), "-1:-1 EOD");
    EXPECT_EQ(read(100).value, -EIO);
    EXPECT_EQ(read(100).value, -EIO);
}

TEST_F(LoadedTape, AnEmptyTapeIsAnErrorToRead) {
    EXPECT_EQ(read(100).value, -EIO);
}

TEST_F(LoadedTape, ABlockThatIsLongerThanAskedForIsLost) {
    record({{3000, 20}});
    EXPECT_EQ(read(1000).value, -ENOMEM);
    EXPECT_EQ(where(), "0:1");
    EXPECT_EQ(read(1000).value, 20);
}

TEST_F(LoadedTape, ABlockBeyondTheDrivesLimitsIsRefusedUnsent) {
    const std::size_t limit = drives::plain_profile().maximum_block_length;
    EXPECT_EQ(write(limit), static_cast<std::int64_t>(limit));
    unit.sent.clear();
    EXPECT_EQ(write(limit + 1), -EINVAL);
    EXPECT_EQ(read(limit + 1).value, -EINVAL);
    EXPECT_TRUE(unit.sent.empty());
    EXPECT_EQ(write(0), 0);
}

TEST_F(LoadedTape, FixedBlocksAreReadInPieces) {
    EXPECT_EQ(operate(MTSETBLK, 512), 0);
    EXPECT_EQ(status().mt_dsreg, 0x60000200);
    EXPECT_EQ(write(1000), -EINVAL) << "no multiple";
    EXPECT_EQ(write(2048), 2048);
    EXPECT_EQ(where(), "0:4");
    EXPECT_EQ(operate(MTWEOF), 0);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(read(100).value, 100);
    EXPECT_EQ(read(412).value, 412);
    EXPECT_EQ(where(), "0:1");
    EXPECT_EQ(read(10'000).value, 1536) << "up to the filemark";
    EXPECT_EQ(read(512).value, 0);
    EXPECT_EQ(where(), "1:0 EOF");
}

TEST_F(LoadedTape, AFilemarkNobodyWasToldOfIsGoneBackBefore) {
    EXPECT_EQ(operate(MTSETBLK, 512), 0);
    EXPECT_EQ(write(1024), 1024);
    EXPECT_EQ(operate(MTWEOF), 0);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(read(4096).value, 1024);
    reopen();
    EXPECT_EQ(tell(), 2) << "before the mark";
    EXPECT_EQ(read(512).value, 0);
    EXPECT_EQ(where(), "1:0 EOF");
}

TEST_F(LoadedTape, AFixedBlockOfAnotherLengthIsGoneBackBefore) {
    record({{512, 512, 700}});
    EXPECT_EQ(operate(MTSETBLK, 512), 0);
    EXPECT_EQ(read(2048).value, 1024);
    EXPECT_EQ(where(), "0:2");
    EXPECT_EQ(read(512).value, -EIO);
    EXPECT_EQ(operate(MTSETBLK, 0), 0);
    EXPECT_EQ(read(1000).value, 700);
}

TEST_F(LoadedTape, WritingAfterReadingReplacesWhatFollows) {
    record({{100, 200, 300}});
    EXPECT_EQ(read(100).value, 100);
    EXPECT_EQ(write(50), 50);
    EXPECT_EQ(where(), "0:2");
    EXPECT_EQ(operate(MTREW), 0) << "ends the file first";
    EXPECT_EQ(read(1000).value, 100);
    EXPECT_EQ(read(1000).value, 50);
    EXPECT_EQ(read(1000).value, 0);
    EXPECT_EQ(read(1000).value, 0);
    EXPECT_EQ(read(1000).value, -EIO);
}

// --- Operations.

TEST_F(LoadedTape, SpacesOverFilesAndCountsThem) {
    record({{10, 20}, {30}, {40, 50}});
    EXPECT_EQ(operate(MTFSF, 2), 0);
    EXPECT_EQ(where(), "2:0 EOF");
    EXPECT_EQ(read(100).value, 40);
    EXPECT_EQ(operate(MTBSF, 1), 0);
    EXPECT_EQ(where(), "1:-1");
    EXPECT_EQ(tell(), 4) << "before the mark that ends the second file";
    EXPECT_EQ(operate(MTFSFM, 1), 0);
    EXPECT_EQ(tell(), 4);
    EXPECT_EQ(operate(MTFSF, 1), 0);
    EXPECT_EQ(operate(MTBSFM, 2), 0);
    EXPECT_EQ(where(), "1:0 EOF");
    EXPECT_EQ(read(100).value, 30);
}

TEST_F(LoadedTape, SpacesOverBlocksAndStopsAtAMark) {
    record({{10, 20, 30}, {40}});
    EXPECT_EQ(operate(MTFSR, 2), 0);
    EXPECT_EQ(where(), "0:2");
    EXPECT_EQ(operate(MTBSR, 1), 0);
    EXPECT_EQ(where(), "0:1");
    EXPECT_EQ(operate(MTFSR, 5), -EIO);
    EXPECT_EQ(where(), "1:0 EOF");
    EXPECT_EQ(operate(MTBSR, 3), -EIO);
    EXPECT_EQ(where(), "0:-1");
    EXPECT_EQ(operate(MTBSR, 9), -EIO) << "the beginning";
    EXPECT_EQ(tell(), 0);
    EXPECT_EQ(where(), "0:0 BOT");
}

TEST_F(LoadedTape, SpacingTooFarTellsWhereItEnded) {
    record({{10}, {20}});
    EXPECT_EQ(operate(MTFSF, 5), -EIO);
    EXPECT_EQ(where(), "2:-1 EOD");
    EXPECT_EQ(operate(MTBSF, 7), -EIO);
    EXPECT_EQ(where(), "0:0 BOT");
}

TEST_F(LoadedTape, FindsTheEndAndAppends) {
    record({{10}, {20}});
    EXPECT_EQ(operate(MTEOM), 0);
    EXPECT_EQ(where(), "2:-1 EOD");
    EXPECT_EQ(write(30), 30);
    EXPECT_EQ(close(), 0);
    EXPECT_EQ(open(), 0);
    EXPECT_EQ(where(), "3:0 EOF");
    EXPECT_EQ(operate(MTSETDRVBUFFER, MT_ST_SETBOOLEANS | MT_ST_FAST_MTEOM), 0);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(operate(MTEOM), 0);
    EXPECT_EQ(where(), "-1:-1 EOD");
    EXPECT_EQ(tell(), 6);
}

TEST_F(LoadedTape, SeeksAndTells) {
    record({{10, 20}, {30}});
    EXPECT_EQ(operate(MTSEEK, 3), 0);
    EXPECT_EQ(tell(), 3);
    EXPECT_EQ(status().mt_fileno, -1);
    EXPECT_EQ(read(100).value, 30);
    EXPECT_EQ(operate(MTSEEK, 0), 0);
    EXPECT_EQ(where(), "0:0 BOT");
    EXPECT_EQ(operate(MTSEEK, 99), -EIO);
    const scsi::Bytes locate = unit.sent.back();
    EXPECT_EQ(locate, (scsi::Bytes{0x2B, 0x04, 0, 0, 0, 0, 99, 0, 0, 0})) << "BT is set";
    EXPECT_EQ(operate(MTSETDRVBUFFER, MT_ST_SETBOOLEANS | MT_ST_SCSI2LOGICAL), 0);
    EXPECT_EQ(operate(MTSEEK, 1), 0);
    EXPECT_EQ(unit.sent.back().at(1), 0);
}

TEST_F(LoadedTape, MarksAreCounted) {
    EXPECT_EQ(operate(MTWEOF, 3), 0);
    EXPECT_EQ(where(), "3:0 EOF");
    EXPECT_EQ(operate(MTWEOFI, 1), 0);
    EXPECT_EQ(tell(), 4);
    reopen();
    EXPECT_EQ(tell(), 4) << "the file was ended by hand";
    EXPECT_EQ(operate(MTSETDRVBUFFER, MT_ST_SETBOOLEANS | MT_ST_TWO_FM), 0);
    EXPECT_EQ(write(10), 10);
    reopen();
    EXPECT_EQ(tell(), 6) << "between the two marks";
}

TEST_F(LoadedTape, ErasesFromHereOn) {
    record({{10}, {20}});
    EXPECT_EQ(operate(MTFSF, 1), 0);
    EXPECT_EQ(operate(MTERASE, 0), 0);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(operate(MTEOM), 0);
    EXPECT_EQ(tell(), 2);
}

TEST_F(LoadedTape, KnowsNoSetmarksAndNoSelfTests) {
    EXPECT_EQ(operate(MTFSS), -EIO);
    EXPECT_EQ(operate(MTBSS), -EIO);
    EXPECT_EQ(operate(MTWSM), -EIO);
    for (const int operation : {MTRESET, MTRAS1, MTRAS2, MTRAS3, 99}) {
        EXPECT_EQ(operate(operation), -ENOSYS) << operation;
    }
    EXPECT_EQ(operate(MTNOP), 0);
    EXPECT_EQ(operate(MTRETEN), 0);
}

TEST_F(LoadedTape, SetsTheDrive) {
    EXPECT_EQ(operate(MTSETBLK, 9'000'000), -EINVAL);
    EXPECT_EQ(operate(MTSETDENSITY, 0x60), 0);
    EXPECT_EQ(operate(MTSETDENSITY, 0x11), -EIO);
    EXPECT_EQ(operate(MTSETDRVBUFFER, 1), 0);
    EXPECT_EQ(operate(MTSETPART, 0), -EINVAL) << "not unless it is allowed";
    EXPECT_EQ(operate(MTMKPART, 100), -EINVAL);
}

TEST_F(LoadedTape, DefaultsComeWithTheNextTape) {
    EXPECT_EQ(operate(MTSETDRVBUFFER, static_cast<int>(MT_ST_DEF_BLKSIZE | 2048)), 0);
    EXPECT_EQ(write(2048), 2048) << "at the beginning the default is set";
    EXPECT_EQ(status().mt_dsreg & MT_ST_BLKSIZE_MASK, 2048);
    EXPECT_EQ(operate(MTSETDRVBUFFER, static_cast<int>(MT_ST_DEF_BLKSIZE | 0x0FFFFFFF)), 0);
    EXPECT_EQ(operate(MTSETDRVBUFFER, static_cast<int>(MT_ST_SET_CLN | 5)), -EINVAL);
}

TEST_F(LoadedTape, GivesTheTapeBackAndTakesItAgain) {
    record({{10}});
    EXPECT_EQ(operate(MTLOCK), 0);
    EXPECT_EQ(operate(MTUNLOAD), -EIO) << "the door is locked";
    EXPECT_EQ(operate(MTOFFL), 0) << "unlocks it";
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_EQ(read(10).value, -ENOMEDIUM);
    EXPECT_EQ(operate(MTLOAD), 0);
    EXPECT_EQ(where(), "0:0 BOT");
    EXPECT_EQ(read(10).value, 10);
}

// --- The end of the tape, and of certainty.

TEST_F(TapeDriving, BehindTheEarlyWarningEveryOtherWriteIsRefused) {
    recorded = media::ListMedium(60'000'000);
    load();
    EXPECT_EQ(open(), 0);
    std::int64_t total = 0;
    std::int64_t written = 1'000'000;
    while (written > 0 && total < 100'000'000) {
        written = write(1'000'000);
        total += written > 0 ? written : 0;
    }
    EXPECT_EQ(written, -ENOSPC);
    EXPECT_NE(GMT_EOT(status().mt_gstat), 0);
    EXPECT_EQ(write(500), 500) << "a label has room";
    EXPECT_EQ(write(500), -ENOSPC);
    EXPECT_EQ(operate(MTWEOF), 0) << "and so has a mark";
    EXPECT_EQ(operate(MTBSF), 0);
    EXPECT_EQ(operate(MTBSR), 0);
    EXPECT_EQ(read(1'000'000).value, 500);
}

TEST_F(LoadedTape, AfterAResetNothingIsDoneUntilThePositionIsFound) {
    record({{10}});
    device.manage(scsi::TaskManagementFunction::LogicalUnitReset, scsi::NexusId{}, scsi::Lun{});
    EXPECT_EQ(read(10).value, -EIO) << "the unit attention";
    EXPECT_EQ(read(10).value, -EIO);
    EXPECT_EQ(operate(MTFSF), -EIO);
    EXPECT_EQ(operate(MTREW), 0);
    EXPECT_EQ(read(10).value, 10);
}

TEST_F(LoadedTape, CallsWaitForTheirTurn) {
    std::vector<std::int64_t> results;
    const auto note = [&](const TapeResult& result) { results.push_back(result.value); };
    driver.write(scsi::Bytes(10), note);
    driver.operate(MTREW, 1, note);
    driver.read(10, note);
    driver.close(note);
    driver.open({}, note);
    while (results.size() < 5 && simulation.run_next()) {
    }
    EXPECT_EQ(results, (std::vector<std::int64_t>{10, 0, 10, 0, 0}));
}

}  // namespace
}  // namespace nearline::apps
