// Which of our text files a text is. Files do not say; the names of their fields do.
#pragma once

#include <string_view>

namespace nearline::config {

enum class TextKind { Library, Personality, Scenario };

std::string_view to_text(TextKind kind);  // "library", "personality", "scenario"

// The kind that knows the most of the fields at the top level; a library when none knows any.
TextKind kind_of(std::string_view text);

}  // namespace nearline::config
