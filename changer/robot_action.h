// What a robot does with an element.
#pragma once

#include <cstdint>

namespace nearline::changer {

enum class RobotAction : std::uint8_t {
    Stop,   // travel there, and no more
    Pick,   // travel there and take the cartridge
    Place,  // travel there and let the cartridge go
    Scan,   // travel there and read labels
};

}  // namespace nearline::changer
