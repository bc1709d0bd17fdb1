#include "changer/robot_machine.h"

#include <utility>

namespace nearline::changer {
namespace {

// An attempt, and one more: physics sheet 1.3, "retry after failed pick".
constexpr int kAttempts = 2;

// Delivered with the work that power or the door cut short.
constexpr Sense kInterrupted = scsi::kMechanicalPositioningError;

}  // namespace

RobotMachine::RobotMachine(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                           RobotSite& site, RobotTimes times)
    : StateMachine(simulation, trace, std::move(name)), site_(site), times_(times) {}

bool RobotMachine::next_step() {
    work_.pop_front();
    attempts_left_ = kAttempts;
    return !work_.empty();
}

void RobotMachine::abandon(const Sense& why) {
    failure_ = why;
    work_.clear();
}

void RobotMachine::deliver() {
    if (!std::exchange(has_work_, false)) return;
    if (!work_.empty()) abandon(kInterrupted);
    site_.finished(std::exchange(failure_, std::nullopt));
}

bool RobotMachine::is_obstructed(RobotAction action) {
    const auto found = obstructions_.find(action);
    if (found == obstructions_.end()) return false;
    if (--found->second == 0) obstructions_.erase(found);
    return true;
}

bool RobotMachine::may_retry() {
    return --attempts_left_ > 0;
}

RobotOff::RobotOff(my_context context) : my_base(context) {
    machine().deliver();
}

RobotOff::OnSwitchedOn::Taken RobotOff::react(const RobotSwitchedOn&) {
    if (machine().is_hand_full()) return OnSwitchedOn::go<Holding>(*this);
    return OnSwitchedOn::go<Idle>(*this);
}

Idle::Idle(my_context context) : my_base(context) {
    machine().deliver();
}

Holding::Holding(my_context context) : my_base(context) {
    machine().deliver();
}

Moving::Moving(my_context context)
    : my_base(context), arrival_(machine().simulation(), [this] { machine().tell(Arrived{}); }) {
    arrival_.start(machine().site_.travel_time(machine().step().at));
}

Moving::OnArrived::Taken Moving::react(const Arrived&) {
    RobotMachine& robot = machine();
    if (robot.is_obstructed(RobotAction::Stop)) {
        if (robot.may_retry()) {
            robot.site_.retried(RobotAction::Stop);
            return OnArrived::go<Moving>(*this);
        }
        robot.abandon(scsi::kMechanicalPositioningError);
        return OnArrived::go<Failed>(*this);
    }
    const RobotStep& step = robot.step();
    robot.site_.arrived(step.at);
    if (const auto why = robot.site_.why_not_reach(step.at)) {
        robot.abandon(*why);
    } else if (step.action == RobotAction::Place) {
        return OnArrived::go<Placing>(*this);
    } else if (step.action == RobotAction::Scan) {
        return OnArrived::go<Scanning>(*this);
    } else if (step.action == RobotAction::Pick) {
        if (step.at.type != ElementType::DataTransfer) return OnArrived::go<Picking>(*this);
        return OnArrived::go<AwaitingDrive>(*this);
    } else {
        robot.next_step();
    }
    if (robot.is_hand_full()) return OnArrived::go<Holding>(*this);
    return OnArrived::go<Idle>(*this);
}

AwaitingDrive::AwaitingDrive(my_context context) : my_base(context) {
    RobotMachine& robot = machine();
    const std::uint64_t presentation = robot.presentation_;
    // The drive may answer at once, or when nobody waits for it any more.
    robot.site_.present(robot.step().at.index, [&robot, presentation](Result<void, Sense> done) {
        if (presentation != robot.presentation_) return;
        if (done) return robot.tell(CartridgePresented{});
        robot.abandon(done.error());
        robot.tell(DriveRefused{});
    });
}

AwaitingDrive::~AwaitingDrive() {
    ++machine().presentation_;
}

Picking::Picking(my_context context)
    : my_base(context),
      closing_(machine().simulation(), [this] { machine().tell(GripperClosed{}); }) {
    closing_.start(machine().times_.pick);
}

Picking::OnClosed::Taken Picking::react(const GripperClosed&) {
    RobotMachine& robot = machine();
    if (robot.is_obstructed(RobotAction::Pick)) {
        if (robot.may_retry()) {
            robot.site_.retried(RobotAction::Pick);
            return OnClosed::go<Picking>(*this);
        }
        robot.abandon(scsi::kMechanicalPositioningError);
        return OnClosed::go<Idle>(*this);
    }
    if (const auto why = robot.site_.pick(robot.step())) {
        robot.abandon(*why);
        return OnClosed::go<Idle>(*this);
    }
    if (robot.next_step()) return OnClosed::go<Moving>(*this);
    return OnClosed::go<Holding>(*this);  // the robot itself was the destination
}

Placing::Placing(my_context context)
    : my_base(context),
      opening_(machine().simulation(), [this] { machine().tell(GripperOpened{}); }) {
    opening_.start(machine().times_.place);
}

Placing::OnOpened::Taken Placing::react(const GripperOpened&) {
    RobotMachine& robot = machine();
    if (robot.is_obstructed(RobotAction::Place)) {
        if (robot.may_retry()) {
            robot.site_.retried(RobotAction::Place);
            return OnOpened::go<Placing>(*this);
        }
        robot.abandon(scsi::kMechanicalPositioningError);
        return OnOpened::go<Holding>(*this);
    }
    if (const auto why = robot.site_.place(robot.step())) {
        robot.abandon(*why);
        return OnOpened::go<Holding>(*this);
    }
    if (robot.next_step()) return OnOpened::go<Moving>(*this);
    return OnOpened::go<Idle>(*this);
}

Scanning::Scanning(my_context context)
    : my_base(context), reading_(machine().simulation(), [this] { machine().tell(LabelsRead{}); }) {
    reading_.start(machine().step().scan);
}

Scanning::OnRead::Taken Scanning::react(const LabelsRead&) {
    if (machine().next_step()) return OnRead::go<Moving>(*this);
    if (machine().is_hand_full()) return OnRead::go<Holding>(*this);
    return OnRead::go<Idle>(*this);
}

Failed::Failed(my_context context) : my_base(context) {
    machine().site_.jammed();
    machine().deliver();
}

Halted::Halted(my_context context) : my_base(context) {
    machine().deliver();
}

Halted::OnRelease::Taken Halted::react(const Release&) {
    if (machine().is_hand_full()) return OnRelease::go<Holding>(*this);
    return OnRelease::go<Idle>(*this);
}

Robot::Robot(sim::Simulation& simulation, sim::TraceSink& trace, std::string name, RobotSite& site,
             RobotTimes times)
    : machine_(std::make_unique<RobotMachine>(simulation, trace, std::move(name), site, times)) {
    machine_->start();
}

Robot::~Robot() = default;

void Robot::switch_on() {
    machine_->tell(RobotSwitchedOn{});
}

void Robot::switch_off() {
    machine_->tell(RobotSwitchedOff{});
}

void Robot::halt() {
    machine_->tell(Halt{});
}

void Robot::release() {
    machine_->tell(Release{});
}

bool Robot::is_free() const {
    return !machine_->has_work_ && (machine_->state() == "Idle" || machine_->state() == "Holding");
}

bool Robot::is_stuck() const {
    return machine_->state() == "Failed";
}

void Robot::begin(std::vector<RobotStep> work) {
    CHECK(is_free());
    CHECK(!work.empty());
    machine_->work_.assign(work.begin(), work.end());
    machine_->has_work_ = true;
    machine_->attempts_left_ = kAttempts;
    machine_->tell(WorkGiven{});
}

std::optional<Place> Robot::target() const {
    if (machine_->work_.empty()) return std::nullopt;
    return machine_->work_.front().at;
}

void Robot::obstruct(RobotAction action, int attempts) {
    if (attempts > 0) machine_->obstructions_[action] = attempts;
}

std::string_view Robot::state() const {
    return machine_->state();
}

}  // namespace nearline::changer
