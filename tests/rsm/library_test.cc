// RSM over a library of ours, as it is in life: every fact comes by SCSI, and the operator's hands
// are the only other way to change it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "scsi/local_initiator.h"
#include "sim/simulation.h"
#include "tests/library/a_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {
namespace {

// Delays in virtual time.
class SimulatedDelays final : public Delays {
public:
    explicit SimulatedDelays(sim::Simulation& simulation) : simulation_(simulation) {}
    void after(std::uint64_t milliseconds, std::function<void()> action) override {
        timers_.push_back(std::make_unique<sim::Timer>(simulation_, std::move(action)));
        timers_.back()->start(std::chrono::milliseconds(milliseconds));
    }
    std::uint64_t now_ms() const override {
        return 1'700'000'000'000U +
               static_cast<std::uint64_t>(simulation_.now().time_since_epoch().count()) /
                   1'000'000U;
    }
    void pass(std::uint64_t milliseconds) {
        simulation_.run_until(simulation_.now() + std::chrono::milliseconds(milliseconds));
    }

private:
    sim::Simulation& simulation_;
    std::deque<std::unique_ptr<sim::Timer>> timers_;
};

class RsmOverALibrary : public testing::Test {
protected:
    RsmOverALibrary()
        : library_(library::a_library()
                       .with_slots(4)
                       .with_stations(2)
                       .with_drives(1)
                       .with_cartridge("NL0001L9", library::slot(1))
                       .with_cartridge("NL0002L9", library::slot(2))),
          host_(library_.simulation()),
          initiator_(*library_.library().targets().front().device,
                     {"iqn.2026-11.test.nearline:rsm,i,0x1", "target,t,0x1"}) {
        host_.service->manage(
            {"vault", &initiator_, scsi::simple_lun(0), {{&initiator_, scsi::simple_lun(1)}}});
        host_.delays.pass(60'000);
    }

    std::string medium(const std::string& label) {
        return host_.named(ObjectType::PhysicalMedia, label);
    }
    std::string free_medium(const std::string& label) {
        const std::string id = medium(label);
        EXPECT_EQ(host_.move(id, host_.free_pool()), kOk);
        host_.delays.pass(600'000);
        return id;
    }
    SideState state_of(const std::string& id) {
        const std::string side = host_.list(ObjectType::Partition, id).front();
        return static_cast<SideState>(host_.get(side).partition().state());
    }
    // Ejected by RSM, and taken by the operator.
    void eject_and_take(const std::string& label) {
        EXPECT_EQ(host_.eject(medium(label), EjectAction::Start).error(), kOk);
        host_.delays.pass(60'000);
        EXPECT_EQ(library_.cartridge_in(library::station(1)), label);
        EXPECT_TRUE(library_.hands().open_station());
        EXPECT_TRUE(library_.hands().take(label));
        EXPECT_TRUE(library_.hands().close_station());
    }

    library::ALibrary library_;
    ServiceHost<SimulatedDelays> host_;
    scsi::LocalInitiator initiator_;
};

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
