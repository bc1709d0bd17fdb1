// Whether the library is ready, and if not, why: the face of the machine in library_machine.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::changer {

struct LibraryMachine;

// What the machine asks and tells.
class LibrarySite {
public:
    virtual ~LibrarySite() = default;
    virtual bool is_door_open() const = 0;
    virtual bool is_online() const = 0;
    // A magazine is out, and the whole library stops for that.
    virtual bool is_stopped_by_magazine() const = 0;
    // Look at every element, unless that is under way; then inventory_taken().
    virtual void take_inventory() = 0;
    virtual void became_ready() = 0;
};

enum class Condition {
    Off,
    BecomingReady,  // self-test or inventory
    Ready,
    DoorOpen,
    Offline,
    MagazineOut,
    NeedsOperator,
};

class LibraryCondition {
public:
    LibraryCondition(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
                     LibrarySite& site, sim::Duration self_test);
    ~LibraryCondition();
    LibraryCondition(const LibraryCondition&) = delete;
    LibraryCondition& operator=(const LibraryCondition&) = delete;

    void switched_on();
    void switched_off();
    void inventory_begun();
    void inventory_taken();
    void door_opened();
    void door_closed();
    void robot_jammed();
    void turned_offline();
    void turned_online();
    void magazine_pulled();
    void magazine_pushed();

    Condition condition() const;
    LibraryMachine& machine() { return *machine_; }  // for tests

private:
    std::unique_ptr<LibraryMachine> machine_;
};

}  // namespace nearline::changer
