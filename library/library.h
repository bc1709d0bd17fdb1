// One library put together: changer, drives, cartridges, the targets hosts see, and the operator
// who stands before it. The only folder that knows both changer and drives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "changer/changer.h"
#include "library/library_description.h"
#include "scsi/target_device.h"
#include "sim/random.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::library {

using base::Result;
using changer::ElementAddress;
using changer::ElementType;
using changer::OperatorRefusal;

// A SCSI target of the library, as a transport offers it.
struct Target {
    std::string name;  // iSCSI name
    scsi::TargetDevice* device = nullptr;
};

// One element for the operator's view.
struct PlaceView {
    ElementType type{};
    std::uint16_t place = 0;  // from 0 within its type
    ElementAddress address{};
    bool is_accessible = true;
    std::optional<media::CartridgeDescription> cartridge;
};

struct LibraryView {
    std::string name;
    std::string personality;
    bool is_powered = false;
    bool is_ready = false;
    std::vector<PlaceView> places;  // robots, slots, stations, drives
    std::vector<std::string> drive_states;
    std::vector<media::CartridgeDescription> outside;  // with the operator
};

// What the operator can do. Cartridges are named by label or, with "#12", by number; those taken
// out stay with the operator until they are put in again. Refusals are sentences.
class Operator {
public:
    virtual ~Operator() = default;
    using Done = Result<void, OperatorRefusal>;
    virtual Done open_door() = 0;
    virtual Done close_door() = 0;
    virtual Done open_station() = 0;
    virtual Done close_station() = 0;
    // Takes the cartridge called `cartridge` out from wherever hands reach it now.
    virtual Done take(const std::string& cartridge) = 0;
    // Puts in a cartridge the operator holds, or a new one of that label when none is held: into
    // `where`, or the first free station element.
    virtual Done insert(const std::string& cartridge, std::optional<Placement> where) = 0;
    virtual Done pull_magazine(std::uint16_t number) = 0;
    virtual Done push_magazine(std::uint16_t number) = 0;
    virtual Done set_online(bool is_online) = 0;
    virtual Done power_off() = 0;  // the whole library
    virtual Done power_on() = 0;
    virtual Done press_eject(std::uint16_t drive) = 0;
    virtual Done set_drive_power(std::uint16_t drive, bool is_on) = 0;
    virtual LibraryView view() const = 0;
};

class Library {
public:
    // Without `state` everything is in memory. With it, what was left there is taken up again, and
    // every fact is durable before the command that caused it is answered.
    struct State {
        base::FileSystem& files;
        std::string directory;
    };
    // Fails when the state cannot be read or written, or does not belong to this description.
    static Result<std::unique_ptr<Library>, std::string> open(sim::Simulation& simulation,
                                                              sim::TraceSink& trace,
                                                              LibraryDescription description,
                                                              std::optional<State> state = {});
    virtual ~Library() = default;

    virtual const LibraryDescription& description() const = 0;
    virtual std::vector<Target> targets() = 0;
    virtual Operator& library_operator() = 0;
    virtual changer::Changer& changer() = 0;
    virtual drives::Drive& drive(std::size_t index) = 0;
    virtual void power_on() = 0;
    // Every cartridge is in exactly one place, and none is lost, or the process ends here: how many
    // there are, those outside included. Costs a walk over all elements.
    virtual std::size_t cartridge_count() const = 0;
    // What of the state that was taken up could not be read any more, in sentences; empty after
    // every ordinary end of a run, `kill -9` included.
    virtual std::vector<std::string> losses() const = 0;
};

}  // namespace nearline::library
