// One drive, two hosts and the hands that feed it: the world of this folder's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drives/drive.h"
#include "drives/stream_commands.h"
#include "scsi/target_device.h"
#include "tests/drives/host.h"
#include "tests/drives/list_medium.h"

namespace nearline::drives {

using media::CartridgeType;
using media::Generation;

// An LTO-9 drive with round times: the tests speak of seconds.
inline DriveProfile plain_profile() {
    DriveProfile profile;
    profile.unit.device_type = scsi::kSequentialAccessDevice;
    profile.unit.vendor = "NEARLINE";
    profile.unit.product = "PLAIN DRIVE";
    profile.unit.revision = "0001";
    profile.unit.serial = "DRV0000001";
    profile.unit.has_block_descriptor = true;
    profile.generation = Generation::Lto9;
    profile.reads = {Generation::Lto8, Generation::Lto9};
    profile.writes = {Generation::Lto9};
    profile.load = std::chrono::seconds(15);
    profile.unload = std::chrono::seconds(60);
    profile.eject = std::chrono::seconds(3);
    profile.cleaning = std::chrono::seconds(120);
    profile.power_on = std::chrono::seconds(30);
    profile.streaming.speeds = {112'000, 300'000};  // a thousandth, to record less
    profile.streaming.buffer = 1'000'000;
    return profile;
}

inline media::Cartridge a_cartridge(Generation generation = Generation::Lto9,
                                    CartridgeType type = CartridgeType::Data) {
    media::CartridgeDescription description;
    description.id = media::CartridgeId{1};
    description.label = "ABC001L9";
    description.generation = generation;
    description.type = type;
    return media::Cartridge(description);
}

class DriveTest : public testing::Test {
protected:
    DriveTest() : DriveTest(plain_profile()) {}
    explicit DriveTest(DriveProfile profile)
        : drive(simulation, trace, "drive 0", std::move(profile)) {
        device.add(scsi::Lun{}, drive.unit());
        drive.read_media_from([this](const media::CartridgeDescription&) { return open(); });
    }

    void power_on() {
        drive.power_on();
        device.power_on();
        pass(std::chrono::seconds(30));
        host.clear_attentions();
        other.clear_attentions();
    }
    void pass(sim::Duration time) { simulation.run_until(simulation.now() + time); }
    // From the robot's hand; `loaded` becomes the result.
    void insert(media::Cartridge cartridge) {
        loaded.reset();
        drive.insert(std::move(cartridge), [this](Result<void, Sense> result) { loaded = result; });
    }
    void load(media::Cartridge cartridge = a_cartridge()) {
        insert(std::move(cartridge));
        pass(std::chrono::seconds(15));
        host.clear_attentions();
        other.clear_attentions();
    }
    void present() {
        presented.reset();
        drive.present([this](Result<void, Sense> result) { presented = result; });
    }
    // What is on the tape outlives the load: `recorded` is handed to the drive again and again.
    media::MediumResult<std::unique_ptr<media::Medium>> open() {
        return std::unique_ptr<media::Medium>(std::make_unique<media::BorrowedMedium>(recorded));
    }
    bool prevent(std::uint8_t how) {
        scsi::PreventAllowMediumRemoval command;
        command.prevent = how;
        return host.at_once(command).is_good();
    }

    sim::Simulation simulation;
    sim::TextTrace trace;
    Drive drive;
    scsi::TargetDevice device;
    Host host{device, "host"};
    Host other{device, "other"};
    media::ListMedium recorded{18'000'000'000'000};
    std::optional<Result<void, Sense>> loaded;
    std::optional<Result<void, Sense>> presented;
};

}  // namespace nearline::drives
