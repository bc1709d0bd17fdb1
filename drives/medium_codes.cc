#include "drives/medium_codes.h"

#include <algorithm>
#include <array>

namespace nearline::drives {
namespace {

using media::CartridgeType;
using media::Generation;

struct MediumCodes {
    Generation generation;
    std::uint8_t density;
    std::uint8_t data_type;
    std::uint8_t worm_type;  // 00h: the generation has no WORM
    std::uint64_t native_gb;
};

constexpr std::array<MediumCodes, 11> kMediumCodes = {{
    {Generation::Lto1, 0x40, 0x18, 0x00, 100},
    {Generation::Lto2, 0x42, 0x28, 0x00, 200},
    {Generation::Lto3, 0x44, 0x38, 0x3C, 400},
    {Generation::Lto4, 0x46, 0x48, 0x4C, 800},
    {Generation::Lto5, 0x58, 0x58, 0x5C, 1500},
    {Generation::Lto6, 0x5A, 0x68, 0x6C, 2500},
    {Generation::Lto7, 0x5C, 0x78, 0x7C, 6000},
    {Generation::LtoM8, 0x5D, 0x78, 0x00, 9000},
    {Generation::Lto8, 0x5E, 0x88, 0x8C, 12000},
    {Generation::Lto9, 0x60, 0x98, 0x9C, 18000},
    {Generation::Lto10, 0x62, 0xA8, 0xAC, 30000},
}};

const MediumCodes* codes_of(Generation generation) {
    const auto found =
        std::find_if(kMediumCodes.begin(), kMediumCodes.end(),
                     [&](const MediumCodes& codes) { return codes.generation == generation; });
    return found == kMediumCodes.end() ? nullptr : &*found;
}

std::uint8_t medium_type_by_kind(CartridgeType type) {
    switch (type) {
        case CartridgeType::Worm:
            return 0x01;
        case CartridgeType::Cleaning:
            return 0x80;
        case CartridgeType::Data:
        case CartridgeType::Diagnostic:
            break;
    }
    return 0x00;
}

}  // namespace

std::uint8_t density_code(Generation generation) {
    const MediumCodes* codes = codes_of(generation);
    return codes == nullptr ? std::uint8_t{0} : codes->density;
}

std::uint8_t medium_type(MediumTypeCoding coding, Generation generation, CartridgeType type) {
    if (coding == MediumTypeCoding::Kind) return medium_type_by_kind(type);
    const MediumCodes* codes = codes_of(generation);
    if (codes == nullptr) return 0;
    return type == CartridgeType::Worm ? codes->worm_type : codes->data_type;
}

std::uint64_t native_capacity_mb(Generation generation) {
    const MediumCodes* codes = codes_of(generation);
    return codes == nullptr ? 0 : codes->native_gb * 1000;
}

}  // namespace nearline::drives
