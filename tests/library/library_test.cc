#include "library/library.h"

#include <gmock/gmock.h>

#include "tests/library/a_library.h"

namespace nearline::library {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const scsi::Lun kDrive0 = scsi::simple_lun(1);

std::string refusal_of(const Operator::Done& done) {
    return done ? "" : done.error().reason;
}

TEST(MoveMedium, TakesACartridgeToAnotherSlot) {
    auto library = a_library().with_slots(2).with_cartridge("ABC001L8", slot(1));
    EXPECT_EQ(library.move(slot(1), slot(2)), good());
    EXPECT_EQ(library.cartridge_in(slot(1)), "");
    EXPECT_EQ(library.cartridge_in(slot(2)), "ABC001L8");
}

TEST(MoveMedium, IntoAFullElementIsIllegalRequest) {
    auto library = a_library()
                       .with_slots(2)
                       .with_cartridge("ABC001L8", slot(1))
                       .with_cartridge("ABC002L8", slot(2));
    EXPECT_EQ(library.move(slot(1), slot(2)), check_condition(scsi::kMediumDestinationElementFull));
    EXPECT_EQ(library.cartridge_in(slot(1)), "ABC001L8");  // nothing moved
}

// Changer sheet 9.5, step by step.
TEST(DriveCoupling, AMoveIntoADriveEndsWhenItHasLoaded) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    EXPECT_EQ(library.move(slot(1), drive(1)), good());
    EXPECT_EQ(library.library().drive(0).state(), "ready");
    EXPECT_EQ(library.test_unit_ready(kDrive0), check_condition(scsi::kMediumMayHaveChanged));
    EXPECT_EQ(library.test_unit_ready(kDrive0), good());
    EXPECT_EQ(library.cartridge_in(drive(1)), "ABC001L9");
}

TEST(DriveCoupling, HostsUnloadThenMoveHome) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    library.move(slot(1), drive(1));
    library.clear_attentions();
    EXPECT_EQ(library.unload(drive(1)), good());
    EXPECT_EQ(library.test_unit_ready(kDrive0), check_condition(scsi::kMediumNotPresent));
    EXPECT_EQ(library.cartridge_in(drive(1)), "ABC001L9");
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
    EXPECT_EQ(library.test_unit_ready(kDrive0), check_condition(scsi::kMediumNotPresent));
    EXPECT_EQ(library.cartridge_in(slot(1)), "ABC001L9");
}

TEST(DriveCoupling, AMoveOutOfALoadedDriveUnloadsIt) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    library.move(slot(1), drive(1));
    EXPECT_EQ(library.move(drive(1), slot(2)), good());
    EXPECT_EQ(library.library().drive(0).state(), "empty");
}

TEST(DriveCoupling, ADrivesOwnPreventHoldsTheCartridgeInIt) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    library.move(slot(1), drive(1));
    library.clear_attentions();
    EXPECT_EQ(library.prevent(true, kDrive0), good());
    EXPECT_EQ(library.move(drive(1), slot(1)), check_condition(scsi::kMediumRemovalPrevented));
    EXPECT_EQ(library.cartridge_in(drive(1)), "ABC001L9");
    EXPECT_EQ(library.prevent(false, kDrive0), good());
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
}

TEST(DriveCoupling, AReservedDriveIsFetchedFromAllTheSame) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    library.move(slot(1), drive(1));
    Host other(*library.library().targets().front().device, "other");
    other.clear_attentions(kDrive0);
    EXPECT_EQ(other.at_once(scsi::Reserve6{}, kDrive0), good());
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
}

TEST(DriveCoupling, AForeignCartridgeDoesNotEvenLeaveItsSlot) {
    auto library = a_library().with_cartridge("ABC001L5", slot(1));
    EXPECT_EQ(library.move(slot(1), drive(1)), check_condition(scsi::kIncompatibleMediumInstalled));
    EXPECT_EQ(library.cartridge_in(slot(1)), "ABC001L5");
}

TEST(DriveCoupling, ACleaningCartridgeCleansAndWaitsAtTheMouth) {
    auto library = a_library().with_cartridge("CLNU01L1", slot(1));
    EXPECT_EQ(library.move(slot(1), drive(1)), good());
    EXPECT_EQ(library.library().drive(0).state(), "unloaded");
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
}

// What the changer says of a drive is what the drive says of itself (changer sheet 4.8.7).
TEST(DriveCoupling, TheChangerIdentifiesTheDriveByItsOwnInquiry) {
    auto library = a_library();
    changer::ReadElementStatus command;
    command.element_type = static_cast<std::uint8_t>(ElementType::DataTransfer);
    command.dvcid = true;
    command.number_of_elements = 0xFFFF;
    command.allocation_length = 4096;
    const auto answer = library.host().send(command);
    library.settle();
    EXPECT_THAT(std::string(base::as_text(answer->data)),
                HasSubstr("NEARLINEPLAIN DRIVE     DRV0000000"));
}

TEST(Targets, OneTargetHasTheChangerFirst) {
    auto library = a_library().with_drives(2);
    const auto targets = library.library().targets();
    ASSERT_EQ(targets.size(), 1U);
    EXPECT_EQ(targets.front().name, "iqn.2026-11.test.nearline:plain");
    EXPECT_EQ(targets.front().device->luns().size(), 3U);
    EXPECT_EQ(targets.front().device->find({}), &library.library().changer().unit());
    EXPECT_EQ(targets.front().device->find(scsi::simple_lun(2)),
              &library.library().drive(1).unit());
}

TEST(Targets, OnePerDeviceHasEachAtLunZero) {
    auto library = a_library().with_drives(2).with_layout(DeviceLayout::TargetPerDevice);
    std::vector<std::string> names;
    for (const Target& target : library.library().targets()) {
        names.push_back(target.name);
        EXPECT_EQ(target.device->luns().size(), 1U);
    }
    EXPECT_THAT(names, ElementsAre("iqn.2026-11.test.nearline:plain-changer",
                                   "iqn.2026-11.test.nearline:plain-drive0",
                                   "iqn.2026-11.test.nearline:plain-drive1"));
}

TEST(OperatorHands, TakeOutAndPutInThroughTheStation) {
    auto library =
        a_library().with_cartridge("ABC001L9", station(1)).with_cartridge("ABC002L9", slot(1));
    EXPECT_EQ(refusal_of(library.hands().take("ABC001L9")), "");
    EXPECT_THAT(library.outside(), ElementsAre("ABC001L9"));
    EXPECT_EQ(library.library().cartridge_count(), 2U);
    library.settle();
    EXPECT_EQ(library.test_unit_ready(), check_condition(scsi::kImportExportElementAccessed));
    EXPECT_EQ(refusal_of(library.hands().insert("ABC001L9", {})), "");
    library.settle();
    EXPECT_EQ(library.cartridge_in(station(1)), "ABC001L9");
    EXPECT_THAT(library.outside(), IsEmpty());
}

TEST(OperatorHands, BringANewCartridge) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    EXPECT_EQ(refusal_of(library.hands().insert("NEW001L8", station(1))), "");
    library.settle();
    const auto brought = library.description_in(station(1));
    EXPECT_EQ(brought->label, "NEW001L8");
    EXPECT_EQ(brought->generation, media::Generation::Lto8);
    EXPECT_EQ(static_cast<std::uint32_t>(brought->id), 2U);
    EXPECT_EQ(library.library().cartridge_count(), 2U);
}

TEST(OperatorHands, ALabelThatDoesNotSayIsOfTheDrivesGeneration) {
    auto library = a_library();
    EXPECT_EQ(refusal_of(library.hands().insert("MONDAY", {})), "");
    EXPECT_EQ(library.description_in(station(1))->generation, media::Generation::Lto9);
}

TEST(OperatorHands, AreRefusedInSentences) {
    auto library = a_library()
                       .with_cartridge("ABC001L9", slot(1))
                       .with_cartridge("ABC002L9", drive(1))
                       .with_cartridge("ABC003L9", {})
                       .with_cartridge("TWICE0L9", {})
                       .with_cartridge("TWICE0L9", {});
    Operator& hands = library.hands();
    EXPECT_EQ(refusal_of(hands.take("NOBODY")), "there is no cartridge NOBODY");
    EXPECT_EQ(refusal_of(hands.take("ABC003L9")), "ABC003L9 is outside already");
    EXPECT_EQ(refusal_of(hands.take("ABC001L9")), "the door is closed");
    EXPECT_EQ(refusal_of(hands.take("ABC002L9")), "hands do not reach into a drive");
    EXPECT_EQ(refusal_of(hands.insert("TWICE0L9", {})),
              "2 cartridges are called \"TWICE0L9\": say which by number (#4, #5)");
    EXPECT_EQ(refusal_of(hands.insert("#1", {})), "cartridge #1 is not outside");
    EXPECT_EQ(refusal_of(hands.insert("ABC003L9", drive(1))), "hands do not reach a drive");
    EXPECT_EQ(refusal_of(hands.insert("ABC003L9", slot(9))), "there is no slot 8");
    EXPECT_THAT(refusal_of(hands.insert("lower", {})), HasSubstr("is no label"));
    EXPECT_EQ(refusal_of(hands.press_eject(7)), "there is no drive 7");
    EXPECT_EQ(refusal_of(hands.set_drive_power(0, true)), "it is on");
    EXPECT_EQ(refusal_of(hands.power_on()), "it is on");
    EXPECT_EQ(library.library().cartridge_count(), 5U);
}

TEST(OperatorHands, CallACartridgeByNumber) {
    auto library =
        a_library().with_stations(2).with_cartridge("TWICE0L9", {}).with_cartridge("TWICE0L9", {});
    EXPECT_EQ(refusal_of(library.hands().insert("#2", {})), "");
    EXPECT_EQ(static_cast<std::uint32_t>(library.description_in(station(1))->id), 2U);
    library.settle();
    EXPECT_EQ(refusal_of(library.hands().take("#2")), "");
}

TEST(OperatorHands, GetBackWhatDoesNotFit) {
    auto library =
        a_library().with_cartridge("ABC001L9", station(1)).with_cartridge("ABC002L9", {});
    EXPECT_EQ(refusal_of(library.hands().insert("ABC002L9", {})), "no station element is free");
    EXPECT_THAT(refusal_of(library.hands().insert("ABC002L9", station(1))), HasSubstr("is full"));
    EXPECT_THAT(refusal_of(library.hands().insert("NEW001L9", station(1))), HasSubstr("is full"));
    EXPECT_THAT(library.outside(), ElementsAre("ABC002L9"));
    EXPECT_EQ(library.library().cartridge_count(), 2U);
}

TEST(OperatorHands, AreInTheTrace) {
    auto library = a_library().with_cartridge("ABC001L9", station(1));
    library.hands();
    const std::size_t before = library.trace().lines().size();
    EXPECT_TRUE(library.hands().take("ABC001L9"));
    EXPECT_FALSE(library.hands().take("ABC001L9"));
    std::vector<std::string> acts;
    for (std::size_t at = before; at < library.trace().lines().size(); ++at) {
        const std::string& line = library.trace().lines()[at];
        if (const auto act = line.find("operator act "); act != std::string::npos) {
            acts.push_back(line.substr(act));
        }
    }
    EXPECT_THAT(acts,
                ElementsAre("operator act take ABC001L9 from station 0",
                            "operator act take ABC001L9: refused, ABC001L9 is outside already"));
}

TEST(Power, OfTheLibraryTakesEverythingAway) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1)).with_cartridge("ABC002L9", {});
    library.move(slot(1), drive(1));
    EXPECT_EQ(refusal_of(library.hands().power_off()), "");
    EXPECT_EQ(library.host().test_unit_ready(), check_condition(scsi::kLogicalUnitNotSupported));
    EXPECT_FALSE(library.hands().view().is_powered);
    EXPECT_EQ(library.library().cartridge_count(), 2U);
    EXPECT_EQ(refusal_of(library.hands().power_off()), "it is off");
    EXPECT_EQ(refusal_of(library.hands().power_on()), "");
    EXPECT_EQ(library.test_unit_ready(), check_condition(scsi::kPowerOnOrReset));
    library.settle();
    EXPECT_EQ(library.library().drive(0).state(), "ready");
    library.clear_attentions();
    EXPECT_EQ(library.move(drive(1), slot(1)), good());
}

TEST(Power, OfADriveTakesItsLogicalUnitAway) {
    auto library = a_library().with_drives(2);
    EXPECT_EQ(refusal_of(library.hands().set_drive_power(0, false)), "");
    EXPECT_EQ(library.test_unit_ready(kDrive0), check_condition(scsi::kLogicalUnitNotSupported));
    EXPECT_EQ(library.hands().view().drive_states,
              (std::vector<std::string>{"powered off", "empty"}));
    EXPECT_EQ(refusal_of(library.hands().set_drive_power(0, true)), "");
    EXPECT_EQ(library.test_unit_ready(kDrive0), check_condition(scsi::kPowerOnOrReset));
}

// Changer sheet 9.4: the element of a drive without power is another, and hosts are to look again.
TEST(Power, OfADriveIsToldByTheChanger) {
    auto library = a_library().with_drives(2).with_cartridge("ABC001L9", slot(1));
    EXPECT_EQ(refusal_of(library.hands().set_drive_power(0, false)), "");
    std::vector<scsi::Outcome> told;
    for (auto seen = library.test_unit_ready(); !seen.is_good(); seen = library.test_unit_ready()) {
        told.push_back(seen);
    }
    EXPECT_THAT(told, testing::Contains(check_condition(scsi::kMediumMayHaveChanged)));
    EXPECT_FALSE(library.move(slot(1), drive(1)).is_good());
    EXPECT_EQ(library.cartridge_in(slot(1)), "ABC001L9");
}

TEST(Trace, TellsTasksWithTheirBytesAndOutcomes) {
    auto library = a_library().with_cartridge("ABC001L9", slot(1));
    library.library();
    const std::size_t before = library.trace().lines().size();
    library.move(slot(2), slot(1));
    ASSERT_EQ(library.trace().lines().size(), before + 2);
    EXPECT_THAT(library.trace().lines()[before], HasSubstr("changer task nexus 1 tag "));
    EXPECT_THAT(library.trace().lines()[before], HasSubstr(" cdb a50000000401040000000000 data 0"));
    EXPECT_THAT(library.trace().lines()[before + 1],
                HasSubstr("CHECK CONDITION 5/3B/0E MEDIUM SOURCE ELEMENT EMPTY"));
}

TEST(View, ShowsAllPlacesInTheirOrder) {
    auto library = a_library().with_cartridge("ABC001L9", slot(2)).with_cartridge("ABC002L9", {});
    const LibraryView view = library.hands().view();
    EXPECT_EQ(view.name, "plain");
    EXPECT_TRUE(view.is_powered);
    EXPECT_TRUE(view.is_ready);
    std::vector<std::string> places;
    for (const PlaceView& place : view.places) {
        places.push_back(std::string(to_text(place.type)) + std::to_string(place.place) +
                         (place.cartridge ? "=" + place.cartridge->label : ""));
    }
    EXPECT_THAT(places, ElementsAre("robot0", "slot0", "slot1=ABC001L9", "station0", "drive0"));
    ASSERT_EQ(view.outside.size(), 1U);
    EXPECT_EQ(view.outside.front().label, "ABC002L9");
}

}  // namespace
}  // namespace nearline::library
