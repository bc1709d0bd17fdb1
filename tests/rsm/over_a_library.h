// RSM over a library of ours, as it is in life: every fact comes by SCSI, and the operator's hands
// are the only other way to change it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "scsi/local_initiator.h"
#include "sim/simulation.h"
#include "tests/library/a_library.h"
#include "tests/rsm/service_host.h"

namespace nearline::rsm {

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

// The way to the library, which somebody may cut.
class Wire final : public scsi::Initiator {
public:
    explicit Wire(scsi::Initiator& behind) : behind_(behind) {}
    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override {
        if (is_whole) return behind_.execute(std::move(request), std::move(done));
        scsi::Response lost;
        lost.delivery = scsi::Delivery::TransportFailed;
        done(lost);
    }
    bool is_whole = true;

private:
    scsi::Initiator& behind_;
};

class RsmOverALibrary : public testing::Test {
protected:
    RsmOverALibrary() : RsmOverALibrary(two_cartridges()) {}
    explicit RsmOverALibrary(library::ALibrary library)
        : library_(std::move(library)),
          host_(library_.simulation()),
          initiator_(*library_.library().targets().front().device,
                     {"iqn.2026-11.test.nearline:rsm,i,0x1", "target,t,0x1"}),
          wire_(initiator_) {
        host_.service->manage(
            {"vault", &wire_, scsi::simple_lun(0), {{&wire_, scsi::simple_lun(1)}}});
        host_.delays.pass(60'000);
    }

    static library::ALibrary two_cartridges() {
        return library::a_library()
            .with_slots(4)
            .with_stations(2)
            .with_drives(1)
            .with_cartridge("NL0001L9", library::slot(1))
            .with_cartridge("NL0002L9", library::slot(2));
    }

    std::string vault() { return host_.named(ObjectType::Library, "vault"); }
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
    Wire wire_;
};

}  // namespace nearline::rsm
