// What the operator hears when hands cannot do that.
#pragma once

#include <string>

#include "media/cartridge.h"

namespace nearline::changer {

// Why the operator cannot do that, as a sentence.
struct OperatorRefusal {
    std::string reason;
};

// With the cartridge, which is still in the operator's hand.
struct InsertRefusal {
    OperatorRefusal why;
    media::Cartridge cartridge;
};

}  // namespace nearline::changer
