#include "changer/element_table.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::changer {
namespace {

std::uint32_t end_of(const ElementRange& range) {
    return static_cast<std::uint32_t>(range.first) + range.count;
}

}  // namespace

std::string to_text(Place place) {
    return std::string(to_text(place.type)) + " " + std::to_string(place.index);
}

ElementTable::ElementTable(const ElementMap& map, std::uint16_t slots_per_magazine,
                           std::vector<DriveBay*> drive_bays)
    : map_(map),
      slots_per_magazine_(slots_per_magazine),
      robots_(map.robots.count),
      slots_(map.slots.count),
      stations_(map.stations.count) {
    CHECK(map.robots.count > 0);
    CHECK(drive_bays.size() == map.drives.count);
    for (DriveBay* bay : drive_bays) drives_.push_back({bay, {}});
    if (slots_per_magazine > 0) {
        magazines_.resize((map.slots.count + slots_per_magazine - 1U) / slots_per_magazine,
                          Magazine::In);
    }
    for (const ElementType type : kElementTypes) {
        if (map_.of(type).count > 0) types_by_address_.push_back(type);
    }
    std::sort(types_by_address_.begin(), types_by_address_.end(),
              [&](ElementType a, ElementType b) { return map_.of(a).first < map_.of(b).first; });
    for (std::size_t at = 1; at < types_by_address_.size(); ++at) {
        CHECK(end_of(map_.of(types_by_address_[at - 1])) <=
              static_cast<std::uint32_t>(map_.of(types_by_address_[at]).first));
    }
    CHECK(end_of(map_.of(types_by_address_.back())) <= 0x10000);
}

std::uint16_t ElementTable::highest_address() const {
    return static_cast<std::uint16_t>(end_of(map_.of(types_by_address_.back())) - 1);
}

std::optional<Place> ElementTable::find(ElementAddress address) const {
    for (const ElementType type : kElementTypes) {
        const ElementRange& range = map_.of(type);
        if (!range.contains(address)) continue;
        return Place{type, static_cast<std::uint16_t>(static_cast<std::uint16_t>(address) -
                                                      static_cast<std::uint16_t>(range.first))};
    }
    return std::nullopt;
}

ElementAddress ElementTable::address_of(Place place) const {
    return ElementAddress{static_cast<std::uint16_t>(
        static_cast<std::uint16_t>(map_.of(place.type).first) + place.index)};
}

Bay& ElementTable::bay(Place place) {
    return const_cast<Bay&>(std::as_const(*this).bay(place));
}

const Bay& ElementTable::bay(Place place) const {
    CHECK(place.type != ElementType::DataTransfer);
    switch (place.type) {
        case ElementType::MediumTransport:
            return robots_[place.index];
        case ElementType::ImportExport:
            return stations_[place.index];
        default:
            return slots_[place.index];
    }
}

const media::Cartridge* ElementTable::cartridge(Place place) const {
    if (place.type == ElementType::DataTransfer) return drives_[place.index].bay->cartridge();
    const auto& cartridge = bay(place).cartridge;
    return cartridge ? &*cartridge : nullptr;
}

std::optional<ElementAddress> ElementTable::source(Place place) const {
    if (place.type == ElementType::DataTransfer) return drives_[place.index].source;
    return bay(place).source;
}

void ElementTable::set_source(Place place, std::optional<ElementAddress> source) {
    if (place.type == ElementType::DataTransfer) {
        drives_[place.index].source = source;
    } else {
        bay(place).source = source;
    }
}

std::optional<std::uint16_t> ElementTable::magazine_of(Place place) const {
    if (place.type != ElementType::Storage || slots_per_magazine_ == 0) return std::nullopt;
    return static_cast<std::uint16_t>(place.index / slots_per_magazine_);
}

bool ElementTable::is_any_magazine_out() const {
    return std::find(magazines_.begin(), magazines_.end(), Magazine::Out) != magazines_.end();
}

ElementRange ElementTable::slots_of_magazine(std::uint16_t number) const {
    const std::uint32_t begin = std::uint32_t{number} * slots_per_magazine_;
    const std::uint32_t end =
        std::min<std::uint32_t>(begin + slots_per_magazine_, map_.slots.count);
    return {address_of({ElementType::Storage, static_cast<std::uint16_t>(begin)}),
            static_cast<std::uint16_t>(end - begin)};
}

std::size_t ElementTable::cartridge_count() const {
    const auto full = [](const Bay& bay) { return bay.cartridge.has_value(); };
    auto count = std::count_if(robots_.begin(), robots_.end(), full) +
                 std::count_if(slots_.begin(), slots_.end(), full) +
                 std::count_if(stations_.begin(), stations_.end(), full);
    count += std::count_if(drives_.begin(), drives_.end(),
                           [](const Drive& drive) { return drive.bay->cartridge() != nullptr; });
    return static_cast<std::size_t>(count);
}

}  // namespace nearline::changer
