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

// Told of every fact that must outlive the process, before anybody hears that it happened. A
// failure makes the command that caused it end with HARDWARE ERROR.
class FactSink {
public:
    virtual ~FactSink() = default;
    enum class Kept { Yes, No };
    virtual Kept cartridge_moved(media::CartridgeId id, ElementAddress to,
                                 std::optional<ElementAddress> source_slot) = 0;
    virtual Kept cartridge_left(media::CartridgeId id) = 0;  // the operator took it outside
    virtual Kept cartridge_came(const media::CartridgeDescription& cartridge, ElementAddress to) = 0;
    // ImpExp of a station element: who put the cartridge there.
    virtual Kept imported(ElementAddress station, bool by_operator) = 0;
};

struct ElementView {
    ElementType type{};
    ElementAddress address{};
    const media::Cartridge* cartridge = nullptr;  // nullptr: empty
    std::optional<ElementAddress> source;         // source storage element, if known
    bool is_accessible = true;
    bool is_imported = false;
};

// Why the operator cannot do that, as a sentence.
struct OperatorRefusal {
    std::string reason;
};

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
    base::Result<void, OperatorRefusal> pull_magazine(std::uint16_t number);    // from 0
    base::Result<void, OperatorRefusal> push_magazine(std::uint16_t number);
    base::Result<void, OperatorRefusal> set_online(bool is_online);
    // Takes from, or puts into, an element that hands can reach now: a station element while the
    // station is open, a slot while the door is open or its magazine out. With the station closed
    // and not locked, opens it, does it, and closes it again.
    base::Result<media::Cartridge, OperatorRefusal> take(ElementAddress from);
    // Gives the cartridge back when it cannot go there.
    struct InsertRefusal {
        OperatorRefusal why;
        media::Cartridge cartridge;
    };
    base::Result<void, InsertRefusal> insert(media::Cartridge cartridge, ElementAddress to);

    // Every element in address order: for the operator's view, snapshots and invariants.
    void for_each_element(const std::function<void(const ElementView&)>& visit) const;
    // The cartridge in the robot's hand included.
    std::size_t cartridge_count() const;

private:
    class World;
    std::unique_ptr<World> world_;
};

}  // namespace nearline::changer
