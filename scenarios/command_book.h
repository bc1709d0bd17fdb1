// Every command there is, by the standard's name, with its fields by theirs: drawn from the command
// tables, so that a scenario can send what the library understands.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace nearline::scenarios {

struct FieldForm {
    std::string_view name;
    std::uint16_t width = 0;  // bits
};

using FieldValues = std::map<std::string, std::uint64_t, std::less<>>;

struct CommandForm {
    std::string_view name;
    std::vector<FieldForm> (*fields)();
    base::Bytes (*encode)(const FieldValues& values);  // fields that are not there are zero

    std::optional<FieldForm> find_field(std::string_view field) const;
};

// Nothing when no unit knows a command called so.
std::optional<CommandForm> find_command(std::string_view name);
// Its name by its bytes: for reports.
std::string name_of_cdb(base::BytesView cdb);

}  // namespace nearline::scenarios
