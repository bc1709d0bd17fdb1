#include "media/volume_tag.h"

#include <algorithm>
#include <array>

namespace nearline::media {
namespace {

struct MediaId {
    std::string_view characters;  // the last two of a label
    LabelMeaning meaning;
};

// Changer sheet 11: IBM's LTO label specification, and vendors' tables for the later ones.
constexpr std::array kMediaIds = {
    MediaId{"L1", {Generation::Lto1, CartridgeType::Data}},
    MediaId{"L2", {Generation::Lto2, CartridgeType::Data}},
    MediaId{"L3", {Generation::Lto3, CartridgeType::Data}},
    MediaId{"L4", {Generation::Lto4, CartridgeType::Data}},
    MediaId{"L5", {Generation::Lto5, CartridgeType::Data}},
    MediaId{"L6", {Generation::Lto6, CartridgeType::Data}},
    MediaId{"L7", {Generation::Lto7, CartridgeType::Data}},
    MediaId{"M8", {Generation::LtoM8, CartridgeType::Data}},
    MediaId{"L8", {Generation::Lto8, CartridgeType::Data}},
    MediaId{"L9", {Generation::Lto9, CartridgeType::Data}},
    MediaId{"LA", {Generation::Lto10, CartridgeType::Data}},
    MediaId{"PA", {Generation::Lto10, CartridgeType::Data}},
    MediaId{"LT", {Generation::Lto3, CartridgeType::Worm}},
    MediaId{"LU", {Generation::Lto4, CartridgeType::Worm}},
    MediaId{"LV", {Generation::Lto5, CartridgeType::Worm}},
    MediaId{"LW", {Generation::Lto6, CartridgeType::Worm}},
    MediaId{"LX", {Generation::Lto7, CartridgeType::Worm}},
    MediaId{"LY", {Generation::Lto8, CartridgeType::Worm}},
    MediaId{"LZ", {Generation::Lto9, CartridgeType::Worm}},
    MediaId{"LH", {Generation::Lto10, CartridgeType::Worm}},
};

constexpr std::size_t kSerialLength = 6;  // of the volume, in front of the media identifier
constexpr std::size_t kMaximumLength = 32;

}  // namespace

std::string_view to_text(Generation generation) {
    switch (generation) {
        case Generation::Unknown:
            return "unknown";
        case Generation::Lto1:
            return "LTO-1";
        case Generation::Lto2:
            return "LTO-2";
        case Generation::Lto3:
            return "LTO-3";
        case Generation::Lto4:
            return "LTO-4";
        case Generation::Lto5:
            return "LTO-5";
        case Generation::Lto6:
            return "LTO-6";
        case Generation::Lto7:
            return "LTO-7";
        case Generation::LtoM8:
            return "LTO-M8";
        case Generation::Lto8:
            return "LTO-8";
        case Generation::Lto9:
            return "LTO-9";
        case Generation::Lto10:
            return "LTO-10";
    }
    return "unknown";
}

std::string_view to_text(CartridgeType type) {
    switch (type) {
        case CartridgeType::Data:
            return "data";
        case CartridgeType::Worm:
            return "WORM";
        case CartridgeType::Cleaning:
            return "cleaning";
        case CartridgeType::Diagnostic:
            return "diagnostic";
    }
    return "data";
}

LabelMeaning meaning_of(std::string_view label) {
    if (label.starts_with("CLN")) return {Generation::Unknown, CartridgeType::Cleaning};
    const auto type = label.starts_with("DG ") ? CartridgeType::Diagnostic : CartridgeType::Data;
    if (label.size() < kSerialLength + 2) return {Generation::Unknown, type};
    const std::string_view last = label.substr(label.size() - 2);
    const auto* const id = std::find_if(kMediaIds.begin(), kMediaIds.end(),
                                        [&](const MediaId& row) { return row.characters == last; });
    if (id == kMediaIds.end()) return {Generation::Unknown, type};
    if (type == CartridgeType::Diagnostic) return {id->meaning.generation, type};
    return id->meaning;
}

bool is_valid_label(std::string_view label) {
    if (label.empty() || label.size() > kMaximumLength) return false;
    if (label.front() == ' ' || label.back() == ' ') return false;
    return std::all_of(label.begin(), label.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-.$/+% ").find(c) != std::string_view::npos;
    });
}

}  // namespace nearline::media
