// The switches of an rsm command line. Their case does not matter; a value follows its switch at
// once, /mPool, or as the next argument, /m Pool.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nearline::apps {

// Maybe: a value that follows at once, or none. Many: the switch may be repeated.
enum class RsmValue { None, One, Maybe, Many };

struct RsmSwitch {
    std::string_view name;  // lower case, without the slash: "lf"
    RsmValue value = RsmValue::One;
};

class RsmSwitches {
public:
    // The longest switch that an argument begins with is meant. Errors are sentences.
    static base::Result<RsmSwitches, std::string> parse(std::span<const RsmSwitch> known,
                                                        std::span<const std::string> arguments);

    bool has(std::string_view name) const { return values_.contains(name); }
    // Empty when it was not given.
    std::string value(std::string_view name) const;
    std::vector<std::string> values(std::string_view name) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

}  // namespace nearline::apps
