#include "drives/drive_machine.h"

#include <gtest/gtest.h>

#include <array>

#include "sim/random.h"
#include "tests/sim/machine_page.h"

namespace nearline::drives {
namespace {

using namespace std::chrono_literals;

// A mechanism that does as a test says.
struct Puppet final : Mechanism {
    Seat seat() const override { return where; }
    Finding finding() const override { return found; }
    LoadTo load_target() const override { return load_to; }
    UnloadTo unload_target() const override { return unload_to; }
    sim::Duration self_test_time() const override { return 1s; }
    sim::Duration load_time() const override { return 1s; }
    sim::Duration unload_time() const override { return 1s; }
    sim::Duration cleaning_time() const override { return 1s; }
    Activity wanted() const override { return activity; }
    sim::Duration motion_time() const override { return 1s; }
    sim::Duration streaming_time() const override { return 1s; }
    void entered(DriveState) override {}
    void began(Activity) override {}
    void cleaned() override {}
    void settled() override {}

    Seat where = Seat::Nowhere;
    Finding found = Finding::Readable;
    LoadTo load_to = LoadTo::Tape;
    UnloadTo unload_to = UnloadTo::Mouth;
    Activity activity = Activity::Locating;
};

constexpr std::array kMotions = {Activity::Locating, Activity::Spacing, Activity::Rewinding,
                                 Activity::Erasing, Activity::Formatting};

void act_at_random(sim::RandomStream& random, sim::Simulation& simulation, Puppet& puppet,
                   DriveMachine& machine) {
    puppet.where = static_cast<Seat>(random.below(3));
    puppet.found = static_cast<Finding>(random.below(5));
    puppet.load_to = static_cast<LoadTo>(random.below(2));
    puppet.unload_to = static_cast<UnloadTo>(random.below(2));
    puppet.activity = kMotions.at(random.below(kMotions.size()));
    switch (random.below(13)) {
        case 0:
            return machine.tell(PowerApplied{});
        case 1:
            if (random.chance(1, 8)) machine.tell(PowerRemoved{});
            return;
        case 2:
            return machine.tell(CartridgeInserted{});
        case 3:
            return machine.tell(CartridgeTaken{});
        case 4:
            return machine.tell(LoadRequested{});
        case 5:
            return machine.tell(UnloadRequested{});
        case 6:
        case 7:
            return machine.tell(DataRequested{});
        case 8:
            return machine.tell(MotionRequested{});
        default:
            simulation.run_next();
    }
}

TEST(DriveMachine, IsThePageThatDocumentsIt) {
    sim::expect_page("drive",
                     to_markdown(sim::diagram_of<DriveMachine>(), "The drive's machine",
                                 "The life of a cartridge between the mouth of a drive and the "
                                 "tape path\n(`drives/drive_machine.h`)."));
}

TEST(DriveMachine, ARandomWalkTakesEveryRowAndNoOther) {
    sim::Simulation simulation;
    sim::NullTrace trace;
    Puppet puppet;
    DriveMachine machine(simulation, trace, "drive", puppet);
    sim::TakenRows rows;
    machine.observe(std::ref(rows));
    machine.start();
    sim::RandomStream random = sim::RandomSource(1).stream("walk");
    for (int step = 0; step < 20000; ++step) act_at_random(random, simulation, puppet, machine);
    rows.expect_all_of(sim::diagram_of<DriveMachine>());
}

}  // namespace
}  // namespace nearline::drives
