// MOVE, EXCHANGE and POSITION: what moves, how long it takes, and every refusal.
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

constexpr ElementAddress kNowhere{0x7777};

TEST(MoveMedium, TakesACartridgeFromSlotToSlot) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(1)).on();
    EXPECT_EQ(changer->move(slot(1), slot(2)), good());
    EXPECT_EQ(changer->label_at(slot(1)), "");
    EXPECT_EQ(changer->label_at(slot(2)), "ABC001L9");
    EXPECT_EQ(changer->at(slot(2)).source, slot(1));
    EXPECT_THAT(changer->attentions(), IsEmpty());
    EXPECT_THAT(changer->attentions(*changer->other), IsEmpty());
}

TEST(MoveMedium, TakesTheTimeOfItsWaysItsPickAndItsPlace) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(3)).with_drives(1).on();
    // The inventory has left the robot before slot 0: column 2, row 0.
    const sim::Time begun = changer->simulation.now();
    changer->drives[0]->load_time = 0s;
    EXPECT_EQ(changer->move(slot(3), drive(0)), good());
    // To slot 3: 150 mm down at 500 mm/s and 1 m/s²: 2√0.15 s = 774.596669 ms. Pick 4 s. Back to
    // the drive: the same way up, while 100 mm to the left take 2√0.1 s = 632 ms. Place 3 s.
    EXPECT_EQ(changer->simulation.now() - begun, 2 * 774'596'669ns + 7s);
}

TEST(MoveMedium, ToADriveIsDoneWhenTheDriveHasLoaded) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto answer = changer->send(MoveMedium{kRobot, slot(0), drive(0)});
    changer->run_for(14s);
    EXPECT_EQ(changer->label_at(drive(0)), "ABC001L9");
    EXPECT_FALSE(answer->has_value());
    changer->run_for(14s);
    EXPECT_EQ(*answer, good());
    EXPECT_EQ(changer->at(drive(0)).source, slot(0));
}

TEST(MoveMedium, LeavesTheRobotFreeWhileADriveLoads) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    changer->drives[0]->load_time = 60s;
    const auto first = changer->send(MoveMedium{kRobot, slot(0), drive(0)});
    EXPECT_EQ(changer->move(slot(1), slot(5)), good());
    EXPECT_FALSE(first->has_value());
    changer->run_until_idle();
    EXPECT_EQ(*first, good());
}

TEST(MoveMedium, RemembersTheSlotACartridgeCameFromOverADrive) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(1)).on();
    ASSERT_EQ(changer->move(slot(1), drive(0)), good());
    ASSERT_EQ(changer->move(drive(0), slot(4)), good());
    EXPECT_EQ(changer->at(slot(4)).source, slot(1));  // never a drive: changer sheet 4.8.5
    EXPECT_EQ(changer->at(drive(0)).source, std::nullopt);
    ASSERT_EQ(changer->move(slot(4), station(0)), good());
    EXPECT_EQ(changer->at(station(0)).source, slot(4));
    ASSERT_EQ(changer->move(station(0), drive(1)), good());
    EXPECT_EQ(changer->at(drive(1)).source, station(0));
}

TEST(MoveMedium, BetweenADriveAndASlotTellsFactsBeforeItIsAnswered) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(1)).on();
    ASSERT_EQ(changer->move(slot(1), station(0)), good());
    ASSERT_EQ(changer->move(station(0), drive(0)), good());
    EXPECT_THAT(changer->facts.facts,
                ElementsAre("1 to 16 of 4097", "16 exported", "1 to 256 of 16"));
}

TEST(MoveMedium, FailsWhenAFactCannotBeKept) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(1)).on();
    changer->facts.is_broken = true;
    EXPECT_EQ(changer->move(slot(1), slot(2)), check_condition(scsi::kInternalTargetFailure));
    EXPECT_EQ(changer->label_at(slot(2)), "ABC001L9");  // iron does not go back
    changer->facts.is_broken = false;
    EXPECT_EQ(changer->move(slot(2), slot(3)), good());
}

TEST(MoveMedium, UnloadsTheDriveItselfWhereTheProfileSaysSo) {
    auto changer = a_changer().with_cartridge("ABC001L9", drive(0)).on();
    const sim::Time begun = changer->simulation.now();
    EXPECT_EQ(changer->move(drive(0), slot(0)), good());
    EXPECT_GE(changer->simulation.now() - begun, 20s + 7s);
    EXPECT_EQ(changer->label_at(slot(0)), "ABC001L9");
}

TEST(MoveMedium, ReportsADriveThatFailsToLoadOrUnload) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    changer->drives[0]->load_failure = scsi::kMediaLoadOrEjectFailed;
    EXPECT_EQ(changer->move(slot(0), drive(0)), check_condition(scsi::kMediaLoadOrEjectFailed));
    EXPECT_EQ(changer->label_at(drive(0)), "ABC001L9");
    changer->drives[0]->is_loaded = true;
    changer->drives[0]->unload_failure = scsi::kUnloadTapeFailure;
    EXPECT_EQ(changer->move(drive(0), slot(0)), check_condition(scsi::kUnloadTapeFailure));
    EXPECT_EQ(changer->label_at(drive(0)), "ABC001L9");
    EXPECT_EQ(changer->move(slot(0), slot(1)), check_condition(scsi::kMediumSourceElementEmpty));
}

TEST(MoveMedium, ToItsOwnPlaceIsDoneAtOnce) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const sim::Time begun = changer->simulation.now();
    EXPECT_EQ(changer->move(slot(0), slot(0)), good());
    EXPECT_EQ(changer->simulation.now(), begun);
    EXPECT_EQ(changer->move(slot(1), slot(1)), check_condition(scsi::kMediumSourceElementEmpty));
}

TEST(MoveMedium, TakesAddressZeroForTheRobot) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    EXPECT_EQ(changer->outcome(MoveMedium{{}, slot(0), slot(1)}), good());
}

TEST(MoveMedium, RefusesAddressesInTheirOrderWithTheirFieldPointers) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto bad = [](std::uint16_t byte) {
        return check_condition(scsi::kInvalidElementAddress.at_byte(byte));
    };
    EXPECT_EQ(changer->outcome(MoveMedium{kNowhere, kNowhere, kNowhere}), bad(2));
    EXPECT_EQ(changer->outcome(MoveMedium{slot(0), slot(0), slot(1)}), bad(2));
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, kNowhere, kNowhere}), bad(4));
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, slot(0), kNowhere}), bad(6));
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, slot(0), kRobot}), bad(6));  // page 1Fh: no ->MT
    // Changer sheet 15a: bad destination.
    const auto sense = changer->run(scsi::encode_cdb(MoveMedium{kRobot, slot(0), kNowhere})).sense;
    EXPECT_EQ(hex(scsi::encode_sense(sense, scsi::SenseFormat::Fixed)),
              "70 00 05 00 00 00 00 0A 00 00 00 00 21 01 00 C0 00 06");
}

TEST(MoveMedium, RefusesWhatPage1FhDenies) {
    auto changer = a_changer()
                       .with_cartridge("ABC001L9", station(0))
                       .with_profile([](ChangerProfile& profile) {
                           profile.move_from = {0x00, 0x0A, 0x02, 0x0A};
                       })
                       .on();
    const auto bad = [](std::uint16_t byte) {
        return check_condition(scsi::kInvalidElementAddress.at_byte(byte));
    };
    EXPECT_EQ(changer->move(station(0), drive(0)), bad(6));
    EXPECT_EQ(changer->move(kRobot, slot(0)), bad(4));
    EXPECT_EQ(changer->move(station(0), slot(0)), good());
}

TEST(MoveMedium, RefusesAnEmptySourceAndAFullDestination) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    EXPECT_EQ(changer->move(slot(2), slot(1)), check_condition(scsi::kMediumSourceElementEmpty));
    EXPECT_EQ(changer->move(kRobot, slot(2)), check_condition(scsi::kMediumSourceElementEmpty));
    EXPECT_EQ(changer->move(slot(0), slot(1)),
              check_condition(scsi::kMediumDestinationElementFull));
    EXPECT_EQ(changer->label_at(slot(0)), "ABC001L9");
}

TEST(MoveMedium, RefusesAnInvertedMedium) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto response = changer->run(bytes("A5 00 00 01 10 00 10 01 00 00 01 00"));
    EXPECT_EQ(response.sense, scsi::kInvalidFieldInCdb.at_byte(10, 0));
}

TEST(MoveMedium, AsksTheDrive) {
    auto changer =
        a_changer()
            .with_cartridge("ABC001L9", slot(0))
            .with_cartridge("ABC002L9", drive(1))
            .with_profile([](ChangerProfile& profile) {
                profile.incompatible_medium = {scsi::SenseKey::IllegalRequest, 0x3B, 0xA0};
            })
            .on();
    changer->drives[0]->refuses = scsi::kIncompatibleMediumInstalled;
    EXPECT_EQ(changer->move(slot(0), drive(0)),
              check_condition({scsi::SenseKey::IllegalRequest, 0x3B, 0xA0}));
    changer->drives[0]->refuses = scsi::kMediaLoadOrEjectFailed;  // passed on as it is
    EXPECT_EQ(changer->move(slot(0), drive(0)), check_condition(scsi::kMediaLoadOrEjectFailed));
    changer->drives[0]->has_power = false;
    EXPECT_EQ(changer->move(slot(0), drive(0)), check_condition(scsi::kElementDisabled));
    changer->drives[1]->keeps = scsi::kMediumRemovalPrevented;  // the drive's own PREVENT
    EXPECT_EQ(changer->move(drive(1), slot(1)), check_condition(scsi::kMediumRemovalPrevented));
    changer->drives[1]->has_power = false;
    EXPECT_EQ(changer->move(drive(1), slot(1)), check_condition(scsi::kElementDisabled));
    EXPECT_EQ(changer->label_at(slot(0)), "ABC001L9");
}

TEST(MoveMedium, RefusesALoadedDriveAsTheProfileSays) {
    const auto outcome = [](LoadedDriveRule rule) {
        auto changer =
            a_changer()
                .with_cartridge("ABC001L9", drive(0))
                .with_profile([&](ChangerProfile& profile) { profile.loaded_drive = rule; })
                .on();
        const auto refused = changer->move(drive(0), slot(0));
        changer->drives[0]->is_loaded = false;  // the host has unloaded it
        EXPECT_EQ(changer->move(drive(0), slot(0)), good());
        return refused;
    };
    EXPECT_EQ(outcome(LoadedDriveRule::RefusesUnloadFailure),
              check_condition(scsi::kUnloadTapeFailure));
    EXPECT_EQ(outcome(LoadedDriveRule::RefusesMediumNotPresent),
              check_condition(scsi::kMediumNotPresentIllegalRequest));
}

TEST(MoveMedium, ToTheStationIsPreventedFromItNot) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", station(1)).on();
    ASSERT_EQ(changer->prevent(true), good());
    EXPECT_EQ(changer->move(slot(0), station(0)), check_condition(scsi::kMediumRemovalPrevented));
    EXPECT_EQ(changer->move(station(1), slot(1)), good());  // importing still works
    ASSERT_EQ(changer->prevent(false), good());
    EXPECT_EQ(changer->move(slot(0), station(0)), good());
}

TEST(MoveMedium, DoesNotReachIntoAnOpenStation) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", station(1)).on();
    ASSERT_TRUE(changer->changer->open_station());
    EXPECT_EQ(changer->move(slot(0), station(0)), check_condition(scsi::kImportExportElementOpen));
    EXPECT_EQ(changer->move(station(1), slot(1)), check_condition(scsi::kImportExportElementOpen));
    EXPECT_EQ(changer->move(slot(0), slot(1)), good());
}

TEST(MoveMedium, DoesNotReachAMagazineThatIsOut) {
    auto changer = a_changer()
                       .with_magazines_of(5)
                       .with_cartridge("ABC001L9", slot(0))
                       .with_cartridge("ABC002L9", slot(7))
                       .on();
    ASSERT_TRUE(changer->changer->pull_magazine(0));
    changer->attentions();
    EXPECT_EQ(changer->move(slot(0), slot(8)), check_condition(scsi::kMediumMagazineRemoved));
    EXPECT_EQ(changer->move(slot(7), slot(1)), check_condition(scsi::kMediumMagazineRemoved));
    EXPECT_EQ(changer->move(slot(7), slot(8)), good());
}

TEST(MoveMedium, WaitsForItsTurnAndIsCheckedThen) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto first = changer->send(MoveMedium{kRobot, slot(0), slot(1)});
    const auto second = changer->send(*changer->other, MoveMedium{kRobot, slot(1), slot(2)});
    const auto third = changer->send(MoveMedium{kRobot, slot(0), slot(3)});
    changer->run_until_idle();
    EXPECT_EQ(*first, good());
    EXPECT_EQ(*second, good());
    EXPECT_EQ(*third, check_condition(scsi::kMediumSourceElementEmpty));
    EXPECT_EQ(changer->label_at(slot(2)), "ABC001L9");
}

TEST(MoveMedium, ThatFailsOnItsWayLeavesTheCartridgeInTheRobot) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    changer->changer->obstruct_robot(RobotAction::Place, 2);
    EXPECT_EQ(changer->move(slot(0), slot(5)), check_condition(scsi::kMechanicalPositioningError));
    EXPECT_EQ(changer->label_at(kRobot), "ABC001L9");
    EXPECT_EQ(changer->at(kRobot).source, slot(0));
    EXPECT_THAT(changer->facts.facts, ElementsAre("1 to 1 of 4096"));
    EXPECT_EQ(changer->test_unit_ready(), good());
    // The hand is full: nothing else can be moved, until it is empty again.
    EXPECT_EQ(changer->move(slot(1), slot(6)),
              check_condition(scsi::kMediumDestinationElementFull.at_byte(2)));
    EXPECT_EQ(changer->move(kRobot, slot(6)), good());
    EXPECT_EQ(changer->at(slot(6)).source, slot(0));
    EXPECT_EQ(changer->move(slot(1), slot(7)), good());
}

TEST(MoveMedium, TriesAPickAndAPlaceTwice) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    changer->changer->obstruct_robot(RobotAction::Pick, 1);
    changer->changer->obstruct_robot(RobotAction::Place, 1);
    EXPECT_EQ(changer->move(slot(0), slot(1)), good());
    changer->changer->obstruct_robot(RobotAction::Pick, 2);
    EXPECT_EQ(changer->move(slot(1), slot(0)), check_condition(scsi::kMechanicalPositioningError));
    EXPECT_EQ(changer->label_at(slot(1)), "ABC001L9");
}

TEST(MoveMedium, FindsNothingWhereAMagazineWasPulledOnItsWay) {
    auto changer = a_changer().with_magazines_of(5).with_cartridge("ABC001L9", slot(0)).on();
    auto answer = changer->send(MoveMedium{kRobot, slot(0), slot(9)});
    changer->run_for(1s);
    ASSERT_TRUE(changer->changer->pull_magazine(0));
    changer->run_until_idle();
    EXPECT_EQ(*answer, check_condition(scsi::kMechanicalPositioningError));
    EXPECT_EQ(changer->label_at(slot(0)), "ABC001L9");  // with the magazine

    ASSERT_TRUE(changer->changer->push_magazine(0));
    changer->run_until_idle();
    changer->attentions();
    answer = changer->send(MoveMedium{kRobot, slot(0), slot(9)});
    changer->run_for(5s);
    ASSERT_TRUE(changer->changer->pull_magazine(1));
    changer->run_until_idle();
    EXPECT_EQ(*answer, check_condition(scsi::kMechanicalPositioningError));
    EXPECT_EQ(changer->label_at(kRobot), "ABC001L9");
}

TEST(AbortedMove, ThatHasBegunGoesToItsPhysicalEnd) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    const auto answer = changer->send(MoveMedium{kRobot, slot(0), slot(1)});
    changer->run_for(1s);
    changer->device.manage(scsi::TaskManagementFunction::LogicalUnitReset, changer->host->nexus(),
                           scsi::simple_lun(0));
    changer->run_until_idle();
    EXPECT_FALSE(answer->has_value());
    EXPECT_EQ(changer->label_at(slot(1)), "ABC001L9");
    EXPECT_EQ(changer->unit_task_count(), 0U);
    EXPECT_THAT(changer->attentions(), ElementsAre(scsi::kLogicalUnitReset));
}

TEST(AbortedMove, ThatHasNotBegunDoesNotBegin) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    changer->send(MoveMedium{kRobot, slot(0), slot(5)});
    changer->send(*changer->other, MoveMedium{kRobot, slot(1), slot(6)});
    changer->run_for(1s);
    changer->other->reconnect();
    changer->run_until_idle();
    EXPECT_EQ(changer->label_at(slot(5)), "ABC001L9");
    EXPECT_EQ(changer->label_at(slot(1)), "ABC002L9");
    EXPECT_EQ(changer->unit_task_count(), 0U);
}

TEST(StationOption, OpensTheStationAfterTheMove) {  // mtx eepos 1
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, slot(0), station(0), StationOption::Extend}),
              good());
    EXPECT_FALSE(changer->changer->open_station());  // it is open
    const auto taken = changer->changer->take(station(0));
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->label(), "ABC001L9");
}

TEST(StationOption, ClosesTheStationBeforeTheMove) {  // mtx eepos 2
    auto changer = a_changer().with_cartridge("ABC001L9", station(0)).on();
    ASSERT_EQ(changer->outcome(OpenCloseImportExportElement{station(0)}), good());
    EXPECT_EQ(changer->move(station(0), slot(0)), check_condition(scsi::kImportExportElementOpen));
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, station(0), slot(0), StationOption::Retract}),
              good());
}

TEST(StationOption, ThreeIsRefusedAndZeroIsNothing) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, slot(0), slot(1), StationOption::Invalid}),
              check_condition(scsi::kInvalidFieldInCdb.at_byte(11)));
    EXPECT_EQ(changer->outcome(MoveMedium{kRobot, slot(0), slot(1), StationOption::None}), good());
}

TEST(StationOption, NeedsAStationThatMayBeOpened) {
    auto without = a_changer().with_stations(0).with_cartridge("ABC001L9", slot(0)).on();
    EXPECT_EQ(without->outcome(MoveMedium{kRobot, slot(0), slot(1), StationOption::Extend}),
              check_condition(scsi::kInvalidFieldInCdb.at_byte(11)));
    auto locked = a_changer().with_cartridge("ABC001L9", slot(0)).on();
    ASSERT_EQ(locked->prevent(true), good());
    EXPECT_EQ(locked->outcome(MoveMedium{kRobot, slot(0), slot(1), StationOption::Extend}),
              check_condition(scsi::kMediumRemovalPrevented));
    EXPECT_EQ(locked->label_at(slot(0)), "ABC001L9");
}

TEST(ExchangeMedium, SwapsByWayOfAFreeSlot) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", slot(1)).on();
    ASSERT_EQ(changer->move(slot(1), drive(0)), good());
    EXPECT_EQ(changer->outcome(ExchangeMedium{kRobot, slot(0), drive(0), slot(0)}), good());
    EXPECT_EQ(changer->label_at(drive(0)), "ABC001L9");
    EXPECT_EQ(changer->label_at(slot(0)), "ABC002L9");
    EXPECT_EQ(changer->at(drive(0)).source, slot(0));
    EXPECT_EQ(changer->at(slot(0)).source, slot(1));  // not the slot it was parked in
}

TEST(ExchangeMedium, SendsTheFirstOnToAThirdPlace) {
    auto changer =
        a_changer().with_cartridge("ABC001L9", slot(0)).with_cartridge("ABC002L9", drive(0)).on();
    EXPECT_EQ(changer->outcome(ExchangeMedium{kRobot, slot(0), drive(0), slot(7)}), good());
    EXPECT_EQ(changer->label_at(drive(0)), "ABC001L9");
    EXPECT_EQ(changer->label_at(slot(7)), "ABC002L9");
    EXPECT_EQ(changer->label_at(slot(0)), "");
}

TEST(ExchangeMedium, RefusesWhatItCannotDo) {
    auto changer = a_changer()
                       .with_slots(4)
                       .with_cartridge("ABC001L9", slot(0))
                       .with_cartridge("ABC002L9", slot(1))
                       .with_cartridge("ABC003L9", slot(2))
                       .on();
    const auto exchange = [&](ElementAddress source, ElementAddress first, ElementAddress second) {
        return changer->outcome(ExchangeMedium{kRobot, source, first, second});
    };
    const auto bad = [](std::uint16_t byte) {
        return check_condition(scsi::kInvalidElementAddress.at_byte(byte));
    };
    EXPECT_EQ(changer->outcome(ExchangeMedium{kNowhere, slot(0), slot(1), slot(3)}), bad(2));
    EXPECT_EQ(exchange(kNowhere, slot(1), slot(3)), bad(4));
    EXPECT_EQ(exchange(slot(0), kNowhere, slot(3)), bad(6));
    EXPECT_EQ(exchange(slot(0), slot(1), kNowhere), bad(8));
    EXPECT_EQ(exchange(slot(0), slot(0), slot(3)), bad(6));
    EXPECT_EQ(exchange(slot(3), slot(1), slot(3)),
              check_condition(scsi::kMediumSourceElementEmpty));
    EXPECT_EQ(exchange(slot(0), slot(3), slot(0)),
              check_condition(scsi::kMediumSourceElementEmpty));
    EXPECT_EQ(exchange(slot(0), slot(1), slot(2)),
              check_condition(scsi::kMediumDestinationElementFull));
    EXPECT_EQ(exchange(slot(0), kRobot, slot(3)),
              check_condition(scsi::kInvalidFieldInCdb.at_byte(6)));
    EXPECT_EQ(exchange(slot(0), slot(1), kRobot),
              check_condition(scsi::kInvalidFieldInCdb.at_byte(8)));
    // INV1 and INV2, wherever clients put them.
    EXPECT_EQ(changer->run(bytes("A6 00 00 01 10 00 10 01 10 00 02 00")).sense,
              scsi::kInvalidFieldInCdb.at_byte(10, 1));
    // Without a free slot there is no parking place.
    ASSERT_EQ(changer->move(slot(0), drive(0)), good());
    EXPECT_EQ(exchange(slot(1), slot(2), slot(1)), good());
    auto full = a_changer()
                    .with_slots(2)
                    .with_cartridge("ABC001L9", slot(0))
                    .with_cartridge("ABC002L9", slot(1))
                    .on();
    EXPECT_EQ(full->outcome(ExchangeMedium{kRobot, slot(0), slot(1), slot(0)}),
              check_condition(scsi::kMediumDestinationElementFull.at_byte(8)));
}

TEST(ExchangeMedium, IsUnknownToAModelThatLacksIt) {
    auto changer = a_changer()
                       .with_profile([](ChangerProfile& profile) {
                           profile.unit.unsupported.insert(ExchangeMedium::opcode);
                       })
                       .on();
    const auto outcome = changer->outcome(ExchangeMedium{kRobot, slot(0), slot(1), slot(0)});
    EXPECT_TRUE(outcome.sense.is(scsi::kInvalidCommandOperationCode));
}

TEST(PositionToElement, SendsTheRobotThere) {
    auto changer = a_changer().with_cartridge("ABC001L9", slot(3)).on();
    const sim::Time begun = changer->simulation.now();
    EXPECT_EQ(changer->outcome(PositionToElement{kRobot, slot(3)}), good());
    EXPECT_EQ(changer->simulation.now() - begun, 774'596'669ns);
    const sim::Time there = changer->simulation.now();
    EXPECT_EQ(changer->move(slot(3), slot(4)), good());
    // No way to slot 3; 50 mm to slot 4: 2√0.05 s.
    EXPECT_EQ(changer->simulation.now() - there, 7s + 447'213'595ns);
}

TEST(PositionToElement, RefusesBadAddressesAndInversion) {
    auto changer = a_changer().on();
    const auto bad = [](std::uint16_t byte) {
        return check_condition(scsi::kInvalidElementAddress.at_byte(byte));
    };
    EXPECT_EQ(changer->outcome(PositionToElement{kNowhere, slot(0)}), bad(2));
    EXPECT_EQ(changer->outcome(PositionToElement{kRobot, kNowhere}), bad(4));
    EXPECT_EQ(changer->outcome(PositionToElement{kRobot, kRobot}), bad(4));
    EXPECT_EQ(changer->run(bytes("2B 00 00 00 10 05 00 00 01 00")).sense,
              scsi::kInvalidFieldInCdb.at_byte(8, 0));
}

TEST(Trace, TellsWhereEachCartridgeGoes) {
    auto changer = a_changer()
                       .with_cartridge("ABC001L9", slot(0))
                       .with(media::CartridgeDescription{}, slot(1))
                       .on();
    ASSERT_EQ(changer->move(slot(0), drive(1)), good());
    ASSERT_EQ(changer->move(slot(1), slot(2)), good());
    std::vector<std::string> moves;
    for (const std::string& line : changer->trace.lines()) {
        const auto at = line.find(" robot cartridge ");
        if (at != std::string::npos) moves.push_back(line.substr(at + 17));
    }
    EXPECT_THAT(moves, ElementsAre("ABC001L9 to robot 0", "ABC001L9 to drive 1", "#2 to robot 0",
                                   "#2 to slot 2"));
}

}  // namespace
}  // namespace nearline::changer
