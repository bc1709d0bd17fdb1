#include "changer/library_machine.h"

#include <utility>

namespace nearline::changer {

LibraryMachine::LibraryMachine(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                               LibrarySite& site, sim::Duration self_test)
    : StateMachine(simulation, trace, std::move(name)), site_(site), self_test_(self_test) {}

LibraryOff::LibraryOff(my_context context) : my_base(context) {
    machine().has_passed_self_test_ = false;
}

LibraryOff::OnSwitchedOn::Taken LibraryOff::react(const SwitchedOn&) {
    if (machine().site_.is_door_open()) return OnSwitchedOn::go<DoorOpen>(*this);
    return OnSwitchedOn::go<SelfTest>(*this);
}

SelfTest::SelfTest(my_context context)
    : my_base(context), end_(machine().simulation(), [this] {
          machine().has_passed_self_test_ = true;
          machine().tell(SelfTestPassed{});
      }) {
    end_.start(machine().self_test_);
}

Inventory::Inventory(my_context context) : my_base(context) {
    machine().site_.take_inventory();
}

Inventory::OnTaken::Taken Inventory::react(const InventoryTaken&) {
    const LibrarySite& site = machine().site_;
    if (site.is_stopped_by_magazine()) return OnTaken::go<MagazineOut>(*this);
    if (!site.is_online()) return OnTaken::go<Offline>(*this);
    return OnTaken::go<Ready>(*this);
}

Ready::Ready(my_context context) : my_base(context) {
    machine().site_.became_ready();
}

Ready::OnPulled::Taken Ready::react(const MagazinePulled&) {
    if (machine().site_.is_stopped_by_magazine()) return OnPulled::go<MagazineOut>(*this);
    return OnPulled::go<sim::Stay>(*this);
}

Offline::OnOnline::Taken Offline::react(const TurnedOnline&) {
    if (machine().site_.is_stopped_by_magazine()) return OnOnline::go<MagazineOut>(*this);
    return OnOnline::go<Ready>(*this);
}

MagazineOut::OnPushed::Taken MagazineOut::react(const MagazinePushed&) {
    if (machine().site_.is_stopped_by_magazine()) return OnPushed::go<sim::Stay>(*this);
    return OnPushed::go<Inventory>(*this);
}

DoorOpen::OnClosed::Taken DoorOpen::react(const DoorClosed&) {
    if (machine().has_passed_self_test_) return OnClosed::go<Inventory>(*this);
    return OnClosed::go<SelfTest>(*this);
}

LibraryCondition::LibraryCondition(sim::Simulation& simulation, sim::TraceSink& trace,
                                   std::string name, LibrarySite& site, sim::Duration self_test)
    : machine_(
          std::make_unique<LibraryMachine>(simulation, trace, std::move(name), site, self_test)) {
    machine_->start();
}

LibraryCondition::~LibraryCondition() = default;

void LibraryCondition::switched_on() {
    machine_->tell(SwitchedOn{});
}

void LibraryCondition::switched_off() {
    machine_->tell(SwitchedOff{});
}

void LibraryCondition::inventory_begun() {
    machine_->tell(InventoryBegun{});
}

void LibraryCondition::inventory_taken() {
    machine_->tell(InventoryTaken{});
}

void LibraryCondition::door_opened() {
    machine_->tell(DoorOpened{});
}

void LibraryCondition::door_closed() {
    machine_->tell(DoorClosed{});
}

void LibraryCondition::robot_jammed() {
    machine_->tell(RobotJammed{});
}

void LibraryCondition::turned_offline() {
    machine_->tell(TurnedOffline{});
}

void LibraryCondition::turned_online() {
    machine_->tell(TurnedOnline{});
}

void LibraryCondition::magazine_pulled() {
    machine_->tell(MagazinePulled{});
}

void LibraryCondition::magazine_pushed() {
    machine_->tell(MagazinePushed{});
}

Condition LibraryCondition::condition() const {
    const std::string_view state = machine_->state();
    if (state == "Ready") return Condition::Ready;
    if (state == "DoorOpen") return Condition::DoorOpen;
    if (state == "Offline") return Condition::Offline;
    if (state == "MagazineOut") return Condition::MagazineOut;
    if (state == "NeedsOperator") return Condition::NeedsOperator;
    if (state == "LibraryOff") return Condition::Off;
    return Condition::BecomingReady;
}

}  // namespace nearline::changer
