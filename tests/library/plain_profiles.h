// A library of no vendor, with round numbers: every motion of the robot takes a second or a few,
// so that tests can speak of time.
#pragma once

#include <string>

#include "changer/changer_profile.h"
#include "drives/drive.h"
#include "library/library_description.h"

namespace nearline::library {

inline changer::ChangerProfile plain_changer_profile() {
    changer::ChangerProfile profile;
    profile.unit.device_type = scsi::kMediumChanger;
    profile.unit.vendor = "NEARLINE";
    profile.unit.product = "PLAIN LIBRARY";
    profile.unit.revision = "0001";
    profile.unit.serial = "LIB0000001";
    profile.move_from = {0x0F, 0x0F, 0x0F, 0x0F};
    profile.exchange_from = {0x00, 0x0E, 0x0E, 0x0E};
    profile.kinematics.horizontal = {1000, 1000};
    profile.kinematics.vertical = {1000, 1000};
    profile.kinematics.column_pitch_mm = 100;
    profile.kinematics.row_pitch_mm = 100;
    profile.kinematics.rows_per_column = 10;
    profile.kinematics.pick = std::chrono::seconds(1);
    profile.kinematics.place = std::chrono::seconds(1);
    profile.kinematics.scan_per_slot = std::chrono::seconds(1);
    profile.kinematics.power_on = std::chrono::seconds(10);
    return profile;
}

// Takes LTO-9, reads LTO-8.
inline drives::DriveProfile plain_drive_profile(std::size_t index = 0) {
    drives::DriveProfile profile;
    profile.unit.device_type = scsi::kSequentialAccessDevice;
    profile.unit.vendor = "NEARLINE";
    profile.unit.product = "PLAIN DRIVE";
    profile.unit.revision = "0001";
    profile.unit.serial = "DRV000000" + std::to_string(index);
    profile.unit.has_block_descriptor = true;
    profile.generation = media::Generation::Lto9;
    profile.reads = {media::Generation::Lto8, media::Generation::Lto9};
    profile.writes = {media::Generation::Lto8, media::Generation::Lto9};
    profile.load = std::chrono::seconds(15);
    profile.unload = std::chrono::seconds(20);
    profile.eject = std::chrono::seconds(3);
    profile.cleaning = std::chrono::seconds(120);
    profile.power_on = std::chrono::seconds(5);
    return profile;
}

inline LibraryDescription plain_description(std::uint16_t slots, std::uint16_t stations,
                                            std::size_t drives) {
    LibraryDescription description;
    description.name = "plain";
    description.personality = "plain";
    description.changer = plain_changer_profile();
    description.slots = slots;
    description.stations = stations;
    for (std::size_t at = 0; at < drives; ++at) {
        description.drives.push_back({plain_drive_profile(at)});
    }
    return description;
}

}  // namespace nearline::library
