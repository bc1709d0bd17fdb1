#include "apps/rsm/rsm_switches.h"

#include "base/text.h"

namespace nearline::apps {
namespace {

using base::Failure;
using base::Result;

bool is_meant(const RsmSwitch& known, std::string_view lower) {
    return known.value == RsmValue::None ? lower == known.name : lower.starts_with(known.name);
}

const RsmSwitch* find(std::span<const RsmSwitch> all, std::string_view lower) {
    const RsmSwitch* longest = nullptr;
    for (const RsmSwitch& known : all) {
        const bool is_longer = longest == nullptr || known.name.size() > longest->name.size();
        if (is_meant(known, lower) && is_longer) longest = &known;
    }
    return longest;
}

}  // namespace

Result<RsmSwitches, std::string> RsmSwitches::parse(std::span<const RsmSwitch> known,
                                                    std::span<const std::string> arguments) {
    RsmSwitches switches;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& argument = arguments[at];
        if (!argument.starts_with('/')) return Failure{"'" + argument + "' is no switch"};
        const std::string_view text = std::string_view(argument).substr(1);
        const RsmSwitch* found = find(known, base::to_lower(text));
        if (found == nullptr) return Failure{"there is no switch '" + argument + "' here"};
        const std::string name = "/" + std::string(found->name);
        if (found->value != RsmValue::Many && switches.has(found->name)) {
            return Failure{name + " is given twice"};
        }
        std::string value(text.substr(found->name.size()));
        const bool needs_value = found->value == RsmValue::One || found->value == RsmValue::Many;
        if (needs_value && value.empty()) {
            const bool follows = at + 1 < arguments.size() && !arguments[at + 1].empty() &&
                                 arguments[at + 1].front() != '/';
            if (!follows) return Failure{name + " lacks its value"};
            value = arguments[++at];
        }
        switches.values_[std::string(found->name)].push_back(std::move(value));
    }
    return switches;
}

std::string RsmSwitches::value(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second.front();
}

std::vector<std::string> RsmSwitches::values(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace nearline::apps
