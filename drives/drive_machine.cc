#include "drives/drive_machine.h"

#include "base/check.h"

namespace nearline::drives {

PoweredOff::PoweredOff(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::PoweredOff);
}

SelfTest::SelfTest(my_context context)
    : my_base(context), end_(machine().simulation(), [this] { machine().tell(SelfTestPassed{}); }) {
    machine().mechanism.entered(DriveState::SelfTest);
    end_.start(machine().mechanism.self_test_time());
}

SelfTest::OnPassed::Taken SelfTest::react(const SelfTestPassed&) {
    switch (machine().mechanism.seat()) {
        case Seat::Nowhere:
            return OnPassed::go<Empty>(*this);
        case Seat::Mouth:
            return OnPassed::go<Unloaded>(*this);
        case Seat::Inside:
            break;
    }
    return OnPassed::go<Loading>(*this);
}

Empty::Empty(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::Empty);
}

Loading::Loading(my_context context)
    : my_base(context), end_(machine().simulation(), [this] { machine().tell(LoadCompleted{}); }) {
    machine().mechanism.entered(DriveState::Loading);
    end_.start(machine().mechanism.load_time());
}

Loading::OnCompleted::Taken Loading::react(const LoadCompleted&) {
    const Mechanism& mechanism = machine().mechanism;
    switch (mechanism.finding()) {
        case Finding::Unsuitable:
        case Finding::Damaged:
            return OnCompleted::go<FailedToLoad>(*this);
        case Finding::Cleaner:
            return OnCompleted::go<Cleaning>(*this);
        case Finding::SpentCleaner:
            return OnCompleted::go<Unloading>(*this);
        case Finding::Readable:
            break;
    }
    if (mechanism.load_target() == LoadTo::Hold) return OnCompleted::go<Held>(*this);
    return OnCompleted::go<Ready>(*this);
}

Ready::Ready(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::Ready);
}

namespace {

template <class State>
OnMotionRequested::Taken begin_motion(State& state) {
    switch (state.machine().mechanism.wanted()) {
        case Activity::Locating:
            return OnMotionRequested::go<Locating>(state);
        case Activity::Spacing:
            return OnMotionRequested::go<Spacing>(state);
        case Activity::Rewinding:
            return OnMotionRequested::go<Rewinding>(state);
        case Activity::Erasing:
            return OnMotionRequested::go<Erasing>(state);
        case Activity::Formatting:
            return OnMotionRequested::go<Formatting>(state);
        case Activity::AtRest:
        case Activity::Reading:
        case Activity::Writing:
            break;
    }
    CHECK(false);
    return OnMotionRequested::go<Locating>(state);
}

}  // namespace

AtRest::AtRest(my_context context) : my_base(context) {
    machine().mechanism.began(Activity::AtRest);
}

OnMotionRequested::Taken AtRest::react(const MotionRequested&) {
    return begin_motion(*this);
}

Streaming::Streaming(my_context context)
    : my_base(context), end_(machine().simulation(), [this] { machine().tell(StreamStopped{}); }) {
    machine().mechanism.began(machine().mechanism.wanted());
    end_.start(machine().mechanism.streaming_time());
}

Streaming::OnData::Taken Streaming::react(const DataRequested&) {
    machine().mechanism.began(machine().mechanism.wanted());
    end_.start(machine().mechanism.streaming_time());
    return OnData::go<sim::Stay>(*this);
}

OnMotionRequested::Taken Streaming::react(const MotionRequested&) {
    return begin_motion(*this);
}

template <class Derived>
Motion<Derived>::Motion(typename sim::MachineState<Derived, Ready>::my_context context,
                        Activity activity)
    : sim::MachineState<Derived, Ready>(context),
      end_(this->machine().simulation(), [this] { this->machine().tell(MotionCompleted{}); }) {
    this->machine().mechanism.began(activity);
    end_.start(this->machine().mechanism.motion_time());
}

Locating::Locating(my_context context) : Motion(context, Activity::Locating) {}
Spacing::Spacing(my_context context) : Motion(context, Activity::Spacing) {}
Rewinding::Rewinding(my_context context) : Motion(context, Activity::Rewinding) {}
Erasing::Erasing(my_context context) : Motion(context, Activity::Erasing) {}
Formatting::Formatting(my_context context) : Motion(context, Activity::Formatting) {}

FailedToLoad::FailedToLoad(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::FailedToLoad);
}

Cleaning::Cleaning(my_context context)
    : my_base(context),
      end_(machine().simulation(), [this] { machine().tell(CleaningCompleted{}); }) {
    machine().mechanism.entered(DriveState::Cleaning);
    end_.start(machine().mechanism.cleaning_time());
}

Cleaning::OnCompleted::Taken Cleaning::react(const CleaningCompleted&) {
    machine().mechanism.cleaned();
    return OnCompleted::go<Unloading>(*this);
}

// The time depends on where the tape was until now, so it is asked before the state is told.
Unloading::Unloading(my_context context)
    : my_base(context),
      end_(machine().simulation(), [this] { machine().tell(UnloadCompleted{}); }) {
    end_.start(machine().mechanism.unload_time());
    machine().mechanism.entered(DriveState::Unloading);
}

Unloading::OnCompleted::Taken Unloading::react(const UnloadCompleted&) {
    if (machine().mechanism.unload_target() == UnloadTo::Hold) return OnCompleted::go<Held>(*this);
    return OnCompleted::go<Unloaded>(*this);
}

Held::Held(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::Held);
}

Unloaded::Unloaded(my_context context) : my_base(context) {
    machine().mechanism.entered(DriveState::Unloaded);
}

}  // namespace nearline::drives
