// A drive without a changer is a library with one drive, one port and no slots. Hands put tapes
// into it: here those of another host's robot, of which RSM knows nothing.
#include <gtest/gtest.h>

#include "tests/rsm/over_a_library.h"

namespace nearline::rsm {
namespace {

class StandAlone : public testing::Test {
protected:
    StandAlone()
        : library_(library::a_library()
                       .with_slots(3)
                       .with_stations(1)
                       .with_drives(1)
                       .with_cartridge("NL0001L9", library::slot(1))
                       .with_cartridge("NL0002L9", library::slot(2))),
          host_(library_.simulation()),
          initiator_(*library_.library().targets().front().device,
                     {"iqn.2026-11.test.nearline:rsm,i,0x1", "target,t,0x1"}),
          wire_(initiator_) {
        host_.service->manage({"desk", nullptr, {}, {{&wire_, scsi::simple_lun(1)}}});
        host_.delays.pass(60'000);
    }

    std::string desk() { return host_.named(ObjectType::Library, "desk"); }
    std::vector<std::string> inside() { return host_.list(ObjectType::PhysicalMedia, desk()); }
    std::vector<std::string> outside() {
        return host_.list(ObjectType::PhysicalMedia,
                          host_.named(ObjectType::Library, "Off-line Media"));
    }
    void put_in(std::uint16_t slot) {
        EXPECT_EQ(library_.move(library::slot(slot), library::drive(1)), library::good());
        look();
    }
    void take_out(std::uint16_t slot) {
        EXPECT_EQ(library_.move(library::drive(1), library::slot(slot)), library::good());
    }
    void look() {
        EXPECT_EQ(host_.inventory(desk(), InventoryMethod::Fast), kOk);
        host_.delays.pass(600'000);
    }
    // Labelled as free, so that its label tells it again.
    std::string free_tape(std::uint16_t slot) {
        put_in(slot);
        EXPECT_EQ(inside().size(), 1U);
        const std::string id = inside().front();
        EXPECT_EQ(host_.move(id, host_.free_pool()), kOk);
        host_.delays.pass(600'000);
        return id;
    }

    library::ALibrary library_;
    ServiceHost<SimulatedDelays> host_;
    scsi::LocalInitiator initiator_;
    Wire wire_;
};

TEST_F(StandAlone, IsALibraryWithoutSlots) {
    const auto library = host_.get(desk()).library();
    EXPECT_EQ(library.library_type(), 3U);
    EXPECT_EQ(library.number_of_slots(), 0U);
    EXPECT_EQ(library.number_of_drives(), 1U);
    EXPECT_EQ(library.number_of_ports(), 1U);
    EXPECT_EQ(library.number_of_doors(), 0U);
    EXPECT_EQ(library.number_of_changers(), 0U);
    EXPECT_EQ(library.number_of_media(), 0U);
}

TEST_F(StandAlone, IdentifiesATapeByItsLabel) {
    put_in(1);
    ASSERT_EQ(inside().size(), 1U);
    const std::string id = inside().front();
    EXPECT_EQ(host_.location_name(id), "Drive 1");
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    const auto side = host_.get(host_.list(ObjectType::Partition, id).front()).partition();
    EXPECT_EQ(side.state(), static_cast<std::uint32_t>(SideState::Foreign));  // blank
}

TEST_F(StandAlone, KeepsATapeThatWasTakenOutAndKnowsItAgain) {
    const std::string id = free_tape(1);
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    take_out(1);
    look();
    EXPECT_TRUE(inside().empty());
    EXPECT_EQ(outside(), std::vector<std::string>{id});
    put_in(1);
    EXPECT_EQ(inside(), std::vector<std::string>{id});
    EXPECT_EQ(host_.remove(id), code(Error::InvalidState));
    take_out(1);
    EXPECT_EQ(host_.remove(id), kOk);
}

TEST_F(StandAlone, TellsATapeThatWasChangedBetweenTwoLooks) {
    const std::string first = free_tape(1);
    take_out(1);
    put_in(2);
    ASSERT_EQ(inside().size(), 1U);
    EXPECT_NE(inside().front(), first);
    EXPECT_EQ(outside(), std::vector<std::string>{first});
}

TEST_F(StandAlone, EjectsIntoHands) {
    const std::string id = free_tape(1);
    const auto answer = host_.eject(id, EjectAction::Force);
    EXPECT_EQ(answer.error(), kOk);
    host_.delays.pass(120'000);
    EXPECT_EQ(host_.get(answer.eject_operation()).lib_request().state(), 2U);
    EXPECT_EQ(outside(), std::vector<std::string>{id});
    EXPECT_EQ(host_.remove(id), kOk);
}

TEST_F(StandAlone, IsDismountedByLeavingTheTapeToHands) {
    const std::string id = free_tape(1);
    const std::string drive = host_.list(ObjectType::Drive, desk()).front();
    v1::MountMediaRequest mount;
    mount.set_session(host_.session);
    mount.add_media_ids(host_.list(ObjectType::Partition, id).front());
    mount.set_timeout_ms(60'000);
    EXPECT_EQ(host_.call<v1::MountMediaAnswer>("MountMedia", mount).error(), kOk);
    EXPECT_EQ(host_.get(drive).drive().state(), 2U);  // LOADED
    v1::DismountDriveRequest dismount;
    dismount.set_session(host_.session);
    dismount.set_drive_id(drive);
    EXPECT_EQ(host_.call<v1::DismountDriveAnswer>("DismountDrive", dismount).error(), kOk);
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.get(drive).drive().state(), 7U);  // DISMOUNTABLE
    EXPECT_EQ(host_.location_name(id), "Drive 1");
}

TEST_F(StandAlone, GoesWithItsDrive) {
    const std::string id = free_tape(1);
    v1::DeleteDriveRequest request;
    request.set_session(host_.session);
    request.set_drive_id(host_.list(ObjectType::Drive, desk()).front());
    EXPECT_EQ(host_.call<v1::DeleteDriveAnswer>("DeleteDrive", request).error(),
              code(Error::InvalidState));
    wire_.is_whole = false;
    host_.inventory(desk(), InventoryMethod::Fast);
    host_.delays.pass(60'000);
    EXPECT_EQ(host_.call<v1::DeleteDriveAnswer>("DeleteDrive", request).error(), kOk);
    EXPECT_EQ(desk(), "");
    EXPECT_EQ(outside(), std::vector<std::string>{id});
    EXPECT_EQ(host_.remove(id), kOk);
}

}  // namespace
}  // namespace nearline::rsm
