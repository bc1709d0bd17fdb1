// The import/export station's machine. The diagram is docs/machines/station.md.
#pragma once

#include "changer/station.h"
#include "sim/statechart.h"

namespace nearline::changer {

struct StationPulled : sim::MachineEvent<StationPulled> {};
struct StationPushed : sim::MachineEvent<StationPushed> {};
struct StationScanned : sim::MachineEvent<StationScanned> {};
struct PreventionBegan : sim::MachineEvent<PreventionBegan> {};
struct PreventionEnded : sim::MachineEvent<PreventionEnded> {};

struct StationClosed;
struct StationLocked;
struct StationOpen;
struct StationChecking;

struct StationMachine : sim::StateMachine<StationMachine, StationClosed> {
    using StateMachine::StateMachine;
    ~StationMachine() { terminate(); }
    bool is_prevented_ = false;
};

struct StationClosed : sim::MachineState<StationClosed, StationMachine> {
    using MachineState::MachineState;
    using reactions = boost::mpl::list<sim::Transition<StationPulled, StationOpen>,
                                       sim::Transition<PreventionBegan, StationLocked>>;
};

// PREVENT ALLOW MEDIUM REMOVAL keeps the operator's hands off.
struct StationLocked : sim::MachineState<StationLocked, StationMachine> {
    using MachineState::MachineState;
    using reactions = sim::Transition<PreventionEnded, StationClosed>;
};

struct StationOpen : sim::MachineState<StationOpen, StationMachine> {
    using MachineState::MachineState;
    using reactions = sim::Transition<StationPushed, StationChecking>;
};

// Closed, until the robot has looked what is in it.
struct StationChecking : sim::MachineState<StationChecking, StationMachine> {
    using MachineState::MachineState;
    using OnScanned = sim::Choice<StationScanned, StationClosed, StationLocked>;
    using reactions = boost::mpl::list<OnScanned, sim::Transition<StationPulled, StationOpen>>;
    OnScanned::Taken react(const StationScanned&);
};

}  // namespace nearline::changer
