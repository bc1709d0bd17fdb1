// What happens to a changer: power, doors, the station, magazines, reservations; who hears of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/changer/a_changer.h"

namespace nearline::changer {
namespace {

using namespace std::chrono_literals;
using scsi::check_condition;
using scsi::good;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(PowerOn, TakesSelfTestAndInventoryBeforeItIsReady) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).off();
    Changer& changer = *world->changer;
    EXPECT_FALSE(changer.is_powered());
    EXPECT_TRUE(world->test_unit_ready().sense.is(scsi::kCauseNotReportable));
    changer.power_on();
    EXPECT_TRUE(changer.is_powered());
    // 30 s of self-test, 12 elements of a second each, and the ways: 0 to the station, 200 mm
    // right to the slots (2√0.2 s = 894.427190 ms).
    world->run_for(42s + 894ms);
    EXPECT_FALSE(changer.is_ready());
    world->run_for(1ms);
    EXPECT_TRUE(changer.is_ready());
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
}

TEST(PowerOn, RefusesMediumCommandsWithProgressUntilItIsReady) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).off();
    world->changer->power_on();
    world->run_for(21s);  // of 42
    const auto outcome = world->test_unit_ready();
    EXPECT_TRUE(outcome.sense.is(scsi::kBecomingReady));
    EXPECT_NEAR(outcome.sense.progress.value_or(0), 32768, 2);
    EXPECT_TRUE(world->move(slot(0), slot(1)).sense.is(scsi::kBecomingReady));
    EXPECT_TRUE(world->outcome(ReadElementStatus{}).sense.is(scsi::kBecomingReady));
    EXPECT_TRUE(world->run(bytes("1A 08 1D 00 FF 00")).is_good());
}

TEST(PowerOff, LeavesTheCartridgeInTheHandAndAnswersEveryTask) {
    auto world = a_changer()
                     .with_cartridge("ABC001L9", slot(0))
                     .with_cartridge("ABC002L9", slot(1))
                     .with_cartridge("ABC003L9", slot(2))
                     .on();
    const auto loading = world->send(MoveMedium{kRobot, slot(0), drive(0)});
    const auto moving = world->send(MoveMedium{kRobot, slot(1), slot(5)});
    const auto waiting = world->send(MoveMedium{kRobot, slot(2), slot(6)});
    world->run_for(14s);  // the first is in its drive, the second in the hand
    ASSERT_EQ(world->label_at(kRobot), "ABC002L9");
    world->changer->power_off();
    for (const auto& answer : {loading, moving, waiting}) {
        ASSERT_TRUE(answer->has_value());
        EXPECT_EQ(**answer, check_condition(scsi::kCauseNotReportable));
    }
    world->run_until_idle();
    EXPECT_EQ(world->label_at(kRobot), "ABC002L9");
    world->changer->power_on();
    world->run_until_idle();
    EXPECT_TRUE(world->changer->is_ready());
    world->attentions();
    EXPECT_EQ(world->move(kRobot, slot(5)), good());
    EXPECT_EQ(world->changer->cartridge_count(), 3U);
}

TEST(Door, StopsTheRobotAndIsLookedBehindWhenItIsClosed) {
    auto world =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    Changer& changer = *world->changer;
    const auto moving = world->send(MoveMedium{kRobot, slot(0), slot(5)});
    const auto waiting = world->send(MoveMedium{kRobot, slot(1), slot(6)});
    world->run_for(5s);
    ASSERT_TRUE(changer.open_door());
    EXPECT_EQ(*moving, check_condition(scsi::kDoorOpen));
    EXPECT_EQ(*waiting, check_condition(scsi::kDoorOpen));
    EXPECT_EQ(world->label_at(kRobot), "ABC001L9");
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kDoorOpen));
    EXPECT_EQ(hex(world->descriptor(slot(1))).substr(6, 2), "01");  // full, out of reach
    EXPECT_FALSE(changer.open_door());

    // Hands clear the robot and change what is in the slots.
    ASSERT_TRUE(changer.take(kRobot));
    ASSERT_TRUE(changer.take(slot(1)));
    ASSERT_TRUE(changer.insert(media::Cartridge({.id = media::CartridgeId{9}, .label = "NEW001L9"}),
                               slot(2)));
    EXPECT_THAT(world->attentions(), IsEmpty());
    ASSERT_TRUE(changer.close_door());
    EXPECT_TRUE(world->test_unit_ready().sense.is(scsi::kBecomingReady));
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(world->move(slot(2), slot(0)), good());
    EXPECT_FALSE(changer.close_door());
}

TEST(Door, OpenAtPowerOnPutsTheSelfTestOff) {
    auto world = a_changer().off();
    ASSERT_TRUE(world->changer->open_door());
    world->changer->power_on();
    world->run_until_idle();
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kDoorOpen));
    ASSERT_TRUE(world->changer->close_door());
    world->run_until_idle();
    EXPECT_TRUE(world->changer->is_ready());
}

TEST(Robot, StuckNeedsAnOperatorWhoOpensTheDoor) {
    auto world =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    world->changer->obstruct_robot(RobotAction::Stop, 2);
    const auto moving = world->send(MoveMedium{kRobot, slot(0), slot(5)});
    const auto waiting = world->send(MoveMedium{kRobot, slot(1), slot(6)});
    world->run_until_idle();
    EXPECT_EQ(*moving, check_condition(scsi::kMechanicalPositioningError));
    EXPECT_EQ(*waiting, check_condition(scsi::kManualInterventionRequired));
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kManualInterventionRequired));
    EXPECT_EQ(hex(world->descriptor(kRobot)).substr(6, 11), "04 00 04 03");
    ASSERT_TRUE(world->changer->open_door());
    ASSERT_TRUE(world->changer->close_door());
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(world->move(slot(0), slot(5)), good());
}

TEST(Station, OpenedAndClosedIsLookedIntoAndToldToEveryHost) {
    auto world = a_changer().with_cartridge("ABC001L9", station(0)).on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.open_station());
    EXPECT_EQ(hex(world->descriptor(station(0))).substr(6, 2), "31");  // Access 0
    const auto taken = changer.take(station(0));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->label(), "ABC001L9");
    ASSERT_TRUE(changer.close_station());
    EXPECT_THAT(world->attentions(), IsEmpty());
    EXPECT_EQ(world->test_unit_ready(), good());
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kImportExportElementAccessed));
    EXPECT_THAT(world->attentions(*world->other), ElementsAre(scsi::kImportExportElementAccessed));
    EXPECT_EQ(hex(world->descriptor(station(0))).substr(6, 2), "38");
}

TEST(Station, IsOpenedByHandsThatWantSomethingInIt) {
    auto world = a_changer().on();
    ASSERT_TRUE(world->changer->insert(media::Cartridge({.label = "NEW001L9"}), station(0)));
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kImportExportElementAccessed));
    EXPECT_TRUE(world->at(station(0)).is_imported);
    EXPECT_THAT(world->facts.facts, ElementsAre("0 came to 16", "16 imported"));
    EXPECT_EQ(world->move(station(0), slot(0)), good());
    EXPECT_FALSE(world->at(slot(0)).is_imported);
    EXPECT_EQ(world->at(slot(0)).source, station(0));
}

TEST(Station, IsLockedWhileAnyHostPreventsRemoval) {
    auto world = a_changer().with_cartridge("ABC001L9", station(0)).on();
    Changer& changer = *world->changer;
    ASSERT_EQ(world->prevent(true), good());
    EXPECT_FALSE(changer.open_station());
    EXPECT_FALSE(changer.take(station(0)));
    EXPECT_EQ(world->outcome(OpenCloseImportExportElement{station(0)}),
              check_condition(scsi::kMediumRemovalPrevented));
    world->host->reconnect();  // a client that crashed does not leave it locked
    EXPECT_TRUE(changer.open_station());
}

TEST(Station, ThatIsOpenStaysOpenWhenRemovalIsPreventedAndLocksWhenItIsClosed) {
    auto world = a_changer().on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.open_station());
    ASSERT_EQ(world->prevent(true), good());
    ASSERT_TRUE(changer.close_station());
    world->run_until_idle();
    EXPECT_FALSE(changer.open_station());
}

TEST(Station, DoesNotOpenUnderTheRobotsHand) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto moving = world->send(MoveMedium{kRobot, slot(0), station(0)});
    world->run_for(6s);
    EXPECT_FALSE(world->changer->open_station());
    EXPECT_EQ(world->outcome(OpenCloseImportExportElement{station(0)}),
              check_condition(scsi::kOperationInProgress));
    world->run_until_idle();
    EXPECT_EQ(*moving, good());
}

TEST(OpenCloseImportExport, ByAHostAccessesNothingUntilHandsDo) {
    auto world = a_changer().with_cartridge("ABC001L9", station(0)).on();
    const OpenCloseImportExportElement open{station(0)};
    const OpenCloseImportExportElement close{station(0), ImportExportAction::Close};
    ASSERT_EQ(world->outcome(open), good());
    ASSERT_EQ(world->outcome(open), good());
    ASSERT_EQ(world->outcome(close), good());
    ASSERT_EQ(world->outcome(close), good());
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), IsEmpty());
    ASSERT_EQ(world->outcome(open), good());
    ASSERT_TRUE(world->changer->take(station(0)));
    ASSERT_EQ(world->outcome(close), good());
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kImportExportElementAccessed));
}

TEST(OpenCloseImportExport, RefusesOtherElementsAndActions) {
    auto world = a_changer().on();
    EXPECT_EQ(world->outcome(OpenCloseImportExportElement{slot(0)}),
              check_condition(scsi::kInvalidElementAddress.at_byte(2)));
    EXPECT_EQ(world->outcome(OpenCloseImportExportElement{ElementAddress{0x7777}}),
              check_condition(scsi::kInvalidElementAddress.at_byte(2)));
    EXPECT_EQ(world->run(bytes("1B 00 00 10 02 00")).sense, scsi::kInvalidFieldInCdb.at_byte(4));
}

TEST(Magazine, OutMakesItsSlotsUnknown) {
    auto world = a_changer().with_magazines_of(5).with_cartridge("ABC001L9", slot(0)).on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.pull_magazine(0));
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMagazineRemoved));
    EXPECT_EQ(world->test_unit_ready(), good());
    // Changer sheet 15a: slot in a removed magazine.
    EXPECT_EQ(hex(world->descriptor(slot(3))).substr(0, 35), "10 03 04 00 3B 12 00 00 00 00 00 00");
    EXPECT_EQ(hex(world->descriptor(slot(0))).substr(0, 35), "10 00 04 00 3B 12 00 00 00 00 00 00");
    EXPECT_FALSE(changer.pull_magazine(0));
    EXPECT_FALSE(changer.pull_magazine(2));
    ASSERT_TRUE(changer.take(slot(0)));
    EXPECT_FALSE(changer.take(slot(0)));
    EXPECT_FALSE(changer.push_magazine(1));
    ASSERT_TRUE(changer.push_magazine(0));
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMagazineInserted));
    EXPECT_EQ(hex(world->descriptor(slot(0))).substr(6, 11), "04 00 3B 11");
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(hex(world->descriptor(slot(0))).substr(6, 2), "08");
}

TEST(Magazine, OutStopsALibraryWhoseProfileSaysSo) {
    auto world = a_changer()
                     .with_magazines_of(5)
                     .with_cartridge("ABC001L9", slot(0))
                     .with_profile([](ChangerProfile& profile) {
                         profile.magazine = MagazineRule::WholeLibrary;
                     })
                     .on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.pull_magazine(1));
    ASSERT_TRUE(changer.pull_magazine(0));
    world->attentions();
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kMagazineRemovedNotReady));
    ASSERT_TRUE(changer.push_magazine(0));
    world->attentions();
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kMagazineRemovedNotReady));
    ASSERT_TRUE(changer.push_magazine(1));
    world->attentions();
    EXPECT_TRUE(world->test_unit_ready().sense.is(scsi::kBecomingReady));
    world->run_until_idle();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(world->move(slot(0), slot(9)), good());
}

TEST(Offline, RefusesMediumCommandsUntilItIsOnlineAgain) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.set_online(false));
    EXPECT_FALSE(changer.set_online(false));
    EXPECT_EQ(world->move(slot(0), slot(1)), check_condition(scsi::kLogicalUnitOffline));
    ASSERT_TRUE(changer.set_online(true));
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(world->move(slot(0), slot(1)), good());
}

TEST(Offline, LastsOverTheDoorAndPower) {
    auto world = a_changer().on();
    Changer& changer = *world->changer;
    ASSERT_TRUE(changer.set_online(false));
    ASSERT_TRUE(changer.open_door());
    ASSERT_TRUE(changer.close_door());
    world->run_until_idle();
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kLogicalUnitOffline));
    changer.power_off();
    changer.power_on();
    world->run_until_idle();
    EXPECT_EQ(world->test_unit_ready(), check_condition(scsi::kLogicalUnitOffline));
}

TEST(DrivePower, ChangedIsToldToEveryHost) {
    auto world = a_changer().on();
    world->drives[0]->has_power = false;
    world->changer->drive_power_changed();
    EXPECT_THAT(world->attentions(), ElementsAre(scsi::kMediumMayHaveChanged));
}

TEST(InitializeElementStatus, LooksAtEverythingAndTellsNobody) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto scan = world->send(InitializeElementStatus{});
    world->run_for(6s);
    EXPECT_TRUE(
        world->outcome(MoveMedium{kRobot, slot(0), slot(1)}).sense.is(scsi::kBecomingReady));
    EXPECT_TRUE(world->run(bytes("B8 00 00 00 FF FF 00 00 FF FF 00 00")).is_good());
    EXPECT_FALSE(scan->has_value());
    world->run_until_idle();
    EXPECT_EQ(*scan, good());
    EXPECT_EQ(world->test_unit_ready(), good());
    EXPECT_THAT(world->attentions(*world->other), IsEmpty());
}

TEST(InitializeElementStatusWithRange, LooksAtWhatIsAskedFor) {
    auto world = a_changer().on();
    const auto seconds_for = [&](const ElementRangeToScan& range) {
        const sim::Time begun = world->simulation.now();
        EXPECT_EQ(world->outcome(InitializeElementStatusWithRange{range}), good());
        return std::chrono::floor<std::chrono::seconds>(world->simulation.now() - begun).count();
    };
    seconds_for({.range = true, .starting_element = slot(3), .number_of_elements = 1});
    EXPECT_EQ(seconds_for({.range = true, .starting_element = slot(3), .number_of_elements = 4}),
              4);
    EXPECT_EQ(seconds_for({.range = true, .starting_element = slot(3)}), 7);  // to the last slot
    EXPECT_EQ(seconds_for({.range = true, .starting_element = slot(3), .number_of_elements = 99}),
              7);
    EXPECT_EQ(seconds_for({.fast = true}), 0);
    EXPECT_GE(seconds_for({}), 12);
    EXPECT_EQ(world->outcome(InitializeElementStatusWithRange{
                  {.range = true, .starting_element = ElementAddress{0x7777}}}),
              check_condition(scsi::kInvalidElementAddress.at_byte(2)));
}

// What the changer's own commands come to while another host holds it: the same for all kinds.
void expect_stillness(TestChanger& world) {
    const auto conflict = scsi::reservation_conflict();
    EXPECT_EQ(world.outcome(InitializeElementStatus{}), conflict);
    EXPECT_EQ(world.outcome(InitializeElementStatusWithRange{}), conflict);
    EXPECT_EQ(world.outcome(LegacyInitializeElementStatusWithRange{}), conflict);
    EXPECT_EQ(world.outcome(OpenCloseImportExportElement{station(0)}), conflict);
    EXPECT_EQ(world.outcome(PositionToElement{kRobot, slot(0)}), conflict);
    EXPECT_EQ(world.move(slot(0), slot(1)), conflict);
    EXPECT_EQ(world.outcome(ExchangeMedium{kRobot, slot(0), slot(1), slot(0)}), conflict);
    EXPECT_EQ(world.outcome(ReadElementStatus{}), conflict);
    EXPECT_EQ(world.outcome(ReadElementStatus{.curdata = true}), good());
    EXPECT_EQ(world.prevent(true), conflict);
    EXPECT_EQ(world.prevent(false), good());
}

TEST(Reservation, OfAnotherHostKeepsTheRobotStill) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    ASSERT_TRUE(world->run(*world->other, scsi::encode_cdb(scsi::Reserve6{})).is_good());
    expect_stillness(*world);
}

TEST(PersistentReservation, OfAnotherHostKeepsTheRobotStill) {
    constexpr std::uint8_t kLength = scsi::PersistentReserveOutParameters::length;
    for (const std::uint8_t type : {1, 3, 5, 6, 7, 8}) {
        auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
        const auto ask = [&](const auto& command, std::uint64_t key, std::uint64_t new_key) {
            const auto list = scsi::encode_fields(scsi::PersistentReserveOutParameters{
                .reservation_key = key, .service_action_reservation_key = new_key});
            return world->run(*world->other, scsi::encode_cdb(command), 0, list).is_good();
        };
        ASSERT_TRUE(ask(scsi::PersistentRegister{.parameter_list_length = kLength}, 0, 7));
        ASSERT_TRUE(
            ask(scsi::PersistentReserve{.type = type, .parameter_list_length = kLength}, 7, 0));
        expect_stillness(*world);
        EXPECT_EQ(world->test_unit_ready(), good());
    }
}

TEST(OperatorsHands, ReachOnlyWhatIsOpen) {
    auto world = a_changer()
                     .with_stations(1)
                     .with_cartridge("ABC001L9", slot(0))
                     .with_cartridge("ABC002L9", drive(0))
                     .on();
    Changer& changer = *world->changer;
    EXPECT_FALSE(changer.take(slot(0)));
    EXPECT_FALSE(changer.take(drive(0)));
    EXPECT_FALSE(changer.take(kRobot));
    EXPECT_FALSE(changer.take(ElementAddress{0x7777}));
    EXPECT_FALSE(changer.close_station());
    EXPECT_FALSE(changer.pull_magazine(0));  // it has none
    auto refused = changer.insert(media::Cartridge({.label = "NEW001L9"}), slot(1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().why.reason, "the door is closed");
    const media::Cartridge back = std::move(refused).error().cartridge;
    EXPECT_EQ(back.label(), "NEW001L9");  // still in the hand
    EXPECT_EQ(changer.cartridge_count(), 2U);
}

TEST(OperatorsHands, KeepACartridgeThatNoRecordCanBeKeptOf) {
    auto world = a_changer().with_cartridge("ABC001L9", station(0)).on();
    world->facts.is_broken = true;
    EXPECT_FALSE(world->changer->take(station(0)));
    EXPECT_FALSE(world->changer->insert(media::Cartridge({}), station(1)));
    EXPECT_EQ(world->label_at(station(0)), "ABC001L9");
    EXPECT_EQ(world->changer->cartridge_count(), 1U);
}

TEST(UnitAttention, OfAMoveGoesToNobody) {
    auto world = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    ASSERT_EQ(world->move(slot(0), slot(1)), good());
    EXPECT_THAT(world->attentions(), IsEmpty());
    EXPECT_THAT(world->attentions(*world->other), IsEmpty());
}

}  // namespace
}  // namespace nearline::changer
