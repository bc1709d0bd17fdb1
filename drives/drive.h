// A tape drive: the machine that takes a cartridge in, and the SSC device server in front of it.
// It knows nothing of changers; the library fits its mouth to the robot.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "drives/geometry.h"
#include "drives/medium_codes.h"
#include "drives/tape_stream.h"
#include "media/cartridge.h"
#include "media/medium.h"
#include "scsi/logical_unit.h"
#include "scsi/unit_profile.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::drives {

using base::Result;
using scsi::Sense;

// A drive model as data: the drive's half of a personality. Filled by config.
struct DriveProfile {
    scsi::UnitProfile unit;
    media::Generation generation = media::Generation::Lto9;
    std::set<media::Generation> reads;   // what it can read
    std::set<media::Generation> writes;  // what it can write
    sim::Duration load{};                // from the mouth to ready
    sim::Duration unload{};              // from ready to the mouth, tape at its beginning
    sim::Duration cleaning{};
    sim::Duration power_on{};  // self-test
    // Assumed: from inside, off the tape path, to the mouth. A stopwatch at a drive would settle
    // it.
    sim::Duration eject = std::chrono::seconds(3);
    std::uint32_t maximum_block_length = 0x800000;  // READ BLOCK LIMITS
    StreamingProfile streaming{.speeds = {177'000'000, 203'000'000, 223'000'000, 244'000'000,
                                          263'000'000, 284'000'000, 300'000'000}};
    // On media that run at others, bytes a second, ascending.
    std::map<media::Generation, std::vector<std::uint64_t>> speeds;
    // In REPORT DENSITY SUPPORT, where this model says otherwise than the format.
    std::map<media::Generation, std::uint32_t> bits_per_mm;
    bool recommends_access_order = false;     // GENERATE and RECEIVE RECOMMENDED ACCESS ORDER
    std::set<std::uint8_t> absent_log_pages;  // of those drives have, the ones this model lacks
    sim::Axis search{8300, 6000};             // searching and rewinding (physics sheet 3.3)
    MediumTypeCoding medium_types = MediumTypeCoding::Generation;
    // What TEST UNIT READY says of a cartridge at the mouth, and of one that is held inside off
    // the tape path (scsi-tape sheet 1.3).
    Sense unloaded = scsi::kMediumNotPresent;
    Sense held{scsi::SenseKey::NotReady, 0x3A, 0x04};
};

class Drive {
public:
    using Done = std::function<void(Result<void, Sense>)>;

    // `name` is for the trace: "drive 0". All must outlive it.
    Drive(sim::Simulation& simulation, sim::TraceSink& trace, std::string name,
          DriveProfile profile);
    ~Drive();
    Drive(const Drive&) = delete;
    Drive& operator=(const Drive&) = delete;

    scsi::LogicalUnit& unit();
    const DriveProfile& profile() const;

    // The mouth. See changer::DriveBay, which these become.
    const media::Cartridge* cartridge() const;
    bool is_accessible() const;
    bool is_powered() const;
    std::optional<Sense> why_not_accept(const media::Cartridge& cartridge) const;
    std::optional<Sense> why_not_release() const;
    void insert(media::Cartridge cartridge, Done loaded);
    void present(Done done);
    media::Cartridge remove();

    // Opens what is recorded on a cartridge; must be set before the first one is loaded.
    using MediumSource = std::function<media::MediumResult<std::unique_ptr<media::Medium>>(
        const media::CartridgeDescription&)>;
    void read_media_from(MediumSource source);

    // Before power_on(): stands loaded in it from the beginning; a cleaning cartridge at its mouth.
    void put_initially(media::Cartridge cartridge);
    void power_on();
    void power_off();
    // Told after every cleaning, with what is left of the cartridge.
    void on_cleaned(std::function<void(const media::Cartridge&)> listener);
    // The eject button on its face.
    void press_eject();
    // The state of its machine, in words: "empty", "loading", "ready", "unloading", …
    std::string state() const;

private:
    class World;
    std::unique_ptr<World> world_;
};

}  // namespace nearline::drives
