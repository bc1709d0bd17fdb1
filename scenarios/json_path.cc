#include "scenarios/json_path.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cmath>

#include "base/text.h"

namespace nearline::scenarios {
namespace {

using google::protobuf::Value;

std::optional<Value> parse(std::string_view json) {
    Value value;
    const auto status = google::protobuf::util::JsonStringToMessage(std::string(json), &value);
    if (!status.ok()) return std::nullopt;
    return value;
}

const Value* step_into(const Value& value, std::string_view name) {
    if (name.empty()) return &value;
    const auto& fields = value.struct_value().fields();
    const auto found = fields.find(std::string(name));
    return found == fields.end() ? nullptr : &found->second;
}

const Value* step_to(const Value& value, std::string_view index) {
    const auto number = base::parse_unsigned(index);
    const auto& values = value.list_value().values();
    if (!number || *number >= static_cast<std::uint64_t>(values.size())) return nullptr;
    return &values.Get(static_cast<int>(*number));
}

// One part of a path: "ids[0]".
const Value* follow(const Value* value, std::string_view part) {
    const auto bracket = part.find('[');
    value = step_into(*value, part.substr(0, bracket));
    while (value != nullptr && bracket != std::string_view::npos && part.find('[') != part.npos) {
        part.remove_prefix(part.find('[') + 1);
        value = step_to(*value, part.substr(0, part.find(']')));
    }
    return value;
}

const Value* find(const Value& root, std::string_view path) {
    const Value* value = &root;
    for (const auto part : base::split(path, '.')) {
        value = follow(value, part);
        if (value == nullptr) return nullptr;
    }
    return value;
}

std::string text_of(const Value& value) {
    switch (value.kind_case()) {
        case Value::kStringValue:
            return value.string_value();
        case Value::kBoolValue:
            return value.bool_value() ? "true" : "false";
        case Value::kNumberValue: {
            const double number = value.number_value();
            const bool is_whole = std::floor(number) == number && std::fabs(number) < 1e15;
            return is_whole ? fmt::format("{}", static_cast<std::int64_t>(number))
                            : fmt::format("{}", number);
        }
        case Value::kListValue:
            return fmt::format("a list of {}", value.list_value().values_size());
        case Value::kStructValue:
            return "an object";
        default:
            return "";
    }
}

}  // namespace

std::optional<std::string> json_value(std::string_view json, std::string_view path) {
    const auto root = parse(json);
    if (!root) return std::nullopt;
    const Value* value = find(*root, path);
    return value == nullptr ? "" : text_of(*value);
}

std::optional<std::size_t> json_count(std::string_view json, std::string_view path) {
    const auto root = parse(json);
    if (!root) return std::nullopt;
    const Value* value = find(*root, path);
    return value == nullptr ? 0 : static_cast<std::size_t>(value->list_value().values_size());
}

}  // namespace nearline::scenarios
