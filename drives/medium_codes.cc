#include "drives/medium_codes.h"

#include "media/format.h"

namespace nearline::drives {
namespace {

using media::CartridgeType;
using media::Generation;

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

std::uint8_t medium_type(MediumTypeCoding coding, Generation generation, CartridgeType type) {
    if (coding != MediumTypeCoding::Generation) return medium_type_by_kind(coding, type);
    const media::Format* format = media::format_of(generation);
    if (format == nullptr) return 0;
    return type == CartridgeType::Worm ? format->worm_type : format->data_type;
}

std::uint64_t native_capacity_mb(Generation generation) {
    const media::Format* format = media::format_of(generation);
    return format == nullptr ? 0 : format->native_mb;
}

}  // namespace nearline::drives
