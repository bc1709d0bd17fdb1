// The robot's machine: a carriage with one gripper. The diagram is docs/machines/robot.md.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "changer/robot.h"
#include "sim/statechart.h"

namespace nearline::changer {

struct RobotSwitchedOn : sim::MachineEvent<RobotSwitchedOn> {};
struct RobotSwitchedOff : sim::MachineEvent<RobotSwitchedOff> {};
struct WorkGiven : sim::MachineEvent<WorkGiven> {};
struct Arrived : sim::MachineEvent<Arrived> {};
struct CartridgePresented : sim::MachineEvent<CartridgePresented> {};
struct DriveRefused : sim::MachineEvent<DriveRefused> {};
struct GripperClosed : sim::MachineEvent<GripperClosed> {};
struct GripperOpened : sim::MachineEvent<GripperOpened> {};
struct LabelsRead : sim::MachineEvent<LabelsRead> {};
struct Halt : sim::MachineEvent<Halt> {};        // the door's interlock cuts the motors
struct Release : sim::MachineEvent<Release> {};  // the door is closed again

struct RobotOff;
struct Operational;
struct Idle;
struct Holding;
struct Moving;
struct AwaitingDrive;
struct Picking;
struct Placing;
struct Scanning;
struct Failed;
struct Halted;

struct RobotMachine : sim::StateMachine<RobotMachine, RobotOff> {
    RobotMachine(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                 RobotSite& site, RobotTimes times);
    ~RobotMachine() { terminate(); }

    const RobotStep& step() const { return work_.front(); }
    // The step is over; false when it was the last one.
    bool next_step();
    void abandon(const Sense& why);
    void deliver();  // tells the site how the work ended; when the robot has come to rest
    // Whether this attempt is one that was to fail, and whether another follows.
    bool is_obstructed(RobotAction action);
    bool may_retry();
    bool is_hand_full() const { return site_.is_hand_full(); }

    RobotSite& site_;
    RobotTimes times_;
    std::deque<RobotStep> work_;
    bool has_work_ = false;
    std::optional<Sense> failure_;
    int attempts_left_ = 0;
    std::uint64_t presentation_ = 0;  // which call of the drive we wait for
    std::map<RobotAction, int> obstructions_;
};

struct RobotOff : sim::MachineState<RobotOff, RobotMachine> {
    using OnSwitchedOn = sim::Choice<RobotSwitchedOn, Idle, Holding>;
    using reactions = OnSwitchedOn;
    explicit RobotOff(my_context context);
    OnSwitchedOn::Taken react(const RobotSwitchedOn&);
};

// Motors have power. Whatever it does, it stops at once for the door and when power goes.
struct Operational : sim::MachineState<Operational, RobotMachine, Idle> {
    using MachineState::MachineState;
    using reactions = boost::mpl::list<sim::Transition<RobotSwitchedOff, RobotOff>,
                                       sim::Transition<Halt, Halted>>;
};

struct Idle : sim::MachineState<Idle, Operational> {
    using reactions = sim::Transition<WorkGiven, Moving>;
    explicit Idle(my_context context);
};

// At rest with a cartridge in the gripper: a move failed on its way, or power came back.
struct Holding : sim::MachineState<Holding, Operational> {
    using reactions = sim::Transition<WorkGiven, Moving>;
    explicit Holding(my_context context);
};

struct Moving : sim::MachineState<Moving, Operational> {
    using OnArrived = sim::Choice<Arrived, AwaitingDrive, Picking, Placing, Scanning, Idle, Holding,
                                  Moving, Failed>;
    using reactions = OnArrived;
    explicit Moving(my_context context);
    OnArrived::Taken react(const Arrived&);
    sim::Timer arrival_;
};

// Before a drive that brings its cartridge to the mouth.
struct AwaitingDrive : sim::MachineState<AwaitingDrive, Operational> {
    using reactions = boost::mpl::list<sim::Transition<CartridgePresented, Picking>,
                                       sim::Transition<DriveRefused, Idle>>;
    explicit AwaitingDrive(my_context context);
    ~AwaitingDrive();  // what the drive says from now on is not heard
};

struct Picking : sim::MachineState<Picking, Operational> {
    using OnClosed = sim::Choice<GripperClosed, Moving, Picking, Idle, Holding>;
    using reactions = OnClosed;
    explicit Picking(my_context context);
    OnClosed::Taken react(const GripperClosed&);
    sim::Timer closing_;
};

struct Placing : sim::MachineState<Placing, Operational> {
    using OnOpened = sim::Choice<GripperOpened, Moving, Placing, Idle, Holding>;
    using reactions = OnOpened;
    explicit Placing(my_context context);
    OnOpened::Taken react(const GripperOpened&);
    sim::Timer opening_;
};

struct Scanning : sim::MachineState<Scanning, Operational> {
    using OnRead = sim::Choice<LabelsRead, Moving, Idle, Holding>;
    using reactions = OnRead;
    explicit Scanning(my_context context);
    OnRead::Taken react(const LabelsRead&);
    sim::Timer reading_;
};

// The carriage is stuck: until somebody opens the door and frees it, or a power cycle.
struct Failed : sim::MachineState<Failed, Operational> {
    explicit Failed(my_context context);
};

struct Halted : sim::MachineState<Halted, RobotMachine> {
    using OnRelease = sim::Choice<Release, Idle, Holding>;
    using reactions = boost::mpl::list<OnRelease, sim::Transition<RobotSwitchedOff, RobotOff>>;
    explicit Halted(my_context context);
    OnRelease::Taken react(const Release&);
};

}  // namespace nearline::changer
