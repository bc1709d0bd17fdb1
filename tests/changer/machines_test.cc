// The machines against their diagrams: pages generated from the reaction lists, and seeded walks
// that must take every row, while cartridges are counted after every event.
#include <gtest/gtest.h>

#include <set>

#include "changer/library_machine.h"
#include "changer/mechanics.h"
#include "changer/robot_machine.h"
#include "changer/station_machine.h"
#include "sim/random.h"
#include "tests/changer/a_changer.h"
#include "tests/sim/machine_page.h"

namespace nearline::changer {
namespace {

using namespace std::chrono_literals;

TEST(MachinePages, AreThoseOfTheReactionLists) {
    sim::expect_page(
        "robot",
        sim::to_markdown(
            sim::diagram_of<RobotMachine>(), "The robot",
            "A carriage with one gripper ([robot_machine.h](../../changer/robot_machine.h)). It is "
            "given a list\nof steps; each wait is a timer of the state it is in."));
    sim::expect_page(
        "library",
        sim::to_markdown(sim::diagram_of<LibraryMachine>(), "The library",
                         "What the library is to its hosts "
                         "([library_machine.h](../../changer/library_machine.h)):\nonly in Ready "
                         "does it carry out medium commands."));
    sim::expect_page("station",
                     sim::to_markdown(sim::diagram_of<StationMachine>(), "The station",
                                      "The import/export elements behind their door "
                                      "([station_machine.h](../../changer/station_machine.h))."));
}

// Hosts, hands and faults at random.
class Walk {
public:
    Walk(std::uint64_t seed, MagazineRule rule)
        : random_(sim::RandomSource(seed).stream("walk")), world_(a_world(seed, rule)) {}

    void observe(sim::TakenRows& robot, sim::TakenRows& library, sim::TakenRows& station) {
        Mechanics& mechanics = world_->changer->mechanics();
        mechanics.robot_machine().observe(std::ref(robot));
        mechanics.library_machine().observe(std::ref(library));
        mechanics.station_machine().observe(std::ref(station));
    }

    void run(int acts) {
        for (int act = 0; act < acts; ++act) {
            act_once();
            check();
            const sim::Time until =
                world_->simulation.now() + sim::Duration(random_.between(0, 12'000'000'000));
            while (world_->simulation.next_event_time() <= until) {
                world_->simulation.run_next();
                check();
            }
            world_->simulation.run_until(until);
        }
        come_to_rest();
    }

private:
    static std::unique_ptr<TestChanger> a_world(std::uint64_t seed, MagazineRule rule) {
        auto description = a_changer().with_slots(8).with_magazines_of(4).with_profile(
            [&](ChangerProfile& profile) {
                profile.magazine = rule;
                // Some libraries take a cartridge into the robot's hand and leave it there.
                if (seed % 3 == 0) profile.move_from = {0x0F, 0x0F, 0x0F, 0x0F};
            });
        for (int number = 0; number < kCartridges; ++number) {
            std::move(description)
                .with_cartridge("ABC00" + std::to_string(number) + "L9", slot(number));
        }
        auto world = std::move(description).off();
        for (auto& drive : world->drives) {
            drive->load_time = 5s;
            drive->unload_time = 6s;
        }
        return world;
    }

    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
    ElementAddress anywhere() {
        const int number = static_cast<int>(below(14));
        if (number < 8) return slot(number);
        if (number < 10) return station(number - 8);
        if (number < 12) return drive(number - 10);
        return kRobot;
    }
    // Mostly one that is full.
    ElementAddress somewhere_full() {
        for (int tries = 0; tries < 20; ++tries) {
            const ElementAddress address = anywhere();
            if (world_->at(address).cartridge != nullptr) return address;
        }
        return anywhere();
    }

    template <typename Command>
    void command(const Command& command) {
        world_->attentions();
        answers_.push_back(world_->send(command));
    }

    void act_once() {
        Changer& changer = *world_->changer;
        switch (below(24)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4:
                return command(MoveMedium{kRobot, somewhere_full(), anywhere(),
                                          static_cast<StationOption>(below(8) == 0 ? 1 : 0)});
            case 5:
            case 6: {
                const ElementAddress source = somewhere_full();
                return command(ExchangeMedium{kRobot, source, somewhere_full(),
                                              below(2) == 0 ? source : anywhere()});
            }
            case 7:
                return command(PositionToElement{kRobot, anywhere()});
            case 8:
                return command(InitializeElementStatus{});
            case 9:
                return command(InitializeElementStatusWithRange{
                    {.range = true, .starting_element = anywhere(), .number_of_elements = 3}});
            case 10:
                return (void)world_->prevent(below(2) == 0);
            case 11:
                return command(OpenCloseImportExportElement{
                    station(0), static_cast<ImportExportAction>(below(2))});
            case 12:
                return changer.obstruct_robot(static_cast<RobotAction>(below(3)),
                                              static_cast<int>(1 + below(2)));
            case 13:
                return below(3) == 0 ? changer.power_off() : changer.power_on();
            case 14:
                return (void)changer.open_door();
            case 15:
            case 16:
                return (void)changer.close_door();
            case 17:
                return (void)changer.open_station();
            case 18:
                return (void)changer.close_station();
            case 19:
                return (void)changer.pull_magazine(static_cast<std::uint16_t>(below(2)));
            case 20:
                return (void)changer.push_magazine(static_cast<std::uint16_t>(below(2)));
            case 21:
                return (void)changer.set_online(below(3) != 0);
            case 22:
                return trouble_a_drive();
            default:
                return use_hands();
        }
    }

    void trouble_a_drive() {
        FakeDrive& troubled = *world_->drives[below(2)];
        const bool is_bad = below(3) == 0;
        troubled.unload_failure.reset();
        troubled.load_failure.reset();
        if (is_bad && below(2) == 0) troubled.unload_failure = scsi::kUnloadTapeFailure;
        if (is_bad) troubled.load_failure = scsi::kMediaLoadOrEjectFailed;
    }

    void use_hands() {
        if (!outside_.empty() && below(2) == 0) {
            auto inserted = world_->changer->insert(std::move(outside_.back()), anywhere());
            outside_.pop_back();
            if (!inserted) outside_.push_back(std::move(inserted).error().cartridge);
        } else if (auto taken = world_->changer->take(somewhere_full())) {
            outside_.push_back(std::move(taken).value());
        }
    }

    // Every cartridge is in exactly one place.
    void check() {
        std::set<media::CartridgeId> seen;
        world_->changer->for_each_element([&](const ElementView& view) {
            if (view.cartridge == nullptr) return;
            ASSERT_TRUE(seen.insert(view.cartridge->id()).second) << view.cartridge->label();
        });
        for (const media::Cartridge& cartridge : outside_) {
            ASSERT_TRUE(seen.insert(cartridge.id()).second) << cartridge.label();
        }
        ASSERT_EQ(seen.size(), static_cast<std::size_t>(kCartridges));
        ASSERT_EQ(world_->changer->cartridge_count() + outside_.size(),
                  static_cast<std::size_t>(kCartridges));
    }

    // Whatever happened, a patient operator gets the library ready, every task has been answered,
    // and what was kept is where it is.
    void come_to_rest() {
        Changer& changer = *world_->changer;
        for (int tries = 0; tries < 3; ++tries) {  // a fault may be waiting for the robot
            changer.power_on();
            (void)changer.open_door();
            (void)changer.close_door();
            (void)changer.close_station();
            (void)changer.push_magazine(0);
            (void)changer.push_magazine(1);
            (void)changer.set_online(true);
            world_->run_until_idle();
        }
        EXPECT_TRUE(changer.is_ready());
        for (const auto& answer : answers_) EXPECT_TRUE(answer->has_value());
        EXPECT_EQ(world_->unit_task_count(), 0U);
        changer.for_each_element([&](const ElementView& view) {
            if (view.cartridge == nullptr) return;
            const auto kept = world_->facts.where.find(view.cartridge->id());
            if (kept != world_->facts.where.end()) {
                EXPECT_EQ(kept->second, view.address);
            }
        });
        for (const media::Cartridge& cartridge : outside_) {
            EXPECT_FALSE(world_->facts.where.contains(cartridge.id()));
        }
    }

    static constexpr int kCartridges = 6;
    sim::RandomStream random_;
    std::unique_ptr<TestChanger> world_;
    std::vector<media::Cartridge> outside_;
    std::vector<std::shared_ptr<std::optional<scsi::Outcome>>> answers_;
};

TEST(Walks, TakeEveryRowAndLoseNoCartridge) {
    sim::TakenRows robot;
    sim::TakenRows library;
    sim::TakenRows station;
    for (std::uint64_t seed = 1; seed <= 60 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        Walk walk(seed, seed % 2 == 0 ? MagazineRule::OnlyItsSlots : MagazineRule::WholeLibrary);
        walk.observe(robot, library, station);
        walk.run(400);
    }
    robot.expect_all_of(sim::diagram_of<RobotMachine>());
    library.expect_all_of(sim::diagram_of<LibraryMachine>());
    station.expect_all_of(sim::diagram_of<StationMachine>());
}

}  // namespace
}  // namespace nearline::changer
