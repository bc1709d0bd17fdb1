// JSON as scenarios look into it: "session", "ids[0]", "information.name".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nearline::scenarios {

// What stands at `path`, as it is written: text without quotes, numbers, true. Empty for what is
// not there, which JSON of protobuf leaves out when it is zero. Nothing when `json` is none.
std::optional<std::string> json_value(std::string_view json, std::string_view path);
// How many there are in the list at `path`; 0 when it is not there.
std::optional<std::size_t> json_count(std::string_view json, std::string_view path);

}  // namespace nearline::scenarios
