#include "changer/volume_search.h"

#include <algorithm>

namespace nearline::changer {

std::optional<LabelTemplate> LabelTemplate::from(std::string_view sent) {
    constexpr std::string_view kPadding{" \0", 2};
    const std::size_t last = sent.find_last_not_of(kPadding);
    LabelTemplate wanted;
    wanted.pattern_ = last == std::string_view::npos ? "" : std::string(sent.substr(0, last + 1));
    const std::size_t star = wanted.pattern_.find('*');
    if (star == std::string::npos) return wanted;
    if (star + 1 != wanted.pattern_.size()) return std::nullopt;
    wanted.pattern_.pop_back();
    wanted.takes_any_rest_ = true;
    return wanted;
}

bool LabelTemplate::matches(std::string_view label) const {
    if (label.size() < pattern_.size()) return false;
    if (label.size() > pattern_.size() && !takes_any_rest_) return false;
    return std::equal(pattern_.begin(), pattern_.end(), label.begin(),
                      [](char wanted, char is) { return wanted == '?' || wanted == is; });
}

std::vector<Place> find_volumes(const ElementTable& table,
                                const std::function<ElementCondition(Place)>& condition_of,
                                std::optional<ElementType> type, ElementAddress first,
                                const LabelTemplate& wanted) {
    std::vector<Place> found;
    for (const ElementType each : table.types_by_address()) {
        if (type && each != *type) continue;
        for (std::uint16_t index = 0; index < table.map().of(each).count; ++index) {
            const Place place{each, index};
            const media::Cartridge* cartridge = table.cartridge(place);
            if (cartridge == nullptr || table.address_of(place) < first) continue;
            const bool is_read =
                !cartridge->label().empty() && cartridge->description().is_label_readable;
            if (!is_read || !wanted.matches(cartridge->label())) continue;
            if (condition_of(place).is_content_known) found.push_back(place);
        }
    }
    return found;
}

}  // namespace nearline::changer
