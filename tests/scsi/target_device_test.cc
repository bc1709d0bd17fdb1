#include "scsi/target_device.h"

#include <gtest/gtest.h>

#include "tests/scsi/test_unit.h"

namespace nearline::scsi {
namespace {

constexpr auto kTestUnitReady = "00 00 00 00 00 00";
constexpr auto kDawdle = "C0 00 00 00 00 00 00 00 00 00";
constexpr auto kReportLuns = "A0 00 00 00 00 00 00 00 00 FF 00 00";
constexpr auto kPowerOn = "CHECK CONDITION 6/29/00 POWER ON, RESET, OR BUS DEVICE RESET OCCURRED";
constexpr auto kNexusLoss = "CHECK CONDITION 6/29/07 I_T NEXUS LOSS OCCURRED";

class Device : public testing::Test {
protected:
    Device() {
        device.add(simple_lun(0), changer);
        device.add(simple_lun(1), drive);
        host.ask(kReportLuns);  // so that it has heard of both
    }

    TestUnit changer{UnitProfile{.device_type = kMediumChanger}};
    TestUnit drive{UnitProfile{.device_type = kSequentialAccessDevice}};
    TargetDevice device;
    Host host{device, "host"};
};

TEST_F(Device, SendsACommandToItsUnit) {
    host.ask("12 00 00 00 05 00");
    EXPECT_EQ(host.data(), "08 80 06 02 5B");
    host.ask("12 00 00 00 05 00", "", simple_lun(1));
    EXPECT_EQ(host.data(), "01 80 06 02 5B");
}

// SAM-5 4.7: peripheral device and flat space addressing name the same unit.
TEST_F(Device, TakesBothSingleLevelFormsOfALun) {
    EXPECT_EQ(device.find(Lun{0x0001000000000000}), &drive);
    EXPECT_EQ(device.find(Lun{0x4001000000000000}), &drive);
    EXPECT_EQ(device.find(Lun{0x4000000000000000}), &changer);
    EXPECT_EQ(device.find(Lun{0x0101000000000000}), nullptr) << "bus 1";
    EXPECT_EQ(device.find(Lun{0x8001000000000000}), nullptr) << "logical unit addressing";
    EXPECT_EQ(device.find(Lun{0xC101000000000000}), nullptr) << "a well-known unit";
    EXPECT_EQ(device.find(Lun{0x0001000000000001}), nullptr) << "a second level";
}

TEST_F(Device, ReportsItsLuns) {
    TestUnit far(UnitProfile{});
    device.add(simple_lun(256), far);
    EXPECT_EQ(host.ask(kReportLuns), "GOOD");
    EXPECT_EQ(host.data(),
              "00 00 00 18 00 00 00 00 | 00 00 00 00 00 00 00 00 | 00 01 00 00 00 00 00 00 | "
              "41 00 00 00 00 00 00 00"_hex);
    EXPECT_EQ(host.ask("A0 00 01 00 00 00 00 00 00 10 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 00 00 00 00 00"_hex) << "no well-known units";
    EXPECT_EQ(host.ask("A0 00 02 00 00 00 00 00 00 10 00 00"), "GOOD");
    EXPECT_EQ(host.data(), "00 00 00 18 00 00 00 00 | 00 00 00 00 00 00 00 00"_hex)
        << "cut to the allocation length, the list length whole";
    device.remove(simple_lun(256));
}

TEST_F(Device, RefusesAReportOfLunsThatCouldNotHoldOne) {
    EXPECT_EQ(host.ask("A0 00 00 00 00 00 00 00 00 0F 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 6 bit 7");
    EXPECT_EQ(host.ask("A0 00 03 00 00 00 00 00 00 10 00 00"),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2 bit 7");
}

TEST_F(Device, SaysWhereThereIsNoUnit) {
    const Lun nowhere = simple_lun(7);
    EXPECT_EQ(host.ask("12 00 00 00 FF 00", "", nowhere), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 36u);
    EXPECT_EQ(hex(BytesView(host.response.data_in).first(8)), "7F 00 06 02 1F 00 00 00");
    EXPECT_EQ(host.ask("12 01 00 00 FF 00", "", nowhere),
              "CHECK CONDITION 5/24/00 INVALID FIELD IN CDB, CDB byte 2");
    EXPECT_EQ(host.ask(kReportLuns, "", nowhere), "GOOD");
    EXPECT_EQ(host.response.data_in.size(), 24u);
    EXPECT_EQ(host.ask("03 00 00 00 FF 00", "", nowhere), "GOOD");
    EXPECT_EQ(host.data(), "70 00 05 00 00 00 00 0A 00 00 00 00 25 00 00 00 00 00");
    EXPECT_EQ(host.ask(kTestUnitReady, "", nowhere),
              "CHECK CONDITION 5/25/00 LOGICAL UNIT NOT SUPPORTED");
    EXPECT_EQ(host.ask("FF 00 00 00 00 00", "", nowhere),
              "CHECK CONDITION 5/25/00 LOGICAL UNIT NOT SUPPORTED");
    EXPECT_EQ(host.ask(kReportLuns, "", Lun{0xC101000000000000}), "GOOD");
}

TEST_F(Device, TellsPowerOnFirstAndNexusLossToThoseWhoComeBack) {
    EXPECT_EQ(host.ask(kTestUnitReady), kPowerOn);
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(1)), kPowerOn) << "each unit tells it";
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    host.initiator.reconnect();
    EXPECT_EQ(host.ask(kTestUnitReady), kNexusLoss);
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
    Host stranger(device, "stranger");
    EXPECT_EQ(stranger.ask(kTestUnitReady), kPowerOn);
}

TEST_F(Device, ForgetsWhoWasHereWhenPowerComesBack) {
    host.settle();
    device.power_on();
    EXPECT_EQ(host.ask(kTestUnitReady), kPowerOn);
    host.initiator.reconnect();
    EXPECT_EQ(host.ask(kTestUnitReady), kPowerOn);
    host.initiator.reconnect();
    EXPECT_EQ(host.ask(kTestUnitReady), kNexusLoss);
}

TEST_F(Device, LetsAModelNamePowerOnItsWay) {
    TestUnit old(UnitProfile{.power_on_qualifier = 0x00});
    device.add(simple_lun(2), old);
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(2)),
              "CHECK CONDITION 6/29/00 POWER ON, RESET, OR BUS DEVICE RESET OCCURRED");
    device.power_on();
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(2)),
              "CHECK CONDITION 6/29/00 POWER ON, RESET, OR BUS DEVICE RESET OCCURRED");
    device.remove(simple_lun(2));
}

TEST_F(Device, ForgetsTheOldestOfVeryManyNames) {
    for (int number = 0; number < 1100; ++number) Host passing(device, std::to_string(number));
    Host recent(device, "1099");
    EXPECT_EQ(recent.ask(kTestUnitReady), kNexusLoss);
    Host first(device, "0");
    EXPECT_EQ(first.ask(kTestUnitReady), kPowerOn);
}

TEST_F(Device, ClosesTheOldNexusWhenItsNamesComeAgain) {
    const NexusId old = host.initiator.nexus();
    const NexusId again = device.open_nexus(names_of_host("host"));
    EXPECT_FALSE(device.has_nexus(old));
    EXPECT_NE(old, again);
    ASSERT_NE(device.names_of(again), nullptr);
    EXPECT_EQ(device.names_of(again)->relative_target_port, 1);
    EXPECT_EQ(device.names_of(old), nullptr);
}

class TaskManagement : public Device {
protected:
    TaskManagement() { host.settle(); }
    TaskManagementResponse manage(TaskManagementFunction function, std::uint16_t lun = 0,
                                  std::optional<TaskTag> tag = {}) {
        return device.manage(function, host.initiator.nexus(), simple_lun(lun), tag);
    }
    using Function = TaskManagementFunction;
    using Answer = TaskManagementResponse;
};

TEST_F(TaskManagement, NeedsAUnit) {
    for (const Function function :
         {Function::AbortTask, Function::AbortTaskSet, Function::ClearTaskSet,
          Function::LogicalUnitReset, Function::QueryTask, Function::QueryTaskSet}) {
        EXPECT_EQ(manage(function, 9, TaskTag{1}), Answer::LunDoesNotExist);
    }
    EXPECT_EQ(manage(Function::ClearAca), Answer::NotSupported);
}

TEST_F(TaskManagement, AsksAfterTasks) {
    host.send(bytes(kDawdle));
    const TaskTag tag = changer.dawdling.front()->tag();
    EXPECT_EQ(manage(Function::QueryTask, 0, tag), Answer::FunctionSucceeded);
    EXPECT_EQ(manage(Function::QueryTask, 1, tag), Answer::FunctionComplete);
    EXPECT_EQ(manage(Function::QueryTaskSet), Answer::FunctionSucceeded);
    EXPECT_EQ(manage(Function::QueryTaskSet, 1), Answer::FunctionComplete);
    changer.finish(0);
    EXPECT_EQ(manage(Function::QueryTask, 0, tag), Answer::FunctionComplete);
    EXPECT_EQ(manage(Function::QueryTaskSet), Answer::FunctionComplete);
}

TEST_F(TaskManagement, AbortsTheTaskSetOfItsOwnNexusOnly) {
    Host other(device, "other");
    other.settle();
    host.send(bytes(kDawdle));
    other.send(bytes(kDawdle));
    EXPECT_EQ(manage(Function::AbortTaskSet), Answer::FunctionComplete);
    changer.finish(1);
    EXPECT_TRUE(other.is_answered);
    changer.finish(0);
    EXPECT_FALSE(host.is_answered);
}

TEST_F(TaskManagement, ClearsEverybodysTasksAndTellsThoseWhoHadSome) {
    Host other(device, "other");
    Host idle(device, "idle");
    other.settle();
    idle.settle();
    host.send(bytes(kDawdle));
    other.send(bytes(kDawdle));
    EXPECT_EQ(manage(Function::ClearTaskSet), Answer::FunctionComplete);
    changer.finish(0);
    changer.finish(0);
    EXPECT_FALSE(other.is_answered);
    EXPECT_EQ(other.ask(kTestUnitReady),
              "CHECK CONDITION 6/2F/00 COMMANDS CLEARED BY ANOTHER INITIATOR");
    EXPECT_EQ(idle.ask(kTestUnitReady), "GOOD");
    EXPECT_EQ(host.ask(kTestUnitReady), "GOOD");
}

TEST_F(TaskManagement, ResetsOneUnit) {
    host.settle();
    host.ask(kTestUnitReady, "", simple_lun(1));
    EXPECT_EQ(manage(Function::LogicalUnitReset), Answer::FunctionComplete);
    EXPECT_EQ(host.ask(kTestUnitReady),
              "CHECK CONDITION 6/29/03 BUS DEVICE RESET FUNCTION OCCURRED");
    EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(1)), "GOOD");
}

TEST_F(TaskManagement, ResetsAllUnits) {
    EXPECT_EQ(manage(Function::TargetWarmReset), Answer::FunctionComplete);
    for (const std::uint16_t lun : {0, 1}) {
        EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(lun)),
                  "CHECK CONDITION 6/29/02 SCSI BUS RESET OCCURRED");
    }
    EXPECT_EQ(manage(Function::TargetColdReset), Answer::FunctionComplete);
    for (const std::uint16_t lun : {0, 1}) {
        EXPECT_EQ(host.ask(kTestUnitReady, "", simple_lun(lun)), kPowerOn);
    }
}

TEST_F(TaskManagement, ResetsTheNexus) {
    host.ask("16 00 00 00 00 00");
    host.ask("1E 00 00 00 01 00");
    EXPECT_EQ(manage(Function::NexusReset), Answer::FunctionComplete);
    EXPECT_EQ(changer.reservation_holder(), std::nullopt);
    EXPECT_FALSE(changer.is_removal_prevented());
    EXPECT_EQ(host.ask(kTestUnitReady), kNexusLoss);
}

TEST_F(Device, ShowsTasksToAnObserver) {
    struct Seen : TaskObserver {
        void task_arrived(const Task& task) override { text += "> " + hex(task.cdb()) + "\n"; }
        void task_completed(const Task& task, const Outcome& outcome) override {
            text += "< " + to_text(task.lun()) + " " + std::string(to_text(outcome.status)) + " " +
                    hex(task.data_in()) + "\n";
        }
        static std::string hex(BytesView bytes) { return scsi::hex(bytes); }
        std::string text;
    } seen;
    host.settle();
    device.observe(&seen);
    host.ask("12 00 00 00 05 00");
    host.ask(kTestUnitReady, "", simple_lun(5));
    device.observe(nullptr);
    host.ask(kTestUnitReady);
    EXPECT_EQ(seen.text,
              "> 12 00 00 00 05 00\n< 0 GOOD 08 80 06 02 5B\n"
              "> 00 00 00 00 00 00\n< 5 CHECK CONDITION \n");
}

TEST_F(Device, LosesItsUnitsWithoutHarm) {
    auto passing = std::make_unique<TargetDevice>();
    TestUnit unit{UnitProfile{}};
    passing->add(simple_lun(0), unit);
    passing.reset();
    device.add(simple_lun(9), unit);
    device.remove(simple_lun(9));
}

TEST(LocalInitiators, CutWhatComesToWhatTheyExpect) {
    TestUnit unit{UnitProfile{}};
    TargetDevice device;
    device.add(simple_lun(0), unit);
    LocalInitiator initiator(device, names_of_host("host"));
    std::size_t size = 0;
    initiator.execute({.cdb = bytes("12 00 00 00 FF 00"), .data_in_length = 8},
                      [&](const Response& response) { size = response.data_in.size(); });
    EXPECT_EQ(size, 8u);
}

TEST(LocalInitiators, DropTheirAnswersWhenTheyGo) {
    TestUnit unit{UnitProfile{}};
    TargetDevice device;
    device.add(simple_lun(0), unit);
    bool is_answered = false;
    {
        Host host(device, "host");
        host.settle();
        host.initiator.execute({.cdb = bytes(kDawdle)},
                               [&](const Response&) { is_answered = true; });
    }
    unit.finish(0);
    EXPECT_FALSE(is_answered);
}

TEST(LocalInitiators, TellTheirCallersThatTheNexusWasLost) {
    TestUnit unit{UnitProfile{}};
    TargetDevice device;
    device.add(simple_lun(0), unit);
    Host host(device, "host");
    host.settle();
    host.send(bytes(kDawdle));
    host.initiator.reconnect();
    EXPECT_TRUE(host.is_answered);
    EXPECT_EQ(host.response.delivery, Delivery::TransportFailed);
    EXPECT_FALSE(host.response.is_good());
    unit.finish(0);
    EXPECT_EQ(host.answers, 2);
}

}  // namespace
}  // namespace nearline::scsi
