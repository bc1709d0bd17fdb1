#include "drives/drive.h"

#include <gmock/gmock.h>

#include "tests/drives/a_drive.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

using scsi::check_condition;
using scsi::good;
using testing::ElementsAre;

constexpr Sense kHeld{scsi::SenseKey::NotReady, 0x3A, 0x04};
constexpr Sense kIncompatibleMedium{scsi::SenseKey::MediumError, 0x30, 0x00};
constexpr Sense kCleaningCartridge{scsi::SenseKey::NotReady, 0x30, 0x03};

constexpr LoadUnload kLoad{.load = true};
constexpr LoadUnload kUnload{};
constexpr LoadUnload kHoldUnload{.hold = true};

using Life = DriveTest;

TEST_F(Life, BeginsWithASelfTest) {
    drive.power_on();
    device.power_on();
    EXPECT_EQ(drive.state(), "self-test");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kPowerOnOrReset));
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kBecomingReady));
    pass(30s);
    EXPECT_EQ(drive.state(), "empty");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kMediumNotPresent));
}

TEST_F(Life, LoadsWhatIsPutIntoItAndTellsEveryHost) {
    power_on();
    insert(a_cartridge());
    EXPECT_EQ(drive.state(), "loading");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kBecomingReady));
    pass(14s);
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kBecomingReady));
    EXPECT_FALSE(loaded.has_value());
    pass(1s);
    EXPECT_TRUE(loaded.has_value() && loaded->has_value());
    for (Host* each : {&host, &other}) {
        EXPECT_EQ(each->test_unit_ready(), check_condition(scsi::kMediumMayHaveChanged));
        EXPECT_EQ(each->test_unit_ready(), good());
    }
}

TEST_F(Life, UnloadBringsTheCartridgeToTheMouth) {
    power_on();
    load();
    const auto answer = host.send(kUnload);
    EXPECT_EQ(drive.state(), "unloading");
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kCauseNotReportable));
    EXPECT_FALSE(drive.is_accessible());
    pass(59s);
    EXPECT_FALSE(answer->has_come);
    pass(1s);
    EXPECT_EQ(answer->outcome, good());
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_TRUE(drive.is_accessible());
    EXPECT_NE(drive.cartridge(), nullptr);
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kMediumNotPresent));
    EXPECT_EQ(drive.remove().label(), "ABC001L9");
    EXPECT_EQ(drive.state(), "empty");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kMediumNotPresent));
}

TEST_F(Life, IsTracedStateByState) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    drive.remove();
    std::vector<std::string> states;
    for (const std::string& line : trace.lines()) states.push_back(line);
    EXPECT_THAT(
        states,
        ElementsAre("0.000000000 drive 0 state powered off", "0.000000000 drive 0 state self test",
                    "30.000000000 drive 0 state empty", "30.000000000 drive 0 state loading",
                    "45.000000000 drive 0 state at rest", "45.000000000 drive 0 state unloading",
                    "105.000000000 drive 0 state unloaded", "105.000000000 drive 0 state empty"));
}

using LoadUnloadCommand = DriveTest;

TEST_F(LoadUnloadCommand, LoadsFromTheMouth) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    const auto answer = host.send(kLoad);
    EXPECT_EQ(drive.state(), "loading");
    pass(15s);
    EXPECT_EQ(answer->outcome, good());
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kMediumMayHaveChanged));
}

TEST_F(LoadUnloadCommand, LoadOfALoadedTapeMakesItReadyAnew) {
    power_on();
    load();
    EXPECT_EQ(host.at_once(kLoad), good());
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(other.test_unit_ready(), check_condition(scsi::kMediumMayHaveChanged));
}

TEST_F(LoadUnloadCommand, AnswersAtOnceWithImmed) {
    power_on();
    load();
    EXPECT_EQ(host.at_once(LoadUnload{.immed = true}), good());
    EXPECT_EQ(drive.state(), "unloading");
    pass(60s);
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_EQ(host.at_once(LoadUnload{.immed = true, .load = true}), good());
    pass(15s);
    EXPECT_EQ(drive.state(), "ready");
}

TEST_F(LoadUnloadCommand, WithoutACartridgeHasNothingToMove) {
    power_on();
    EXPECT_EQ(host.at_once(kLoad), check_condition(scsi::kMediumNotPresent));
    EXPECT_EQ(host.at_once(kUnload), check_condition(scsi::kMediumNotPresent));
}

TEST_F(LoadUnloadCommand, UnloadOfAnUnloadedTapeIsNoError) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    EXPECT_EQ(host.at_once(kUnload), good());
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(LoadUnloadCommand, HoldKeepsTheCartridgeInside) {
    power_on();
    load();
    host.send(kHoldUnload);
    pass(60s);
    EXPECT_EQ(drive.state(), "held");
    EXPECT_FALSE(drive.is_accessible());
    EXPECT_EQ(host.test_unit_ready(), check_condition(kHeld));
    EXPECT_EQ(host.at_once(kHoldUnload), good());
    host.send(kUnload);
    pass(3s);
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(LoadUnloadCommand, HoldWithLoadDrawsInWithoutThreading) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    host.send(LoadUnload{.hold = true, .load = true});
    pass(15s);
    EXPECT_EQ(drive.state(), "held");
    host.send(kLoad);
    pass(15s);
    EXPECT_EQ(drive.state(), "ready");
}

TEST_F(LoadUnloadCommand, RefusesEndOfTape) {
    power_on();
    load();
    EXPECT_EQ(host.at_once(LoadUnload{.eot = true}), check_condition(scsi::kInvalidFieldInCdb));
    EXPECT_EQ(drive.state(), "ready");
}

TEST_F(LoadUnloadCommand, TakesRetension) {
    power_on();
    load();
    EXPECT_EQ(host.at_once(LoadUnload{.reten = true, .load = true}), good());
}

TEST_F(LoadUnloadCommand, IsRefusedWhileSomethingMoves) {
    drive.power_on();
    device.power_on();
    host.clear_attentions();
    EXPECT_EQ(host.at_once(kLoad), check_condition(scsi::kBecomingReady));
    pass(30s);
    insert(a_cartridge());
    EXPECT_EQ(host.at_once(kUnload), check_condition(scsi::kBecomingReady));
    pass(15s);
    host.clear_attentions();
    host.send(kUnload);
    EXPECT_EQ(host.at_once(kUnload), check_condition(scsi::kCauseNotReportable));
}

// Bytes: SSC-4 7.2 (LOAD UNLOAD), scsi-tape sheet 1.14.
TEST(LoadUnloadBytes, AreThoseOfTheStandard) {
    EXPECT_EQ(scsi::encode_cdb(LoadUnload{}), (scsi::Bytes{0x1B, 0, 0, 0, 0x00, 0}));
    EXPECT_EQ(scsi::encode_cdb(LoadUnload{.load = true}), (scsi::Bytes{0x1B, 0, 0, 0, 0x01, 0}));
    EXPECT_EQ(scsi::encode_cdb(LoadUnload{.immed = true, .hold = true, .eot = true, .reten = true}),
              (scsi::Bytes{0x1B, 0x01, 0, 0, 0x0E, 0}));
}

TEST_F(LoadUnloadCommand, TheAbortedOneGoesOnUnheard) {
    power_on();
    load();
    const auto answer = host.send(kUnload);
    device.manage(scsi::TaskManagementFunction::LogicalUnitReset, scsi::NexusId{}, scsi::Lun{});
    pass(60s);
    EXPECT_FALSE(answer->has_come);
    EXPECT_EQ(drive.state(), "unloaded");
}

using Prevention = DriveTest;

TEST_F(Prevention, RefusesUnloadRobotAndButton) {
    power_on();
    load();
    ASSERT_TRUE(prevent(1));
    EXPECT_EQ(other.at_once(kUnload), check_condition(scsi::kMediumRemovalPrevented));
    EXPECT_EQ(drive.why_not_release(), scsi::kMediumRemovalPrevented);
    present();
    EXPECT_EQ(presented->error(), scsi::kMediumRemovalPrevented);
    drive.press_eject();
    EXPECT_EQ(drive.state(), "ready");
    ASSERT_TRUE(prevent(0));
    EXPECT_EQ(drive.why_not_release(), std::nullopt);
}

TEST_F(Prevention, DoesNotForbidToHold) {
    power_on();
    load();
    ASSERT_TRUE(prevent(1));
    host.send(kHoldUnload);
    pass(60s);
    EXPECT_EQ(drive.state(), "held");
}

TEST_F(Prevention, EndsWithItsNexus) {
    power_on();
    load();
    ASSERT_TRUE(prevent(1));
    host.reconnect();
    EXPECT_EQ(drive.why_not_release(), std::nullopt);
}

using Mouth = DriveTest;

TEST_F(Mouth, PresentUnloadsFirst) {
    power_on();
    load();
    present();
    EXPECT_FALSE(presented.has_value());
    pass(60s);
    EXPECT_TRUE(presented->has_value());
    drive.remove();
    EXPECT_EQ(drive.cartridge(), nullptr);
}

TEST_F(Mouth, PresentOfAnUnloadedCartridgeIsDoneAtOnce) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    present();
    EXPECT_TRUE(presented->has_value());
}

TEST_F(Mouth, PresentWaitsForALoadThatIsUnderWay) {
    power_on();
    insert(a_cartridge());
    present();
    pass(15s);
    EXPECT_EQ(drive.state(), "unloading");
    EXPECT_TRUE(loaded->has_value());
    pass(60s);
    EXPECT_TRUE(presented->has_value());
}

TEST_F(Mouth, PresentTurnsAHoldIntoAnEjection) {
    power_on();
    load();
    const auto answer = host.send(kHoldUnload);
    present();
    pass(60s);
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_TRUE(presented->has_value());
    EXPECT_EQ(answer->outcome, good());
}

TEST_F(Mouth, WhatTheRobotComesForIsNotLoadedAgain) {
    power_on();
    load();
    present();
    pass(60s);
    EXPECT_EQ(host.at_once(kLoad), check_condition(scsi::kCauseNotReportable));
    drive.remove();
}

TEST_F(Mouth, TheButtonEjects) {
    power_on();
    load();
    drive.press_eject();
    pass(60s);
    EXPECT_EQ(drive.state(), "unloaded");
    drive.press_eject();
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(Mouth, TheButtonIsRememberedWhileLoading) {
    power_on();
    insert(a_cartridge());
    drive.press_eject();
    EXPECT_EQ(drive.state(), "loading");
    pass(75s);
    EXPECT_EQ(drive.state(), "unloaded");
}

using Compatibility = DriveTest;

TEST_F(Compatibility, IsToldBeforeTheRobotMoves) {
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Lto9)), std::nullopt);
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Lto8)), std::nullopt);
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Lto7)),
              scsi::kIncompatibleMediumInstalled);
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Unknown)), std::nullopt);
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Lto1, CartridgeType::Cleaning)),
              std::nullopt);
    EXPECT_EQ(drive.why_not_accept(a_cartridge(Generation::Lto9, CartridgeType::Diagnostic)),
              scsi::kIncompatibleMediumInstalled);
}

TEST_F(Compatibility, AForeignCartridgeIsFoundOutInTheDrive) {
    power_on();
    load(a_cartridge(Generation::Lto7));
    EXPECT_EQ(drive.state(), "failed to load");
    EXPECT_EQ(loaded->error(), scsi::kIncompatibleMediumInstalled);
    EXPECT_EQ(host.test_unit_ready(), check_condition(kIncompatibleMedium));
    const auto again = host.send(kLoad);
    pass(15s);
    EXPECT_EQ(again->outcome, check_condition(kIncompatibleMedium));
    present();
    pass(3s);
    EXPECT_TRUE(presented->has_value());
}

using CleaningCartridge = DriveTest;

TEST_F(CleaningCartridge, CleansAndComesBackByItself) {
    power_on();
    load(a_cartridge(Generation::Unknown, CartridgeType::Cleaning));
    EXPECT_TRUE(loaded->has_value());
    EXPECT_EQ(drive.state(), "cleaning");
    EXPECT_EQ(host.test_unit_ready(), check_condition(kCleaningCartridge));
    EXPECT_EQ(host.at_once(kUnload), check_condition(kCleaningCartridge));
    pass(120s);
    EXPECT_EQ(drive.state(), "unloading");
    pass(3s);
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_EQ(host.test_unit_ready(), check_condition(scsi::kMediumNotPresent));
}

TEST_F(CleaningCartridge, IsUsedUpAndSaysSo) {
    power_on();
    std::vector<int> left;
    drive.on_cleaned([&](const media::Cartridge& cartridge) {
        left.push_back(cartridge.description().cleanings_left);
    });
    media::CartridgeDescription description = a_cartridge().description();
    description.type = CartridgeType::Cleaning;
    description.cleanings_left = 1;
    insert(media::Cartridge(description));
    pass(15s + 120s + 3s);
    EXPECT_THAT(left, ElementsAre(0));
    insert(drive.remove());
    pass(15s);
    EXPECT_EQ(drive.state(), "unloading");  // at once, without cleaning
    EXPECT_TRUE(loaded->has_value());
    pass(3s);
    EXPECT_EQ(drive.state(), "unloaded");
    EXPECT_THAT(left, ElementsAre(0));
}

using Power = DriveTest;

TEST_F(Power, LostWhileLoadedLoadsAgain) {
    power_on();
    load();
    const auto answer = host.send(kUnload);
    pass(1s);
    drive.power_off();
    EXPECT_EQ(drive.state(), "powered off");
    EXPECT_FALSE(drive.is_accessible());
    EXPECT_EQ(drive.why_not_release(), scsi::kUnloadTapeFailure);
    pass(100s);
    EXPECT_FALSE(answer->has_come);
    drive.power_on();
    pass(30s);
    EXPECT_EQ(drive.state(), "loading");
    pass(15s);
    EXPECT_EQ(drive.state(), "ready");
}

TEST_F(Power, LostTellsTheRobotThatWaits) {
    power_on();
    insert(a_cartridge());
    drive.power_off();
    EXPECT_EQ(loaded->error(), scsi::kMediaLoadOrEjectFailed);
    drive.power_on();
    pass(45s);
    present();
    drive.power_off();
    EXPECT_EQ(presented->error(), scsi::kUnloadTapeFailure);
    present();
    EXPECT_EQ(presented->error(), scsi::kUnloadTapeFailure);
}

TEST_F(Power, AtTheMouthACartridgeStaysThere) {
    power_on();
    load();
    host.send(kUnload);
    pass(60s);
    drive.power_off();
    EXPECT_TRUE(drive.is_accessible());
    drive.power_on();
    pass(30s);
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(Power, ACartridgePutInWithoutPowerStaysAtTheMouth) {
    insert(a_cartridge());
    EXPECT_EQ(loaded->error(), scsi::kMediaLoadOrEjectFailed);
    power_on();
    EXPECT_EQ(drive.state(), "unloaded");
}

TEST_F(Power, WhatStoodInItFromTheBeginningIsLoaded) {
    drive.put_initially(a_cartridge());
    EXPECT_NE(drive.cartridge(), nullptr);
    drive.power_on();
    pass(45s);
    EXPECT_EQ(drive.state(), "ready");
}

}  // namespace
}  // namespace nearline::drives
