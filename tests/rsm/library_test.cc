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

TEST_F(RsmOverALibrary, MountsAndDismountsWithTheRobotOfTheLibrary) {
    const std::string side = host_.list(ObjectType::Partition, medium("NL0001L9")).front();
    const auto call = [&](const std::string& method, const std::string& rest) {
        return host_.start(method, R"({"session":")" + host_.session + R"(","mediaIds":[")" + side +
                                       "\"]" + rest + "}");
    };
    const auto mount = call("MountMedia", R"(,"timeoutMs":4294967295)");
    EXPECT_FALSE(mount->has_value());  // the robot and the drive take their time
    host_.delays.pass(300'000);
    ASSERT_TRUE(mount->has_value());
    const std::string drive = host_.list(ObjectType::Drive).front();
    EXPECT_EQ((*mount)->json, R"({"error":0,"driveIds":[")" + drive + "\"]}");
    EXPECT_EQ(library_.cartridge_in(library::drive(1)), "NL0001L9");
    EXPECT_EQ(host_.get(drive).drive().state(), 2U);

    // Left in the drive, and mounted there again.
    EXPECT_EQ((*call("DismountMedia", R"(,"options":1)"))->json, R"({"error":0})");
    EXPECT_EQ(host_.get(drive).drive().state(), 7U);
    const auto again = call("MountMedia", R"(,"timeoutMs":60000)");
    host_.delays.pass(60'000);
    ASSERT_TRUE(again->has_value());
    EXPECT_EQ(host_.get(drive).drive().mount_count(), 2U);

    EXPECT_EQ((*call("DismountMedia", ""))->json, R"({"error":0})");
    host_.delays.pass(300'000);
    EXPECT_EQ(library_.cartridge_in(library::slot(1)), "NL0001L9");
    EXPECT_EQ(host_.get(drive).drive().state(), 0U);
    EXPECT_EQ(host_.get(medium("NL0001L9")).physical_media().media_state(), 0U);
}

}  // namespace
}  // namespace nearline::rsm
