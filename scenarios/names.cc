#include "scenarios/names.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"

namespace nearline::scenarios {
namespace {

using changer::ElementType;

constexpr std::array<std::pair<std::string_view, ElementType>, 4> kKinds = {
    {{"robot", ElementType::MediumTransport},
     {"slot", ElementType::Storage},
     {"station", ElementType::ImportExport},
     {"drive", ElementType::DataTransfer}}};

std::optional<std::uint16_t> parse_u16(std::string_view text) {
    const auto number = base::parse_unsigned(text);
    if (!number || *number > 0xFFFF) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

std::optional<std::uint8_t> parse_hex_byte(std::string_view text) {
    const auto number = base::parse_unsigned("0x" + std::string(text));
    if (!number || *number > 0xFF || text.empty()) return std::nullopt;
    return static_cast<std::uint8_t>(*number);
}

std::optional<SensePattern> parse_codes(std::string_view text) {
    const auto parts = base::split(text, '/');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    SensePattern pattern;
    const auto asc = parse_hex_byte(parts.at(parts.size() - 2));
    const auto ascq = parse_hex_byte(parts.at(parts.size() - 1));
    if (!asc || !ascq) return std::nullopt;
    pattern.asc = *asc;
    pattern.ascq = *ascq;
    if (parts.size() == 3) {
        const auto key = parse_hex_byte(parts.front());
        if (!key || *key > 0x0F) return std::nullopt;
        pattern.key = static_cast<scsi::SenseKey>(*key);
    }
    return pattern;
}

// The pair whose standard name `words` are: by asking for all of them.
std::optional<SensePattern> parse_words(std::string_view words) {
    const std::string wanted = base::to_upper(words);
    for (unsigned pair = 1; pair < 0x8000; ++pair) {
        const auto asc = static_cast<std::uint8_t>(pair >> 8U);
        const auto ascq = static_cast<std::uint8_t>(pair & 0xFFU);
        if (scsi::additional_sense_text(asc, ascq) == wanted) {
            return SensePattern{std::nullopt, asc, ascq};
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<ElementName> parse_element(std::string_view text) {
    for (const auto& [word, type] : kKinds) {
        if (!text.starts_with(word) || text.size() < word.size() + 2) continue;
        if (text.at(word.size()) != ' ') continue;
        const auto number = parse_u16(text.substr(word.size() + 1));
        if (!number || *number == 0) return std::nullopt;
        return ElementName{type, *number};
    }
    if (!text.starts_with("0x")) return std::nullopt;
    const auto address = parse_u16(text);
    if (!address) return std::nullopt;
    return ElementName{std::nullopt, *address};
}

std::string to_text(const ElementName& name) {
    for (const auto& [word, type] : kKinds) {
        if (name.type == type) return fmt::format("{} {}", word, name.number);
    }
    return fmt::format("{:#06x}", name.number);
}

std::optional<changer::ElementAddress> find(const ElementName& name,
                                            const changer::ElementMap& map) {
    if (!name.type) return changer::ElementAddress{name.number};
    const auto& range = map.of(*name.type);
    if (name.number > range.count) return std::nullopt;
    const auto first = static_cast<std::uint32_t>(range.first);
    return changer::ElementAddress{static_cast<std::uint16_t>(first + name.number - 1)};
}

std::string name_of(changer::ElementAddress address, const changer::ElementMap& map) {
    const auto number = static_cast<std::uint32_t>(address);
    for (const auto& [word, type] : kKinds) {
        const auto& range = map.of(type);
        if (range.contains(address)) {
            return fmt::format("{} {}", word, number - static_cast<std::uint32_t>(range.first) + 1);
        }
    }
    return fmt::format("element {:#06x}", number);
}

std::optional<UnitName> parse_unit(std::string_view text) {
    if (text.empty() || text == "changer") return UnitName{};
    const auto element = parse_element(text);
    if (!element || element->type != ElementType::DataTransfer) return std::nullopt;
    return UnitName{static_cast<std::uint16_t>(element->number - 1)};
}

std::string to_text(const UnitName& unit) {
    return unit.drive ? fmt::format("drive {}", *unit.drive + 1) : std::string("changer");
}

bool SensePattern::matches(const scsi::Sense& sense) const {
    return (!key || *key == sense.key) && asc == sense.asc && ascq == sense.ascq;
}

std::optional<SensePattern> parse_sense(std::string_view text) {
    if (auto codes = parse_codes(text)) return codes;
    return parse_words(text);
}

std::string to_text(const SensePattern& pattern) {
    if (pattern.key) return scsi::to_text(scsi::Sense{*pattern.key, pattern.asc, pattern.ascq});
    return fmt::format("{:02X}/{:02X} {}", pattern.asc, pattern.ascq,
                       scsi::additional_sense_text(pattern.asc, pattern.ascq));
}

}  // namespace nearline::scenarios
