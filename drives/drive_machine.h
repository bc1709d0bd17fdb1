// The drive's machine: the life of a cartridge between the mouth and the tape path. This is the
// diagram; the actions are in drive_machine.cc, the page is docs/machines/drive.md.
//
// Where a cartridge is to go is asked of the drive, not carried by the events, so that a request
// made while something moves changes where it ends.
#pragma once

#include <boost/mpl/list.hpp>
#include <string>

#include "drives/drive_state.h"
#include "sim/simulation.h"
#include "sim/statechart.h"

namespace nearline::drives {

// What the machine asks of the drive around it, and tells it. Questions are pure.
class Mechanism {
public:
    virtual ~Mechanism() = default;
    virtual Seat seat() const = 0;
    virtual Finding finding() const = 0;
    virtual LoadTo load_target() const = 0;
    virtual UnloadTo unload_target() const = 0;
    virtual sim::Duration self_test_time() const = 0;
    virtual sim::Duration load_time() const = 0;
    virtual sim::Duration unload_time() const = 0;  // from where the tape is now
    virtual sim::Duration cleaning_time() const = 0;
    // What is wanted of the tape, and how long that motion takes.
    virtual Activity wanted() const = 0;
    virtual sim::Duration motion_time() const = 0;
    // How long the tape goes on streaming if nothing more is asked.
    virtual sim::Duration streaming_time() const = 0;
    // A state is being entered. What follows from it waits for settled().
    virtual void entered(DriveState state) = 0;
    // Within Ready.
    virtual void began(Activity activity) = 0;
    virtual void cleaned() = 0;
    // The machine rests: it may be told the next thing.
    virtual void settled() = 0;
};

struct PowerApplied : sim::MachineEvent<PowerApplied> {};
struct PowerRemoved : sim::MachineEvent<PowerRemoved> {};
struct SelfTestPassed : sim::MachineEvent<SelfTestPassed> {};
struct CartridgeInserted : sim::MachineEvent<CartridgeInserted> {};
struct CartridgeTaken : sim::MachineEvent<CartridgeTaken> {};
struct LoadRequested : sim::MachineEvent<LoadRequested> {};
struct LoadCompleted : sim::MachineEvent<LoadCompleted> {};
struct UnloadRequested : sim::MachineEvent<UnloadRequested> {};
struct UnloadCompleted : sim::MachineEvent<UnloadCompleted> {};
struct CleaningCompleted : sim::MachineEvent<CleaningCompleted> {};
struct DataRequested : sim::MachineEvent<DataRequested> {};
struct StreamStopped : sim::MachineEvent<StreamStopped> {};
struct MotionRequested : sim::MachineEvent<MotionRequested> {};
struct MotionCompleted : sim::MachineEvent<MotionCompleted> {};

struct PoweredOff;
struct PoweredOn;
struct SelfTest;
struct Empty;
struct Loading;
struct Ready;
struct AtRest;
struct Streaming;
struct Locating;
struct Spacing;
struct Rewinding;
struct Erasing;
struct Formatting;
struct FailedToLoad;
struct Cleaning;
struct Unloading;
struct Held;
struct Unloaded;

struct DriveMachine : sim::StateMachine<DriveMachine, PoweredOff> {
    DriveMachine(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                 Mechanism& drive)
        : StateMachine(simulation, trace, std::move(name)), mechanism(drive) {}
    ~DriveMachine() { terminate(); }

    template <class Event>
    void tell(const Event& event) {
        StateMachine::tell(event);
        if (!is_reacting()) mechanism.settled();
    }

    Mechanism& mechanism;
};

struct PoweredOff : sim::MachineState<PoweredOff, DriveMachine> {
    using reactions = boost::mpl::list<sim::Transition<PowerApplied, PoweredOn>>;
    explicit PoweredOff(my_context context);
};

struct PoweredOn : sim::MachineState<PoweredOn, DriveMachine, SelfTest> {
    using reactions = boost::mpl::list<sim::Transition<PowerRemoved, PoweredOff>>;
    using MachineState::MachineState;
};

// What stands in the drive stays where it stands.
struct SelfTest : sim::MachineState<SelfTest, PoweredOn> {
    using OnPassed = sim::Choice<SelfTestPassed, Empty, Loading, Unloaded>;
    using reactions = boost::mpl::list<OnPassed>;
    explicit SelfTest(my_context context);
    OnPassed::Taken react(const SelfTestPassed&);  // by where the cartridge is
    sim::Timer end_;
};

struct Empty : sim::MachineState<Empty, PoweredOn> {
    using reactions = boost::mpl::list<sim::Transition<CartridgeInserted, Loading>>;
    explicit Empty(my_context context);
};

// From the mouth, or from where it is held, to the tape path.
struct Loading : sim::MachineState<Loading, PoweredOn> {
    using OnCompleted = sim::Choice<LoadCompleted, Ready, Held, FailedToLoad, Cleaning, Unloading>;
    using reactions = boost::mpl::list<OnCompleted>;
    explicit Loading(my_context context);
    OnCompleted::Taken react(const LoadCompleted&);  // by what is found
    sim::Timer end_;
};

// Threaded. What the tape does is inside.
struct Ready : sim::MachineState<Ready, PoweredOn, AtRest> {
    using reactions = boost::mpl::list<>;
    explicit Ready(my_context context);
};

// A motion goes where the drive wants: one event, many targets.
using OnMotionRequested =
    sim::Choice<MotionRequested, Locating, Spacing, Rewinding, Erasing, Formatting>;

struct AtRest : sim::MachineState<AtRest, Ready> {
    using reactions = boost::mpl::list<sim::Transition<DataRequested, Streaming>, OnMotionRequested,
                                       sim::Transition<UnloadRequested, Unloading>>;
    explicit AtRest(my_context context);
    OnMotionRequested::Taken react(const MotionRequested&);
};

// Data passes under the head, or the buffer drains. It comes to rest by itself.
struct Streaming : sim::MachineState<Streaming, Ready> {
    using OnData = sim::Choice<DataRequested, sim::Stay>;
    using reactions =
        boost::mpl::list<OnData, sim::Transition<StreamStopped, AtRest>, OnMotionRequested,
                         sim::Transition<UnloadRequested, Unloading>>;
    explicit Streaming(my_context context);
    OnData::Taken react(const DataRequested&);  // goes on for longer
    OnMotionRequested::Taken react(const MotionRequested&);
    sim::Timer end_;
};

// A motion cannot be interrupted: who wants the cartridge out waits for its end.
template <class Derived>
struct Motion : sim::MachineState<Derived, Ready> {
    using reactions = boost::mpl::list<sim::Transition<MotionCompleted, AtRest>>;
    Motion(typename sim::MachineState<Derived, Ready>::my_context context, Activity activity);
    sim::Timer end_;
};
struct Locating : Motion<Locating> {
    explicit Locating(my_context context);
};
struct Spacing : Motion<Spacing> {
    explicit Spacing(my_context context);
};
struct Rewinding : Motion<Rewinding> {
    explicit Rewinding(my_context context);
};
struct Erasing : Motion<Erasing> {
    explicit Erasing(my_context context);
};
struct Formatting : Motion<Formatting> {
    explicit Formatting(my_context context);
};

// Inside, and of no use: only out again, or one more attempt.
struct FailedToLoad : sim::MachineState<FailedToLoad, PoweredOn> {
    using reactions = boost::mpl::list<sim::Transition<LoadRequested, Loading>,
                                       sim::Transition<UnloadRequested, Unloading>>;
    explicit FailedToLoad(my_context context);
};

// Cannot be interrupted; the drive gives the cleaning cartridge back by itself.
struct Cleaning : sim::MachineState<Cleaning, PoweredOn> {
    using OnCompleted = sim::Choice<CleaningCompleted, Unloading>;
    using reactions = boost::mpl::list<OnCompleted>;
    explicit Cleaning(my_context context);
    OnCompleted::Taken react(const CleaningCompleted&);  // counts it
    sim::Timer end_;
};

struct Unloading : sim::MachineState<Unloading, PoweredOn> {
    using OnCompleted = sim::Choice<UnloadCompleted, Held, Unloaded>;
    using reactions = boost::mpl::list<OnCompleted>;
    explicit Unloading(my_context context);
    OnCompleted::Taken react(const UnloadCompleted&);  // by where it was to go
    sim::Timer end_;
};

struct Held : sim::MachineState<Held, PoweredOn> {
    using reactions = boost::mpl::list<sim::Transition<LoadRequested, Loading>,
                                       sim::Transition<UnloadRequested, Unloading>>;
    explicit Held(my_context context);
};

struct Unloaded : sim::MachineState<Unloaded, PoweredOn> {
    using reactions = boost::mpl::list<sim::Transition<LoadRequested, Loading>,
                                       sim::Transition<CartridgeTaken, Empty>>;
    explicit Unloaded(my_context context);
};

}  // namespace nearline::drives
