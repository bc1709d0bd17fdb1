// Commands that use the tape, as hosts send them: sense, time, and who waits for whom.
#include <gtest/gtest.h>

#include "drives/tape_sense.h"
#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using base::Bytes;
using scsi::check_condition;
using scsi::good;

class OnTape : public DriveTest {
protected:
    OnTape() {
        power_on();
        load();
    }
    std::shared_ptr<Answer> write(std::size_t length, std::uint8_t content = 0x5A) {
        Write6 command;
        command.transfer_length = static_cast<std::uint32_t>(length);
        return host.send(command, Bytes(length, content));
    }
    std::shared_ptr<Answer> read(std::uint32_t length, Host& reader) {
        Read6 command;
        command.transfer_length = length;
        return reader.send(command);
    }
    std::shared_ptr<Answer> read(std::uint32_t length) { return read(length, host); }
    std::shared_ptr<Answer> write_filemarks(std::uint32_t count, bool immed = false) {
        WriteFilemarks6 command;
        command.count = count;
        command.immed = immed;
        return host.send(command);
    }
    ShortPosition position() {
        const auto answer = settled(host.send(ReadPosition{}));
        return scsi::decode_fields<ShortPosition>(answer.data);
    }
    // Runs until it has come.
    Answer settled(const std::shared_ptr<Answer>& answer) {
        while (!answer->has_come && simulation.run_next()) {
        }
        EXPECT_TRUE(answer->has_come);
        return *answer;
    }
};

TEST_F(OnTape, DataComesBackAfterARewind) {
    EXPECT_EQ(settled(write(1000, 0x42)).outcome, good());
    EXPECT_EQ(settled(write_filemarks(1)).outcome, good());
    EXPECT_EQ(settled(host.send(Rewind{})).outcome, good());
    const Answer answer = settled(read(1000));
    EXPECT_EQ(answer.outcome, good());
    EXPECT_EQ(answer.data, Bytes(1000, 0x42));
    EXPECT_EQ(settled(read(1000)).outcome,
              check_condition(kFilemarkDetected.with_information(1000)));
    EXPECT_EQ(settled(read(1000)).outcome, check_condition(kEndOfData.with_information(1000)));
}

TEST_F(OnTape, DataOutlivesAnUnloadAndALoad) {
    settled(write(10, 0x33));
    settled(host.send(LoadUnload{}));
    EXPECT_EQ(drive.state(), "unloaded");
    settled(host.send(LoadUnload{.load = true}));
    host.clear_attentions();
    EXPECT_EQ(settled(read(10)).data, Bytes(10, 0x33));
}

TEST_F(OnTape, GoodMeansInTheBufferUntilAFilemarkWithoutImmed) {
    EXPECT_EQ(settled(write(1'000'000)).outcome, good());
    EXPECT_EQ(drive.state(), "writing");
    ShortPosition now = position();
    EXPECT_EQ(now.first_object, 1U);
    EXPECT_EQ(now.last_object, 0U);
    EXPECT_EQ(now.buffered_objects, 1U);
    const sim::Time before = simulation.now();
    EXPECT_EQ(settled(write_filemarks(0)).outcome, good());
    EXPECT_GE(simulation.now() - before, 500ms);  // it has to get going first
    now = position();
    EXPECT_EQ(now.last_object, 1U);
    EXPECT_EQ(now.buffered_objects, 0U);
}

TEST_F(OnTape, AWriteTakesAsLongAsTheTapeOnceTheBufferIsFull) {
    const sim::Time before = simulation.now();
    for (int each = 0; each < 400; ++each) settled(write(8'000));
    // 3.2 MB, of which 1 MB is in the buffer, at 300 kB/s.
    EXPECT_NEAR(static_cast<double>((simulation.now() - before).count()) / 1e9, 2.2e6 / 300e3, 0.7);
}

TEST_F(OnTape, WhatUsesTheTapeWaitsForItsTurnAndTheRestDoesNot) {
    for (int each = 0; each < 3; ++each) settled(write(8'000'000));
    settled(write_filemarks(1));
    settled(host.send(Locate10{.object = 0}));
    const auto space = host.send(Space6{.code = 3});
    const auto after = read(1000, other);
    EXPECT_FALSE(space->has_come);
    EXPECT_EQ(drive.state(), "spacing");
    EXPECT_EQ(other.test_unit_ready(), good());
    EXPECT_TRUE(host.send(scsi::Inquiry{.allocation_length = 36})->has_come);
    EXPECT_FALSE(after->has_come);
    EXPECT_EQ(settled(after).outcome, check_condition(kEndOfData.with_information(1000)));
    EXPECT_TRUE(space->has_come);
}

TEST_F(OnTape, AnImmediateMotionIsTheNextCommandsProblem) {
    settled(write(1000));
    EXPECT_EQ(host.at_once(Rewind{.immed = true}), good());
    EXPECT_EQ(drive.state(), "rewinding");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kOperationInProgress));
    EXPECT_EQ(read(1000)->outcome, check_condition(scsi::kOperationInProgress));
    const auto asked = host.send(scsi::RequestSense{.allocation_length = 18});
    EXPECT_TRUE(scsi::decode_sense(asked->data)->is(kRewindInProgress));
    pass(10s);
    EXPECT_EQ(host.test_unit_ready(), good());
    EXPECT_EQ(settled(read(1000)).outcome, good());
}

TEST_F(OnTape, WhatAnImmediateLocateMeetsIsToldLater) {
    settled(write(1000));
    EXPECT_EQ(host.at_once(Locate16{.immed = true, .identifier = 77}), good());
    pass(10s);
    scsi::Sense deferred = kEndOfData;
    deferred.is_deferred = true;
    EXPECT_EQ(settled(read(1000)).outcome, check_condition(deferred));
    EXPECT_EQ(settled(read(1000)).outcome, check_condition(kEndOfData.with_information(1000)));
}

TEST_F(OnTape, ATapeThatIsMovingGoesOutWhenItRests) {
    settled(write(1000));
    const auto rewind = host.send(Rewind{});
    drive.press_eject();
    EXPECT_EQ(drive.state(), "rewinding");
    EXPECT_EQ(settled(rewind).outcome, good());
    EXPECT_EQ(drive.state(), "unloading");
    pass(60s);
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(OnTape, WhatWasInTheBufferIsLostWithThePower) {
    settled(write(1000));
    settled(write_filemarks(1));
    settled(write(2000));
    drive.power_off();
    EXPECT_EQ(recorded.end_of_data(0), 2U);
    drive.power_on();
    pass(45s);
    EXPECT_EQ(drive.state(), "ready");
}

TEST_F(OnTape, AFailureToCloseIsTheUnloadsFailure) {
    settled(write(1000));
    recorded.fail_with(media::MediumFault{media::MediumFault::Kind::NoSpace, "full"});
    EXPECT_EQ(settled(host.send(LoadUnload{})).outcome.sense.key, scsi::SenseKey::NotReady);
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(OnTape, PositionTellsThePartitionTheFileAndTheMarks) {
    settled(write(1000));
    settled(write_filemarks(2));
    settled(write(1000));
    const auto answer = settled(host.send(ReadPosition{.form = 6}));
    const auto at = scsi::decode_fields<LongPosition>(answer.data);
    EXPECT_FALSE(at.bop);
    EXPECT_EQ(at.object, 4U);
    EXPECT_EQ(at.file, 2U);
    settled(host.send(Rewind{}));
    EXPECT_TRUE(position().bop);
}

// scsi-tape sheet 1.12: byte for byte, at the beginning of a tape.
TEST_F(OnTape, ReadPositionIsLaidOutAsTheStandardSays) {
    EXPECT_EQ(settled(host.send(ReadPosition{})).data,
              (Bytes{0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    Bytes long_form(32);
    long_form[0] = 0x80;
    EXPECT_EQ(settled(host.send(ReadPosition{.form = 6})).data, long_form);
    Bytes extended(32);
    extended[0] = 0x80;
    extended[3] = 0x1C;
    EXPECT_EQ(settled(host.send(ReadPosition{.form = 8, .allocation_length = 32})).data, extended);
}

TEST_F(OnTape, FixedBlocksNeedALengthAndTakeIt) {
    Write6 command{.fixed = true, .transfer_length = 2};
    EXPECT_EQ(host.send(command, Bytes(20))->outcome, check_condition(scsi::kInvalidFieldInCdb));
    scsi::ModeSelect6 select{.pf = true, .parameter_list_length = 12};
    const Bytes list{0, 0, 0x10, 8, 0, 0, 0, 0, 0, 0, 0, 10};
    EXPECT_EQ(host.send(select, list)->outcome, good());
    EXPECT_EQ(settled(host.send(command, Bytes(20, 0x77))).outcome, good());
    EXPECT_EQ(recorded.end_of_data(0), 2U);
    for (const std::size_t other : {0, 10, 30}) {
        EXPECT_EQ(settled(host.send(command, Bytes(other))).outcome,
                  check_condition(scsi::kIncorrectAmountOfData));
    }
    EXPECT_EQ(recorded.end_of_data(0), 2U);
    settled(host.send(Rewind{}));
    const Answer answer = settled(host.send(Read6{.fixed = true, .transfer_length = 3}));
    EXPECT_EQ(answer.data, Bytes(20, 0x77));
    EXPECT_EQ(answer.outcome, check_condition(kEndOfData.with_information(1)));
}

template <typename Command>
Bytes cdb(const Command& command) {
    return scsi::encode_cdb(command);
}

struct Refused {
    const char* name;
    Bytes cdb;
    Sense sense;
};
void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.name;
}
class Refusals : public OnTape, public testing::WithParamInterface<Refused> {};
INSTANTIATE_TEST_SUITE_P(
    Table, Refusals,
    testing::Values(
        Refused{"SiliWithFixed", cdb(Read6{.sili = true, .fixed = true, .transfer_length = 1}),
                scsi::kInvalidFieldInCdb},
        Refused{"FixedWithoutALength", cdb(Read6{.fixed = true, .transfer_length = 1}),
                scsi::kInvalidFieldInCdb},
        Refused{"ABlockThatIsTooLong", cdb(Write6{.transfer_length = 0x800001}),
                scsi::kInvalidFieldInCdb},
        Refused{"Setmarks", cdb(WriteFilemarks6{.wsmk = true, .count = 1}),
                scsi::kInvalidFieldInCdb},
        Refused{"SpacingSetmarks", cdb(Space6{.code = 4, .count = 1}), scsi::kInvalidFieldInCdb},
        Refused{"SequentialFilemarks", cdb(Space16{.code = 2, .count = 1}),
                scsi::kInvalidFieldInCdb},
        Refused{"APartitionThatIsNotThere", cdb(Locate10{.cp = true, .partition = 1}),
                scsi::kInvalidFieldInCdb},
        Refused{"ExplicitAddresses", cdb(Locate16{.bam = true}), scsi::kInvalidFieldInCdb},
        Refused{"AReservedDestination", cdb(Locate16{.destination = 2}), scsi::kInvalidFieldInCdb},
        Refused{"AShortPositionWithALength", cdb(ReadPosition{.allocation_length = 20}),
                scsi::kInvalidFieldInCdb},
        Refused{"AnotherPosition", cdb(ReadPosition{.form = 7}), scsi::kInvalidFieldInCdb},
        Refused{"ComparingBytes", cdb(Verify6{.bytcmp = true, .verification_length = 1}),
                scsi::kInvalidFieldInCdb}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_P(Refusals, AreWhatTheSheetSays) {
    EXPECT_EQ(settled(host.send(GetParam().cdb)).outcome, check_condition(GetParam().sense));
}

using Protection = DriveTest;

TEST_F(Protection, KeepsWhatIsOnTheTape) {
    power_on();
    media::CartridgeDescription description;
    description.label = "ABC001L9";
    description.generation = Generation::Lto9;
    description.is_write_protected = true;
    load(media::Cartridge(description));
    const Write6 command{.transfer_length = 10};
    EXPECT_EQ(host.send(command, Bytes(10))->outcome, check_condition(kWriteProtected));
    EXPECT_EQ(host.at_once(WriteFilemarks6{.count = 1}), check_condition(kWriteProtected));
    EXPECT_EQ(host.at_once(Erase6{}), check_condition(kWriteProtected));
    EXPECT_EQ(host.at_once(WriteFilemarks6{}), good());  // flushes nothing
}

TEST_F(Protection, ReadsAnOlderGenerationAndDoesNotWriteIt) {
    power_on();
    load(a_cartridge(Generation::Lto8));
    EXPECT_EQ(host.send(Write6{.transfer_length = 10}, Bytes(10))->outcome,
              check_condition(kCannotWriteFormat));
    EXPECT_EQ(host.send(Read6{.transfer_length = 10})->outcome.sense.key,
              scsi::SenseKey::BlankCheck);
}

TEST_F(Protection, WritesWormMediaOnce) {
    power_on();
    load(a_cartridge(Generation::Lto9, CartridgeType::Worm));
    const Write6 command{.transfer_length = 10};
    const auto first = host.send(command, Bytes(10));
    pass(10s);
    EXPECT_EQ(first->outcome, good());
    const auto rewind = host.send(Rewind{});
    pass(10s);
    EXPECT_EQ(host.send(command, Bytes(10))->outcome, check_condition(kWormOverwriteAttempted));
}

}  // namespace
}  // namespace nearline::drives
