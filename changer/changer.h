// A medium changer: elements, the robot, the station and the library's own machine, behind an SMC
// device server. Hosts see it as `unit()`; the operator's hands come in by the calls here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "changer/changer_profile.h"
#include "changer/drive_bay.h"
#include "changer/fact_sink.h"
#include "changer/operator_refusal.h"
#include "changer/robot_action.h"
#include "media/cartridge.h"
#include "scsi/logical_unit.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::changer {

struct ChangerCounts {
    std::uint16_t robots = 1;
    std::uint16_t slots = 0;
    std::uint16_t stations = 0;
};

struct ElementView {
    ElementType type{};
    ElementAddress address{};
    const media::Cartridge* cartridge = nullptr;  // nullptr: empty
    std::optional<ElementAddress> source;         // source storage element, if known
    bool is_accessible = true;
    bool is_imported = false;
};

class Mechanics;

class Changer {
public:
    // All must outlive it. `drive_bays` are the drives' mouths in element order.
    Changer(sim::Simulation& simulation, sim::TraceSink& trace, ChangerProfile profile,
            ChangerCounts counts, std::vector<DriveBay*> drive_bays, FactSink& facts);
    ~Changer();
    Changer(const Changer&) = delete;
    Changer& operator=(const Changer&) = delete;

    scsi::LogicalUnit& unit();
    const ElementMap& elements() const;

    // Before power_on(): a cartridge stands in a slot or station element. For drives the library
    // puts it into the drive and tells its source here. The element must exist and be empty.
    void put_initially(media::Cartridge cartridge, ElementAddress at,
                       std::optional<ElementAddress> source = {}, bool is_imported = false);
    void remember_source(ElementAddress drive, ElementAddress source);

    // Self-test, then the inventory; then ready.
    void power_on();
    // At once; what the robot holds stays in its hand.
    void power_off();
    bool is_powered() const;
    bool is_ready() const;

    // The operator's hands. All of them leave the model as iron would: the changer notices, raises
    // its unit attentions and takes inventory when it must.
    base::Result<void, OperatorRefusal> open_door();
    base::Result<void, OperatorRefusal> close_door();
    base::Result<void, OperatorRefusal> open_station();
    base::Result<void, OperatorRefusal> close_station();
    base::Result<void, OperatorRefusal> pull_magazine(std::uint16_t number);  // from 0
    base::Result<void, OperatorRefusal> push_magazine(std::uint16_t number);
    base::Result<void, OperatorRefusal> set_online(bool is_online);
    // Takes from, or puts into, an element that hands can reach now: a station element while the
    // station is open, a slot while the door is open or its magazine out. With the station closed
    // and not locked, opens it, does it, and closes it again.
    base::Result<media::Cartridge, OperatorRefusal> take(ElementAddress from);
    // Gives the cartridge back when it cannot go there.
    using InsertRefusal = changer::InsertRefusal;
    base::Result<void, InsertRefusal> insert(media::Cartridge cartridge, ElementAddress to);

    // Told by whoever switches drives on and off: hosts are to look again.
    void drive_power_changed();
    // A fault: the next `attempts` of the robot to do this go wrong. It tries everything twice; a
    // carriage that cannot travel is stuck until somebody opens and closes the door.
    void obstruct_robot(RobotAction action, int attempts);

    // Every element in address order: for the operator's view, snapshots and invariants.
    void for_each_element(const std::function<void(const ElementView&)>& visit) const;
    // The cartridge in the robot's hand included.
    std::size_t cartridge_count() const;

    // For tests: the iron behind the logical unit.
    Mechanics& mechanics();

private:
    class World;
    const Mechanics& mechanics() const;
    std::unique_ptr<World> world_;
};

}  // namespace nearline::changer
