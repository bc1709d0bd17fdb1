#include "apps/changer/element_name.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;
using initiator::Element;
using initiator::ElementAddress;
using initiator::ElementType;
using initiator::Inventory;

struct Kind {
    std::string_view name;
    ElementType type;
    std::size_t first;  // the lowest number
};
constexpr Kind kKinds[] = {{"slot", ElementType::Storage, 1},
                           {"drive", ElementType::DataTransfer, 0},
                           {"station", ElementType::ImportExport, 1},
                           {"robot", ElementType::MediumTransport, 0}};

const Kind& kind_of(ElementType type) {
    return *std::find_if(std::begin(kKinds), std::end(kKinds),
                         [&](const Kind& kind) { return kind.type == type; });
}

struct ParsedName {
    const Kind* kind = nullptr;  // nullptr: not said
    bool is_address = false;
    std::uint64_t number = 0;
};

std::optional<ParsedName> parse(std::string_view name) {
    ParsedName parsed;
    const std::size_t colon = name.find(':');
    if (colon != std::string_view::npos) {
        const auto* found =
            std::find_if(std::begin(kKinds), std::end(kKinds),
                         [&](const Kind& kind) { return kind.name == name.substr(0, colon); });
        if (found == std::end(kKinds)) return std::nullopt;
        parsed.kind = found;
        name.remove_prefix(colon + 1);
    }
    parsed.is_address = name.starts_with("0x") || name.starts_with("0X");
    const auto number = base::parse_unsigned(name);
    if (!number || (parsed.is_address && *number > 0xFFFF)) return std::nullopt;
    if (parsed.is_address && parsed.kind != nullptr) return std::nullopt;
    parsed.number = *number;
    return parsed;
}

Result<ElementAddress, std::string> nth(const Inventory& inventory, const Kind& kind,
                                        std::uint64_t number) {
    const auto elements = inventory.of(kind.type);
    if (number < kind.first || number - kind.first >= elements.size()) {
        const std::string have = elements.empty()
                                     ? "the library has none"
                                     : "the library has " + std::to_string(kind.first) + " to " +
                                           std::to_string(kind.first + elements.size() - 1);
        return Failure{"no " + std::string(kind.name) + " " + std::to_string(number) + ": " + have};
    }
    return elements[number - kind.first]->address;
}

}  // namespace

Result<ElementAddress, std::string> find_element(const Inventory& inventory,
                                                 const std::string& name, PlainNumber plain) {
    const auto parsed = parse(name);
    if (!parsed) return Failure{"'" + name + "' does not name an element"};
    if (parsed->is_address) return ElementAddress{static_cast<std::uint16_t>(parsed->number)};
    if (parsed->kind != nullptr) return nth(inventory, *parsed->kind, parsed->number);
    if (plain == PlainNumber::Drive) {
        return nth(inventory, kind_of(ElementType::DataTransfer), parsed->number);
    }
    // As mtx counts: stations go on where slots end.
    const std::size_t slots = inventory.of(ElementType::Storage).size();
    const std::size_t stations = inventory.of(ElementType::ImportExport).size();
    if (parsed->number > slots && parsed->number - slots <= stations) {
        return nth(inventory, kind_of(ElementType::ImportExport), parsed->number - slots);
    }
    return nth(inventory, kind_of(ElementType::Storage), parsed->number);
}

bool is_element_name(const std::string& name) {
    return parse(name).has_value();
}

std::optional<std::size_t> place_of(const Inventory& inventory, ElementAddress address) {
    const Element* element = inventory.find(address);
    if (element == nullptr) return std::nullopt;
    const auto elements = inventory.of(element->type);
    const auto found = std::find(elements.begin(), elements.end(), element);
    return kind_of(element->type).first + static_cast<std::size_t>(found - elements.begin());
}

std::string name_of(const Inventory& inventory, ElementAddress address) {
    const auto place = place_of(inventory, address);
    if (!place) return "element " + hex_of(address);
    return std::string(to_text(inventory.find(address)->type)) + " " + std::to_string(*place);
}

std::string hex_of(ElementAddress address) {
    base::Bytes bytes;
    base::ByteWriter(bytes).u16(static_cast<std::uint16_t>(address));
    return "0x" + base::to_hex(bytes);
}

}  // namespace nearline::apps
