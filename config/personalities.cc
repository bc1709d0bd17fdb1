#include "config/personalities.h"

#include <algorithm>

namespace nearline::config {

std::optional<std::string_view> find_personality(std::string_view name) {
    const auto all = built_in_personalities();
    const auto found =
        std::find_if(all.begin(), all.end(),
                     [&](const PersonalityText& personality) { return personality.name == name; });
    if (found == all.end()) return std::nullopt;
    return found->text;
}

}  // namespace nearline::config
