// A medium is offline when its cartridge has left the library, and only then: each way out, what
// DeleteMedia answers before and after, and each way back.
#include <gtest/gtest.h>

#include "tests/rsm/over_a_library.h"

namespace nearline::rsm {
namespace {

// Eight slots in two magazines.
class Offline : public RsmOverALibrary {
protected:
    Offline()
        : RsmOverALibrary(library::a_library()
                              .with_slots(8)
                              .with_stations(2)
                              .with_drives(1)
                              .with([](library::LibraryDescription& description) {
                                  description.changer.slots_per_magazine = 4;
                              })
                              .with_cartridge("NL0001L9", library::slot(1))
                              .with_cartridge("NL0002L9", library::slot(5))) {}

    bool is_offline(const std::string& id) {
        const auto medium = host_.get(id).physical_media();
        return medium.current_library() == host_.named(ObjectType::Library, "Off-line Media") &&
               medium.location().empty() && medium.home_slot().empty();
    }
    void cut_off() {
        wire_.is_whole = false;
        host_.inventory(vault(), InventoryMethod::Fast);
        host_.delays.pass(120'000);
    }
    std::uint32_t delete_library(const std::string& id) {
        v1::DeleteLibraryRequest request;
        request.set_session(host_.session);
        request.set_library_id(id);
        return host_.call<v1::DeleteLibraryAnswer>("DeleteLibrary", request).error();
    }
};

TEST_F(Offline, ByAMagazineThatIsPulledUntilItIsBack) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().pull_magazine(0));
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Fast), kOk);
    host_.delays.pass(10'000);
    EXPECT_TRUE(is_offline(id));
    EXPECT_FALSE(is_offline(medium("NL0002L9")));  // in the other magazine
    // Pushed back, it may hold anything until the robot has looked.
    EXPECT_TRUE(library_.hands().push_magazine(0));
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    host_.delays.pass(600'000);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(host_.location_name(id), "Slot 1");
    EXPECT_TRUE(library_.hands().pull_magazine(0));
    EXPECT_EQ(host_.remove(id), kOk);
    EXPECT_EQ(medium("NL0001L9"), "");
}

TEST_F(Offline, ByTheDeletionOfALibraryThatHasGone) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_EQ(delete_library(vault()), code(Error::InvalidState));
    cut_off();
    EXPECT_EQ(host_.get(vault()).operational_state(), 21U);
    EXPECT_EQ(host_.location_name(id), "Slot 1");  // recorded where it was
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(delete_library(vault()), kOk);
    EXPECT_TRUE(is_offline(id));
    EXPECT_EQ(vault(), "");
    EXPECT_EQ(host_.remove(id), kOk);
}

TEST_F(Offline, AndOnlineAgainWhenTheDeletedLibraryComesBack) {
    const std::string id = free_medium("NL0001L9");
    cut_off();
    EXPECT_EQ(delete_library(vault()), kOk);
    wire_.is_whole = true;
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));  // there it stands
    EXPECT_NE(vault(), "");
    EXPECT_EQ(host_.location_name(id), "Slot 1");
    EXPECT_EQ(state_of(id), SideState::Available);
}

TEST_F(Offline, NotByALibraryThatIsAwayForAWhile) {
    const std::string id = free_medium("NL0001L9");
    cut_off();
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_FALSE(is_offline(id));
    wire_.is_whole = true;
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Fast), code(Error::DeviceNotAvailable));
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.get(vault()).operational_state(), 0U);
    EXPECT_EQ(host_.location_name(id), "Slot 1");
}

TEST_F(Offline, NotInADriveThatIsSwitchedOff) {
    const std::string id = medium("NL0001L9");
    EXPECT_EQ(library_.move(library::slot(1), library::drive(1)), library::good());
    EXPECT_EQ(host_.inventory(vault(), InventoryMethod::Fast), kOk);
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.location_name(id), "Drive 1");
    EXPECT_TRUE(library_.hands().set_drive_power(0, false));
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_FALSE(is_offline(id));
    const std::string drive = host_.list(ObjectType::Drive).front();
    EXPECT_EQ(host_.get(drive).operational_state(), 21U);
    EXPECT_TRUE(library_.hands().set_drive_power(0, true));
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(host_.get(drive).operational_state(), 0U);
}

TEST_F(Offline, NotWhileTheRobotCarriesIt) {
    const std::string id = free_medium("NL0001L9");
    EXPECT_EQ(host_.eject(id, EjectAction::Start).error(), kOk);
    host_.delays.pass(2'000);  // on its way
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.location_name(id), "Port 1");
}

TEST_F(Offline, AndForgottenWhenItsKindIsNotKept) {
    const std::string id = medium("NL0001L9");  // unrecognized
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_EQ(host_.eject(id, EjectAction::Start).error(), kOk);
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    EXPECT_TRUE(library_.hands().take("NL0001L9"));
    host_.delays.pass(120'000);
    EXPECT_EQ(medium("NL0001L9"), "");
    EXPECT_EQ(host_.remove(id), code(Error::InvalidMedia));
}

}  // namespace
}  // namespace nearline::rsm
