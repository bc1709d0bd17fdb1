// The import/export station with its door: the face of the machine in station_machine.h.
#pragma once

#include <memory>

#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::changer {

struct StationMachine;

class Station {
public:
    Station(sim::Simulation& simulation, sim::TraceSink& trace);
    ~Station();
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    bool is_open() const;
    // Closed again, and not yet looked at.
    bool is_checking() const;
    bool is_removal_prevented() const;

    void pull();  // open: not while removal is prevented
    void push();  // close: it is open
    void scanned();
    void set_removal_prevented(bool is_prevented);

    StationMachine& machine() { return *machine_; }  // for tests

private:
    std::unique_ptr<StationMachine> machine_;
};

}  // namespace nearline::changer
