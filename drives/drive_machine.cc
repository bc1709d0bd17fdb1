#include "drives/drive_machine.h"

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
