#include "changer/station_machine.h"

#include "base/check.h"

namespace nearline::changer {

StationChecking::OnScanned::Taken StationChecking::react(const StationScanned&) {
    if (machine().is_prevented_) return OnScanned::go<StationLocked>(*this);
    return OnScanned::go<StationClosed>(*this);
}

Station::Station(sim::Simulation& simulation, sim::TraceSink& trace)
    : machine_(std::make_unique<StationMachine>(simulation, trace, "station")) {
    machine_->start();
}

Station::~Station() = default;

bool Station::is_open() const {
    return machine_->state() == "StationOpen";
}

bool Station::is_checking() const {
    return machine_->state() == "StationChecking";
}

bool Station::is_removal_prevented() const {
    return machine_->is_prevented_;
}

void Station::pull() {
    CHECK(!machine_->is_prevented_);
    machine_->tell(StationPulled{});
}

void Station::push() {
    machine_->tell(StationPushed{});
}

void Station::scanned() {
    machine_->tell(StationScanned{});
}

void Station::set_removal_prevented(bool is_prevented) {
    machine_->is_prevented_ = is_prevented;
    if (is_prevented) {
        machine_->tell(PreventionBegan{});
    } else {
        machine_->tell(PreventionEnded{});
    }
}

}  // namespace nearline::changer
