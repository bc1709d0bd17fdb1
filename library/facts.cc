#include "library/facts.h"

namespace nearline::library {

bool operator<(const Placement& a, const Placement& b) {
    return std::tie(a.type, a.place) < std::tie(b.type, b.place);
}

bool operator==(const Placement& a, const Placement& b) {
    return a.type == b.type && a.place == b.place;
}

Identity identity_of(const LibraryDescription& description) {
    return {description.name,
            description.robots,
            description.slots,
            description.stations,
            static_cast<std::uint16_t>(description.drives.size()),
            static_cast<std::uint32_t>(description.cartridges.size())};
}

Facts initial_facts(const LibraryDescription& description) {
    Facts facts;
    facts.identity = identity_of(description);
    for (const CartridgePlacement& placed : description.cartridges) {
        facts.cartridges[placed.cartridge.id] = {placed.cartridge, placed.at, {}};
    }
    return facts;
}

}  // namespace nearline::library
