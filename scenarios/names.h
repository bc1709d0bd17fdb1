// What scenarios call elements, units and sense, read from text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "changer/changer_profile.h"
#include "scsi/sense.h"

namespace nearline::scenarios {

// "slot 1", "drive 2", or an address.
struct ElementName {
    std::optional<changer::ElementType> type;  // nothing: `number` is an address
    std::uint16_t number = 0;                  // from 1 within its type
};
std::optional<ElementName> parse_element(std::string_view text);
std::string to_text(const ElementName& name);
// Nothing when the library has no such element. An address need not exist.
std::optional<changer::ElementAddress> find(const ElementName& name,
                                            const changer::ElementMap& map);
// "slot 3", or "element 0x1004" for an address that is no element.
std::string name_of(changer::ElementAddress address, const changer::ElementMap& map);

// A unit of the library: the changer, or a drive from 0.
struct UnitName {
    std::optional<std::uint16_t> drive;
    auto operator<=>(const UnitName&) const = default;
};
std::optional<UnitName> parse_unit(std::string_view text);  // "changer", "drive 1"
std::string to_text(const UnitName& unit);

// What sense is expected: the parts that are said.
struct SensePattern {
    std::optional<scsi::SenseKey> key;
    std::uint8_t asc = 0;
    std::uint8_t ascq = 0;
    bool matches(const scsi::Sense& sense) const;
};
// "5/3B/0D", "3B/0D", or the standard's words for an ASC/ASCQ pair.
std::optional<SensePattern> parse_sense(std::string_view text);
std::string to_text(const SensePattern& pattern);

}  // namespace nearline::scenarios
