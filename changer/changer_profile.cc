#include "changer/changer_profile.h"

#include "base/check.h"

namespace nearline::changer {

std::string_view to_text(ElementType type) {
    switch (type) {
        case ElementType::MediumTransport:
            return "robot";
        case ElementType::Storage:
            return "slot";
        case ElementType::ImportExport:
            return "station";
        case ElementType::DataTransfer:
            return "drive";
    }
    return "element";
}

bool ElementRange::contains(ElementAddress address) const {
    const auto at = static_cast<std::uint32_t>(address);
    const auto begin = static_cast<std::uint32_t>(first);
    return at >= begin && at < begin + count;
}

const ElementRange& ElementMap::of(ElementType type) const {
    switch (type) {
        case ElementType::MediumTransport:
            return robots;
        case ElementType::Storage:
            return slots;
        case ElementType::ImportExport:
            return stations;
        case ElementType::DataTransfer:
            return drives;
    }
    CHECK(false);
    return slots;
}

}  // namespace nearline::changer
