// Where facts go that must outlive the process.
#pragma once

#include <optional>

#include "changer/changer_profile.h"
#include "media/cartridge.h"

namespace nearline::changer {

// Told of every fact that must outlive the process, before anybody hears that it happened. A
// failure makes the command that caused it end with HARDWARE ERROR.
class FactSink {
public:
    virtual ~FactSink() = default;
    enum class Kept { Yes, No };
    virtual Kept cartridge_moved(media::CartridgeId id, ElementAddress to,
                                 std::optional<ElementAddress> source_slot) = 0;
    virtual Kept cartridge_left(media::CartridgeId id) = 0;  // the operator took it outside
    virtual Kept cartridge_came(const media::CartridgeDescription& cartridge,
                                ElementAddress to) = 0;
    // ImpExp of a station element: who put the cartridge there.
    virtual Kept imported(ElementAddress station, bool by_operator) = 0;
};

}  // namespace nearline::changer
