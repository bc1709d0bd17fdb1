// What a library must not forget: where each cartridge is, who put it there, which mode pages were
// saved, which reservations are to outlive power. Plain values; places by kind and number, so that
// a personality may move its addresses.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/bytes.h"
#include "library/library_description.h"
#include "media/cartridge.h"
#include "scsi/persistent_reservations.h"

namespace nearline::library {

// To which description the facts belong.
struct Identity {
    std::string name;
    std::uint16_t robots = 0;
    std::uint16_t slots = 0;
    std::uint16_t stations = 0;
    std::uint16_t drives = 0;
    std::uint32_t cartridges = 0;  // that the description began with
    bool operator==(const Identity&) const = default;
};
Identity identity_of(const LibraryDescription& description);

bool operator<(const Placement& a, const Placement& b);
bool operator==(const Placement& a, const Placement& b);

struct CartridgeFact {
    media::CartridgeDescription description;
    std::optional<Placement> at;      // nothing: outside
    std::optional<Placement> source;  // the slot it came from, if known
    bool operator==(const CartridgeFact&) const = default;
};

// A saved mode page: unit 0 is the changer, 1… the drives.
struct SavedPageKey {
    std::uint16_t unit = 0;
    std::uint8_t page = 0;
    std::uint8_t subpage = 0;
    auto operator<=>(const SavedPageKey&) const = default;
};

struct Facts {
    Identity identity;
    std::map<media::CartridgeId, CartridgeFact> cartridges;
    std::set<std::uint16_t> imported;  // station places whose cartridge the operator put there
    std::map<SavedPageKey, base::Bytes> saved_pages;
    std::map<std::uint16_t, scsi::ReservationState> reservations;  // by unit; none is empty
    bool operator==(const Facts&) const = default;
};

// As the description says it begins.
Facts initial_facts(const LibraryDescription& description);

}  // namespace nearline::library
