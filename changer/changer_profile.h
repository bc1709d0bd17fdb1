// A library model as data: the changer's half of a personality. Filled by config.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scsi/unit_profile.h"
#include "sim/axis.h"
#include "sim/time.h"

namespace nearline::changer {

using scsi::ElementAddress;

enum class ElementType : std::uint8_t {  // SMC-3 table 7
    MediumTransport = 1,
    Storage = 2,
    ImportExport = 3,
    DataTransfer = 4,
};
inline constexpr std::array<ElementType, 4> kElementTypes = {
    ElementType::MediumTransport, ElementType::Storage, ElementType::ImportExport,
    ElementType::DataTransfer};
std::string_view to_text(ElementType type);  // "robot", "slot", "station", "drive"

struct ElementRange {
    ElementAddress first{};
    std::uint16_t count = 0;
    bool contains(ElementAddress address) const;
    bool operator==(const ElementRange&) const = default;
};

struct ElementMap {
    ElementRange robots;
    ElementRange slots;
    ElementRange stations;
    ElementRange drives;
    const ElementRange& of(ElementType type) const;
};

// Of the carriage. Lengths in millimetres.
struct Kinematics {
    sim::Axis horizontal;
    sim::Axis vertical;
    std::int64_t column_pitch_mm = 0;
    std::int64_t row_pitch_mm = 0;
    std::uint16_t rows_per_column = 1;  // slots are numbered down each column
    sim::Duration pick{};
    sim::Duration place{};
    sim::Duration scan_per_slot{};  // reading one label during an inventory
    sim::Duration power_on{};       // self-test before the first inventory
};

// How drives are identified in READ ELEMENT STATUS (DVCID; changer sheet 4.8.7).
enum class DriveIdentifier { T10Vendor34, SerialOnly };
enum class LabelPadding { BlanksThenZeros, AllBlanks };  // changer sheet 4.8.6
enum class EmptyTag { Zeros, Blanks };
// What a MOVE out of a loaded drive does (changer sheet 8.4).
enum class LoadedDriveRule { UnloadsItself, RefusesUnloadFailure, RefusesMediumNotPresent };
// What of the library stops while a magazine is out (changer sheet 9.4).
enum class MagazineRule { OnlyItsSlots, WholeLibrary };

struct ChangerProfile {
    scsi::UnitProfile unit;
    // First addresses; counts come from the library description.
    ElementAddress first_robot{1};
    ElementAddress first_slot{0x400};
    ElementAddress first_station{0x10};
    ElementAddress first_drive{0x100};
    std::uint16_t slots_per_magazine = 0;  // 0: no magazines that can be pulled

    // Mode page 1Fh, as sent (changer sheet 5.3). Bits of missing kinds are cleared by the unit.
    std::uint8_t storage_capability = 0x0E;
    std::uint8_t capability_flags = 0x03;     // byte 3: ACE, VTRP, S2C
    std::array<std::uint8_t, 4> move_from{};  // robot, slot, station, drive
    std::array<std::uint8_t, 4> exchange_from{};

    DriveIdentifier drive_identifier = DriveIdentifier::T10Vendor34;
    LabelPadding label_padding = LabelPadding::BlanksThenZeros;
    EmptyTag empty_tag = EmptyTag::Zeros;
    bool loaded_drive_is_accessible = false;  // ACCESS of a drive with a loaded cartridge
    bool mode_page_1d_is_savable = false;
    LoadedDriveRule loaded_drive = LoadedDriveRule::UnloadsItself;
    MagazineRule magazine = MagazineRule::OnlyItsSlots;
    scsi::Sense door_open = scsi::kDoorOpen;
    scsi::Sense incompatible_medium = scsi::kIncompatibleMediumInstalled;
    std::uint8_t unreadable_label_asc = 0x83;
    std::uint8_t unreadable_label_ascq = 0x01;
    Kinematics kinematics;
};

}  // namespace nearline::changer
