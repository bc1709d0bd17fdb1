// All elements of a changer and what stands in them. Cartridges live here, or in the drives behind
// their bays; they go from place to place by move only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "changer/changer_profile.h"
#include "changer/drive_bay.h"
#include "media/cartridge.h"

namespace nearline::changer {

// An element without its address: the kind, and its number from 0 within the kind.
struct Place {
    ElementType type{};
    std::uint16_t index = 0;
    bool operator==(const Place&) const = default;
};
std::string to_text(Place place);  // "slot 12", "drive 0", "station 1", "robot 0"

// A bay that is not a drive's: a slot, a station element, a robot's hand.
struct Bay {
    std::optional<media::Cartridge> cartridge;
    std::optional<ElementAddress> source;  // the last slot or station element it stood in
    bool is_imported = false;              // ImpExp: the operator put it here
};

class ElementTable {
public:
    // The ranges must be disjoint; a drive bay for each drive.
    ElementTable(const ElementMap& map, std::uint16_t slots_per_magazine,
                 std::vector<DriveBay*> drive_bays);

    const ElementMap& map() const { return map_; }
    // Types that have elements, by ascending address.
    const std::vector<ElementType>& types_by_address() const { return types_by_address_; }
    std::uint16_t highest_address() const;
    std::optional<Place> find(ElementAddress address) const;
    ElementAddress address_of(Place place) const;

    // Not for drives.
    Bay& bay(Place place);
    const Bay& bay(Place place) const;
    DriveBay& drive(std::uint16_t index) const { return *drives_[index].bay; }

    // Of any element; nullptr when it is empty.
    const media::Cartridge* cartridge(Place place) const;
    bool is_full(Place place) const { return cartridge(place) != nullptr; }
    std::optional<ElementAddress> source(Place place) const;
    void set_source(Place place, std::optional<ElementAddress> source);

    std::uint16_t magazine_count() const { return static_cast<std::uint16_t>(magazines_.size()); }
    // The magazine a slot is part of, if slots come in magazines.
    std::optional<std::uint16_t> magazine_of(Place place) const;
    enum class Magazine : std::uint8_t { In, Out, NotScanned };
    Magazine magazine(std::uint16_t number) const { return magazines_[number]; }
    void set_magazine(std::uint16_t number, Magazine state) { magazines_[number] = state; }
    bool is_any_magazine_out() const;
    ElementRange slots_of_magazine(std::uint16_t number) const;

    std::size_t cartridge_count() const;

private:
    struct Drive {
        DriveBay* bay = nullptr;
        std::optional<ElementAddress> source;
    };

    ElementMap map_;
    std::uint16_t slots_per_magazine_;
    std::vector<ElementType> types_by_address_;
    std::vector<Bay> robots_;
    std::vector<Bay> slots_;
    std::vector<Bay> stations_;
    std::vector<Drive> drives_;
    std::vector<Magazine> magazines_;
};

}  // namespace nearline::changer
