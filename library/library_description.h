// What to build: one library, fully said and checked. config makes it from text; tests write it
// down. Everything in it has been validated against the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "changer/changer_profile.h"
#include "drives/drive.h"
#include "media/cartridge.h"

namespace nearline::library {

enum class DeviceLayout {
    OneTarget,        // LUN 0 the changer, LUN 1… the drives
    TargetPerDevice,  // NAME-changer, NAME-drive0, …: LUN 0 each
};

struct ChapSecret {
    std::string user;
    std::string secret;
};

// Who may log in. Empty lists: anybody, without authentication.
struct Access {
    std::vector<ChapSecret> initiators_secrets;  // CHAP accounts of initiators
    std::optional<ChapSecret> target_secret;     // as whom the target proves itself
    std::vector<std::string> initiators;         // allowed names; a trailing * matches any rest
};

// Where a cartridge stands at first: by kind and place from 0, not by address.
struct Placement {
    changer::ElementType type = changer::ElementType::Storage;
    std::uint16_t place = 0;
};

struct CartridgePlacement {
    media::CartridgeDescription cartridge;  // ids are unique
    std::optional<Placement> at;            // nothing: outside, with the operator
};

struct DriveDescription {
    drives::DriveProfile profile;  // with its serial number filled in
};

struct LibraryDescription {
    std::string name;         // the last part of its IQN: letters, digits, - and .
    std::string personality;  // the name of the changer's personality, for people
    changer::ChangerProfile changer;
    std::uint16_t robots = 1;
    std::uint16_t slots = 0;
    std::uint16_t stations = 0;
    std::vector<DriveDescription> drives;
    std::vector<CartridgePlacement> cartridges;
    DeviceLayout layout = DeviceLayout::OneTarget;
    Access access;
};

// "iqn.2026-11.test.nearline:NAME"
std::string target_name_of(const std::string& library_name);

}  // namespace nearline::library
