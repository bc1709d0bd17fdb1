#include "scsi/logical_unit.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr auto kTestUnitReady = "00 00 00 00 00 00";
constexpr auto kReserve = "16 00 00 00 00 00";
constexpr auto kRelease = "17 00 00 00 00 00";
constexpr auto kDawdle = "C0 00 00 00 00 00 00 00 00 00";
constexpr auto kConflict = "RESERVATION CONFLICT";
constexpr auto kResetOccurred = "CHECK CONDITION 6/29/03 BUS DEVICE RESET FUNCTION OCCURRED";
constexpr auto kModesChanged = "CHECK CONDITION 6/2A/01 MODE PARAMETERS CHANGED";

class World : public testing::Test {
protected:
    explicit World(UnitProfile given = {.device_type = kMediumChanger})
        : profile(std::move(given)) {
        device.add(simple_lun(0), unit);
        host.settle();
        other.settle();
    }

    UnitProfile profile;
    TestUnit unit{profile};
    TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
};

class Gates : public World {};

TEST_F(Gates, RefusesAnUnknownOperationCode) {
    EXPECT_EQ(host.ask("FF 00 00 00 00 00"),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
}

TEST_F(Gates, RefusesAnOperationCodeTheModelLacks) {
    profile.unsupported = {TestUnitReady::opcode, ReportSupportedOperationCodes::opcode};
    TestUnit lacking(profile);
    device.add(simple_lun(1), lacking);
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(1)),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
    EXPECT_EQ(host.ask("A3 0C 00 00 00 00 00 00 00 FF 00 00", "", simple_lun(1)),
              "CHECK CONDITION 5/20/00 INVALID COMMAND OPERATION CODE, CDB byte 0");
    device.remove(simple_lun(1));
}

TEST_F(Gates, RefusesAnUnknownServiceActionOfAKnownOperationCode) {
    EXPECT_EQ(host.ask("A3 1F 00 00 00 00 00 00 00 FF 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
}

TEST_F(Gates, PointsAtTheFirstReservedBit) {
    EXPECT_EQ(host.ask("00 00 10 00 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 4");
    EXPECT_EQ(host.ask("1A 08 1D 00 FF 20"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 5 bit 5");
    EXPECT_EQ(host.ask("12 02 00 00 FF 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 1")
        << "CMDDT went with SPC-3";
    EXPECT_EQ(hex(encode_sense(host.response.sense, SenseFormat::Fixed)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 24 00 00 C9 00 01");
}

TEST_F(Gates, RefusesNacaButNotTheVendorsControlBits) {
    EXPECT_EQ(host.ask("00 00 00 00 00 04"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 5 bit 2");
    EXPECT_EQ(host.ask("00 00 00 00 00 C0"), "GOOD");
}

TEST_F(Gates, RefusesACdbShorterThanItsCommand) {
    EXPECT_EQ(host.ask("5A 08 1D 00 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 6");
}

TEST_F(Gates, ToleratesBytesBehindTheCdbThatIscsiPads) {
    EXPECT_EQ(host.ask("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask("00 00 00 00 00 00 FF"), "GOOD");
}

// SCSI-2 had the LUN in bits 7 to 5 of byte 1; old hosts still put it there.
TEST_F(Gates, ToleratesTheUnitsOwnLunInByteOne) {
    TestUnit third(profile);
    device.add(simple_lun(3), third);
    host.ask(kTestUnitReady, "", simple_lun(3));
    EXPECT_EQ(host.ask("00 60 00 00 00 00", "", simple_lun(3)), "GOOD");
    EXPECT_EQ(host.ask("00 40 00 00 00 00", "", simple_lun(3)),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 6");
    EXPECT_EQ(host.ask("1D 60 00 00 00 00", "", simple_lun(3)),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 7")
        << "SEND DIAGNOSTIC has a field of its own there";
    device.remove(simple_lun(3));
}

TEST_F(Gates, AsksForReadinessLast) {
    unit.reason_not_ready = kBecomingReady.with_progress(0x4000);
    EXPECT_EQ(host.ask(kTestUnitReady),
              "CHECK CONDITION 2/04/01 LOGICAL UNIT IS IN PROCESS OF BECOMING READY");
    EXPECT_EQ(host.response.sense.progress, 0x4000);
    EXPECT_EQ(host.ask("12 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.ask("4D 00 40 00 00 00 00 00 FF 00"), "GOOD");
}

// Everything is wrong with this command; what is wrong first is told first.
TEST_F(Gates, ChecksInItsOrder) {
    unit.reason_not_ready = kDoorOpen;
    other.ask(kReserve);
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    EXPECT_EQ(host.ask("A3 1F FF 00 00 00 00 00 00 00 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    EXPECT_EQ(host.ask("00 00 00 00 00 01"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 5 bit 0");
    EXPECT_EQ(host.ask(kTestUnitReady), kModesChanged);
    EXPECT_EQ(host.ask(kTestUnitReady), kConflict);
    EXPECT_EQ(other.ask(kTestUnitReady), kModesChanged);
    EXPECT_EQ(other.ask(kTestUnitReady),
              "CHECK CONDITION 2/04/18 LOGICAL UNIT NOT READY, A DOOR IS OPEN");
}

class PlainGate : public World {
protected:
    PlainGate() : World({.has_field_pointers = false}) {}
};

TEST_F(PlainGate, LeavesFieldPointersOutWhereTheModelDoes) {
    EXPECT_EQ(host.ask("00 00 10 00 00 00"), "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB");
    EXPECT_EQ(host.response.sense, kInvalidFieldInCdb);
}

class UnitAttention : public World {};

TEST_F(UnitAttention, IsToldOnceToEachNexus) {
    unit.unit_attentions().establish_for_all(kImportExportElementAccessed);
    for (Host* each : {&host, &other}) {
        EXPECT_EQ(each->ask(kTestUnitReady),
                  "CHECK CONDITION 6/28/01 IMPORT OR EXPORT ELEMENT ACCESSED");
        EXPECT_EQ(each->ask(kTestUnitReady), "GOOD");
    }
}

TEST_F(UnitAttention, LetsInquiryReportLunsAndRequestSensePass) {
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    EXPECT_EQ(host.ask("12 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.ask("A0 00 00 00 00 00 00 00 00 FF 00 00"), "GOOD");
    EXPECT_EQ(host.ask(kTestUnitReady), kModesChanged) << "neither has taken it";
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(UnitAttention, IsReturnedAndTakenByRequestSense) {
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    EXPECT_EQ(host.ask("03 00 00 00 FF 00"), "GOOD");
    EXPECT_EQ(host.data(), "70 00 06 00 00 00 00 0A 00 00 00 00 2A 01 00 00 00 00");
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(UnitAttention, OfChangedLunsIsTakenByReportLuns) {
    TestUnit second(profile);
    device.add(simple_lun(1), second);
    EXPECT_EQ(other.ask(kTestUnitReady), "CHECK CONDITION 6/3F/0E REPORTED LUNS DATA HAS CHANGED");
    host.ask("A0 00 00 00 00 00 00 00 00 FF 00 00");
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    device.remove(simple_lun(1));
    EXPECT_EQ(host.ask(kTestUnitReady), "CHECK CONDITION 6/3F/0E REPORTED LUNS DATA HAS CHANGED");
}

TEST_F(UnitAttention, ComesInOrderAndNotTwice) {
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    unit.unit_attentions().establish_for_all(kMediumMayHaveChanged);
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    EXPECT_EQ(host.ask(kTestUnitReady), kModesChanged);
    EXPECT_EQ(host.ask(kTestUnitReady),
              "CHECK CONDITION 6/28/00 NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED");
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(UnitAttention, OfAResetReplacesTheOthers) {
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    unit.reset(kLogicalUnitReset);
    EXPECT_EQ(host.ask(kTestUnitReady), kResetOccurred);
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(UnitAttention, GoesToTheOthersWhenACommandWasTheCause) {
    unit.unit_attentions().establish_for_others(host.initiator.nexus(), kModeParametersChanged);
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(other.ask(kTestUnitReady), kModesChanged);
}

TEST_F(UnitAttention, DoesNotPassToANexusThatComesLater) {
    unit.unit_attentions().establish_for_all(kModeParametersChanged);
    Host late(device, "late");
    EXPECT_EQ(late.ask(kTestUnitReady),
              "CHECK CONDITION 6/29/00 POWER ON, RESET, OR BUS DEVICE RESET OCCURRED");
    EXPECT_EQ(late.ask(kTestUnitReady), "GOOD");
}

class Reservation : public World {};

// The column "RESERVE by other" of the conflict table (SPC-2 table 7, SPC-4 for what came later).
TEST_F(Reservation, StopsOthersAsTheConflictTableSays) {
    ASSERT_EQ(host.ask(kReserve), "GOOD");
    const std::pair<std::string_view, std::string_view> table[] = {
        {"12 00 00 00 FF 00", "GOOD"},                       // INQUIRY
        {"A0 00 00 00 00 00 00 00 00 FF 00 00", "GOOD"},     // REPORT LUNS
        {"03 00 00 00 FF 00", "GOOD"},                       // REQUEST SENSE
        {"4D 00 40 00 00 00 00 00 FF 00", "GOOD"},           // LOG SENSE
        {"00 00 00 00 00 00", kConflict},                    // TEST UNIT READY
        {"1A 08 3F 00 FF 00", kConflict},                    // MODE SENSE(6)
        {"5A 08 3F 00 00 00 00 00 FF 00", kConflict},        // MODE SENSE(10)
        {"15 10 00 00 00 00", kConflict},                    // MODE SELECT(6)
        {"55 10 00 00 00 00 00 00 00 00", kConflict},        // MODE SELECT(10)
        {"4C 02 40 00 00 00 00 00 00 00", kConflict},        // LOG SELECT
        {"1D 04 00 00 00 00", kConflict},                    // SEND DIAGNOSTIC
        {"A3 0C 00 00 00 00 00 00 00 FF 00 00", kConflict},  // supported codes
        {"A3 0D 00 00 00 00 00 00 00 FF 00 00", kConflict},  // supported functions
        {"1E 00 00 00 01 00", kConflict},                    // PREVENT
        {"1E 00 00 00 00 00", "GOOD"},                       // ALLOW
        {"16 00 00 00 00 00", kConflict},                    // RESERVE(6)
        {"56 00 00 00 00 00 00 00 00 00", kConflict},        // RESERVE(10)
        {"17 00 00 00 00 00", "GOOD"},                       // RELEASE(6)
        {"57 00 00 00 00 00 00 00 00 00", "GOOD"},           // RELEASE(10)
        {"C0 00 00 00 00 00 00 00 00 00", kConflict},        // any other command
    };
    for (const auto& [cdb, answer] : table) EXPECT_EQ(other.ask(cdb), answer) << cdb;
    EXPECT_EQ(unit.reservation_holder(), host.initiator.nexus()) << "others release nothing";
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(Reservation, MayBeTakenTwiceAndIsReleasedOnce) {
    EXPECT_EQ(host.ask(kReserve), "GOOD");
    EXPECT_EQ(host.ask("56 00 00 00 00 00 00 00 00 00"), "GOOD");
    EXPECT_EQ(host.ask(kRelease), "GOOD");
    EXPECT_EQ(other.ask(kReserve), "GOOD");
    EXPECT_EQ(host.ask(kTestUnitReady), kConflict);
}

TEST_F(Reservation, OfElementsOrForOthersIsRefused) {
    EXPECT_EQ(host.ask("16 01 00 00 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 0");
    EXPECT_EQ(host.ask("16 10 00 00 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 1 bit 4");
    EXPECT_EQ(unit.reservation_holder(), std::nullopt);
}

TEST_F(Reservation, EndsWithTheNexus) {
    host.ask(kReserve);
    host.initiator.reconnect();
    EXPECT_EQ(other.ask(kTestUnitReady), "GOOD");
}

TEST_F(Reservation, EndsWithAReset) {
    host.ask(kReserve);
    unit.reset(kLogicalUnitReset);
    EXPECT_EQ(other.ask(kTestUnitReady), kResetOccurred);
    EXPECT_EQ(other.ask(kTestUnitReady), "GOOD");
}

class Tasks : public World {
protected:
    // Submits DAWDLE as `host`, or another command, with attribute and tag of its own.
    void submit(TaskAttribute attribute, std::uint64_t tag, std::string_view cdb = kDawdle) {
        device.submit(std::make_unique<Task>(
            Task::Address{host.initiator.nexus(), simple_lun(0), TaskTag{tag}, attribute},
            Cdb(bytes(cdb)), Bytes{}, [this, tag](TaskResult result) {
                finished.push_back(tag);
                last = std::move(result);
            }));
    }
    std::vector<std::uint64_t> running() const {
        std::vector<std::uint64_t> tags;
        for (const Task* task : unit.dawdling) {
            tags.push_back(static_cast<std::uint64_t>(task->tag()));
        }
        return tags;
    }
    using Tags = std::vector<std::uint64_t>;

    Tags finished;
    TaskResult last;
};

TEST_F(Tasks, OfSimpleAttributeRunTogether) {
    submit(TaskAttribute::Simple, 100);
    submit(TaskAttribute::Simple, 101);
    EXPECT_EQ(running(), (Tags{100, 101}));
    unit.finish(1);
    unit.finish(0);
    EXPECT_EQ(finished, (Tags{101, 100}));
    EXPECT_EQ(unit.task_set().size(), 0u);
}

TEST_F(Tasks, OfOrderedAttributeWaitForAllBeforeAndStopAllBehind) {
    submit(TaskAttribute::Simple, 100);
    submit(TaskAttribute::Ordered, 101);
    submit(TaskAttribute::Simple, 102);
    EXPECT_EQ(running(), (Tags{100}));
    unit.finish(0);
    EXPECT_EQ(running(), (Tags{101}));
    unit.finish(0);
    EXPECT_EQ(running(), (Tags{102}));
    unit.finish(0);
    EXPECT_EQ(finished, (Tags{100, 101, 102}));
}

TEST_F(Tasks, AtTheHeadOfTheQueueWaitForNobody) {
    submit(TaskAttribute::Ordered, 100);
    submit(TaskAttribute::Simple, 101);
    submit(TaskAttribute::HeadOfQueue, 102);
    EXPECT_EQ(running(), (Tags{100, 102}));
    unit.finish(0);
    EXPECT_EQ(running(), (Tags{102})) << "what stands behind the head waits for it";
    unit.finish(0);
    EXPECT_EQ(running(), (Tags{101}));
    unit.finish(0);
}

TEST_F(Tasks, BeyondTheLimitOfANexusFindTheSetFull) {
    for (std::uint64_t tag = 0; tag < 128; ++tag) submit(TaskAttribute::Simple, 1000 + tag);
    EXPECT_TRUE(finished.empty());
    submit(TaskAttribute::Simple, 2000);
    EXPECT_EQ(last.outcome.status, Status::TaskSetFull);
    EXPECT_EQ(other.ask(kTestUnitReady), "GOOD") << "another nexus has a limit of its own";
    device.manage(TaskManagementFunction::AbortTaskSet, host.initiator.nexus(), simple_lun(0));
    while (!unit.dawdling.empty()) unit.finish(0);
}

TEST_F(Tasks, ThatAreAbortedGoOnUnheard) {
    submit(TaskAttribute::Simple, 100);
    submit(TaskAttribute::Ordered, 101);
    const NexusId nexus = host.initiator.nexus();
    const auto abort = [&](std::uint64_t tag) {
        return device.manage(TaskManagementFunction::AbortTask, nexus, simple_lun(0), TaskTag{tag});
    };
    EXPECT_EQ(abort(101), TaskManagementResponse::FunctionComplete) << "it had not begun";
    EXPECT_EQ(unit.task_set().size(), 1u);
    EXPECT_EQ(abort(100), TaskManagementResponse::FunctionComplete);
    ASSERT_EQ(running(), (Tags{100}));
    EXPECT_TRUE(unit.dawdling.front()->is_aborted());
    EXPECT_EQ(abort(100), TaskManagementResponse::TaskDoesNotExist);
    unit.finish(0);
    EXPECT_TRUE(finished.empty());
    EXPECT_EQ(unit.task_set().size(), 0u);
}

TEST_F(Tasks, BehindAnAbortedOneThatStillMovesWait) {
    submit(TaskAttribute::Simple, 100);
    submit(TaskAttribute::Ordered, 101);
    device.manage(TaskManagementFunction::AbortTask, host.initiator.nexus(), simple_lun(0),
                  TaskTag{100});
    EXPECT_EQ(running(), (Tags{100}));
    unit.finish(0);
    EXPECT_EQ(running(), (Tags{101}));
    unit.finish(0);
}

TEST_F(Tasks, OfAClosedNexusAreNotAnswered) {
    submit(TaskAttribute::Simple, 100);
    device.close_nexus(host.initiator.nexus());
    unit.finish(0);
    EXPECT_TRUE(finished.empty());
}

TEST_F(Tasks, EndWithAReset) {
    submit(TaskAttribute::Simple, 100);
    submit(TaskAttribute::Ordered, 101);
    unit.reset(kLogicalUnitReset);
    EXPECT_EQ(unit.task_set().size(), 1u) << "what moves goes on moving";
    unit.finish(0);
    EXPECT_TRUE(finished.empty());
}

TEST_F(Tasks, TellTheirSenseInTheFormatTheUnitHas) {
    submit(TaskAttribute::Simple, 100);
    unit.finish(0, check_condition(kMechanicalPositioningError));
    EXPECT_EQ(hex(last.sense), "70 00 04 00 00 00 00 0A 00 00 00 00 15 01 00 00 00 00");
    EXPECT_EQ(to_text(last.outcome), "CHECK CONDITION 4/15/01 MECHANICAL POSITIONING ERROR");
}

// A transport may send the next command from within an answer.
TEST_F(Tasks, MayBeSubmittedFromACompletion) {
    int depth = 0;
    std::function<void()> next = [&] {
        if (++depth > 1000) return;
        host.initiator.execute({.cdb = bytes(kTestUnitReady)}, [&](const Response&) { next(); });
    };
    next();
    EXPECT_EQ(depth, 1001);
}

}  // namespace
}  // namespace nearline::scsi
