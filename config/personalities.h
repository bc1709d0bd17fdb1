// The personalities that are part of the program: the files of personalities/, embedded when it
// was built.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace nearline::config {

struct PersonalityText {
    std::string_view name;  // "ibm-3573-tl"
    std::string_view text;  // the whole file, comments and all
};

// Sorted by name.
std::span<const PersonalityText> built_in_personalities();
std::optional<std::string_view> find_personality(std::string_view name);

}  // namespace nearline::config
