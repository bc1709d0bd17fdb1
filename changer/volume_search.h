// Finding cartridges by their labels (SMC-3 6.12, SEND VOLUME TAG): one pass over the elements.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "changer/element_status.h"

namespace nearline::changer {

// A template as hosts send it: "?" stands for any character, "*" for the rest; blanks and zeros at
// its end mean nothing.
class LabelTemplate {
public:
    // Nothing when something follows a "*".
    static std::optional<LabelTemplate> from(std::string_view sent);
    bool matches(std::string_view label) const;

private:
    std::string pattern_;
    bool takes_any_rest_ = false;
};

// The elements of `type`, or of all, from `first` on whose cartridge has such a label that could be
// read; in the order READ ELEMENT STATUS has them.
std::vector<Place> find_volumes(const ElementTable& table,
                                const std::function<ElementCondition(Place)>& condition_of,
                                std::optional<ElementType> type, ElementAddress first,
                                const LabelTemplate& wanted);

}  // namespace nearline::changer
