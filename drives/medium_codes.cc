#include "drives/medium_codes.h"

#include "media/format.h"

namespace nearline::drives {
namespace {

using media::CartridgeType;
using media::Generation;

unsigned digit_of(Generation generation) {
    switch (generation) {
        case Generation::Unknown:
            return 0;
        case Generation::Lto1:
            return 1;
        case Generation::Lto2:
            return 2;
        case Generation::Lto3:
            return 3;
        case Generation::Lto4:
            return 4;
        case Generation::Lto5:
            return 5;
        case Generation::Lto6:
            return 6;
        case Generation::Lto7:
        case Generation::LtoM8:
            return 7;
        case Generation::Lto8:
            return 8;
        case Generation::Lto9:
            return 9;
        case Generation::Lto10:
            return 10;
    }
    return 0;
}

std::uint8_t medium_type_by_kind(MediumTypeCoding coding, CartridgeType type) {
    const bool is_80_worm = coding == MediumTypeCoding::KindWorm80;
    switch (type) {
        case CartridgeType::Worm:
            return is_80_worm ? 0x80 : 0x01;
        case CartridgeType::Cleaning:
            return is_80_worm ? 0x01 : 0x80;
        case CartridgeType::Data:
        case CartridgeType::Diagnostic:
            break;
    }
    return 0x00;
}

}  // namespace

std::uint8_t density_code(Generation generation) {
    const media::Format* format = media::format_of(generation);
    return format == nullptr ? std::uint8_t{0} : format->density;
}

// The generation's digit, and 8 for data or Ch for WORM. M8 is what an LTO-7 cartridge was.
std::uint8_t medium_type(MediumTypeCoding coding, Generation generation, CartridgeType type) {
    if (coding != MediumTypeCoding::Generation) return medium_type_by_kind(coding, type);
    const media::Format* format = media::format_of(generation);
    if (format == nullptr) return 0;
    const bool is_worm = type == CartridgeType::Worm;
    if (is_worm && !format->has_worm) return 0;
    return static_cast<std::uint8_t>(digit_of(generation) << 4 | (is_worm ? 0xC : 0x8));
}

std::uint64_t native_capacity_mb(Generation generation) {
    const media::Format* format = media::format_of(generation);
    return format == nullptr ? 0 : format->native_mb;
}

}  // namespace nearline::drives
