#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rsm/over_a_library.h"

namespace nearline::rsm {
namespace {

TEST_F(RsmOverALibrary, KnowsEveryElementAndCartridge) {
    const auto vault = host_.get(host_.named(ObjectType::Library, "vault")).library();
    EXPECT_EQ(vault.number_of_slots(), 4U);
    EXPECT_EQ(vault.number_of_ports(), 2U);
    EXPECT_EQ(vault.number_of_drives(), 1U);
    EXPECT_EQ(vault.number_of_media(), 2U);
    EXPECT_EQ(host_.location_name(medium("NL0001L9")), "Slot 1");
    const auto drive = host_.get(host_.list(ObjectType::Drive).front()).drive();
    EXPECT_EQ(drive.serial_number(), "DRV0000000");
}

TEST_F(RsmOverALibrary, DeletesAMediumOnlyWhenTheOperatorHasTakenIt) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_EQ(state_of(id), SideState::Available);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));  // in its slot

    const auto ejected = host_.eject(id, EjectAction::Start);
    EXPECT_EQ(ejected.error(), kOk);
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.location_name(id), "Port 1");
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));  // in the station

    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));  // within reach of hands
    EXPECT_TRUE(library_.hands().take("NL0001L9"));
    EXPECT_TRUE(library_.hands().close_station());
    EXPECT_EQ(host_.remove(id), kOk);
    EXPECT_EQ(medium("NL0001L9"), "");
    EXPECT_EQ(host_.remove(id), code(Error::InvalidMedia));
}

TEST_F(RsmOverALibrary, RefusesToDeleteWhatWasPutBack) {
    const std::string id = free_medium("NL0001L9");
    eject_and_take("NL0001L9");
    host_.delays.pass(120'000);
    EXPECT_EQ(host_.location_name(id), "outside");
    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_TRUE(library_.hands().insert("NL0001L9", library::station(2)));
    EXPECT_TRUE(library_.hands().close_station());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(host_.location_name(id), "Port 2");
}

TEST_F(RsmOverALibrary, SeesWhatIsTakenThroughTheDoorAndWhatIsPutBack) {
    const std::string id = free_medium("NL0002L9");
    EXPECT_TRUE(library_.hands().open_door());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().take("NL0002L9"));
    EXPECT_TRUE(library_.hands().insert("NL0002L9", library::slot(4)));
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().take("NL0002L9"));
    EXPECT_EQ(host_.remove(id), kOk);
}

TEST_F(RsmOverALibrary, WaitsForALibraryThatTakesItsOwnInventory) {
    const std::string id = free_medium("NL0001L9");
    eject_and_take("NL0001L9");
    host_.delays.pass(120'000);
    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_TRUE(library_.hands().insert("NL0001L9", library::station(1)));
    EXPECT_TRUE(library_.hands().close_station());
    EXPECT_TRUE(library_.hands().power_off());
    EXPECT_TRUE(library_.hands().power_on());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(host_.location_name(id), "Port 1");
}

TEST_F(RsmOverALibrary, DeletesADeletedCartridgesRecordOnceAndMeetsItAgainAsNew) {
    const std::string id = free_medium("NL0001L9");
    eject_and_take("NL0001L9");
    EXPECT_EQ(host_.remove(id), kOk);
    host_.delays.pass(60'000);  // the robot looks into the station
    EXPECT_TRUE(library_.hands().open_station());
    EXPECT_TRUE(library_.hands().insert("NL0001L9", library::station(1)));
    EXPECT_TRUE(library_.hands().close_station());
    EXPECT_EQ(host_.inventory(host_.named(ObjectType::Library, "vault"), InventoryMethod::Fast),
              kOk);
    host_.delays.pass(120'000);
    EXPECT_NE(medium("NL0001L9"), "");
    EXPECT_NE(medium("NL0001L9"), id);
    EXPECT_EQ(state_of(medium("NL0001L9")), SideState::Foreign);
}

TEST_F(RsmOverALibrary, ComesBackWhenTheLibraryWasOff) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_TRUE(library_.hands().power_off());
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().power_on());
    host_.delays.pass(120'000);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    eject_and_take("NL0001L9");
    EXPECT_EQ(host_.remove(id), kOk);
}

}  // namespace
}  // namespace nearline::rsm
