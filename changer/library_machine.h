// The library's machine: power, self-test, inventory, ready, and what keeps it from being ready.
// The diagram is docs/machines/library.md.
#pragma once

#include <string>

#include "changer/library_condition.h"
#include "sim/statechart.h"

namespace nearline::changer {

struct SwitchedOn : sim::MachineEvent<SwitchedOn> {};
struct SwitchedOff : sim::MachineEvent<SwitchedOff> {};
struct SelfTestPassed : sim::MachineEvent<SelfTestPassed> {};
struct InventoryBegun : sim::MachineEvent<InventoryBegun> {};  // a host asked for it
struct InventoryTaken : sim::MachineEvent<InventoryTaken> {};
struct DoorOpened : sim::MachineEvent<DoorOpened> {};
struct DoorClosed : sim::MachineEvent<DoorClosed> {};
struct RobotJammed : sim::MachineEvent<RobotJammed> {};
struct TurnedOffline : sim::MachineEvent<TurnedOffline> {};
struct TurnedOnline : sim::MachineEvent<TurnedOnline> {};
struct MagazinePulled : sim::MachineEvent<MagazinePulled> {};
struct MagazinePushed : sim::MachineEvent<MagazinePushed> {};

struct LibraryOff;
struct LibraryOn;
struct SelfTest;
struct Inventory;
struct Ready;
struct DoorOpen;
struct Offline;
struct MagazineOut;
struct NeedsOperator;

struct LibraryMachine : sim::StateMachine<LibraryMachine, LibraryOff> {
    LibraryMachine(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                   LibrarySite& site, sim::Duration self_test);
    ~LibraryMachine() { terminate(); }

    LibrarySite& site_;
    sim::Duration self_test_;
    bool has_passed_self_test_ = false;
};

struct LibraryOff : sim::MachineState<LibraryOff, LibraryMachine> {
    using OnSwitchedOn = sim::Choice<SwitchedOn, SelfTest, DoorOpen>;
    using reactions = OnSwitchedOn;
    explicit LibraryOff(my_context context);
    OnSwitchedOn::Taken react(const SwitchedOn&);
};

struct LibraryOn : sim::MachineState<LibraryOn, LibraryMachine, SelfTest> {
    using MachineState::MachineState;
    using reactions = boost::mpl::list<sim::Transition<SwitchedOff, LibraryOff>,
                                       sim::Transition<DoorOpened, DoorOpen>,
                                       sim::Transition<RobotJammed, NeedsOperator>>;
};

struct SelfTest : sim::MachineState<SelfTest, LibraryOn> {
    using reactions = sim::Transition<SelfTestPassed, Inventory>;
    explicit SelfTest(my_context context);
    sim::Timer end_;
};

struct Inventory : sim::MachineState<Inventory, LibraryOn> {
    using OnTaken = sim::Choice<InventoryTaken, Ready, Offline, MagazineOut>;
    using reactions = OnTaken;
    explicit Inventory(my_context context);
    OnTaken::Taken react(const InventoryTaken&);
};

struct Ready : sim::MachineState<Ready, LibraryOn> {
    using OnPulled = sim::Choice<MagazinePulled, sim::Stay, MagazineOut>;
    using reactions = boost::mpl::list<sim::Transition<InventoryBegun, Inventory>,
                                       sim::Transition<TurnedOffline, Offline>, OnPulled>;
    explicit Ready(my_context context);
    OnPulled::Taken react(const MagazinePulled&);
};

struct Offline : sim::MachineState<Offline, LibraryOn> {
    using OnOnline = sim::Choice<TurnedOnline, Ready, MagazineOut>;
    using reactions = OnOnline;
    using MachineState::MachineState;
    OnOnline::Taken react(const TurnedOnline&);
};

// A magazine is out of a library that stops for it.
struct MagazineOut : sim::MachineState<MagazineOut, LibraryOn> {
    using OnPushed = sim::Choice<MagazinePushed, sim::Stay, Inventory>;
    using reactions = OnPushed;
    using MachineState::MachineState;
    OnPushed::Taken react(const MagazinePushed&);
};

struct DoorOpen : sim::MachineState<DoorOpen, LibraryOn> {
    using OnClosed = sim::Choice<DoorClosed, SelfTest, Inventory>;
    using reactions = OnClosed;
    using MachineState::MachineState;
    OnClosed::Taken react(const DoorClosed&);
};

// The robot is stuck: somebody must open the door and free it.
struct NeedsOperator : sim::MachineState<NeedsOperator, LibraryOn> {
    using MachineState::MachineState;
};

}  // namespace nearline::changer
