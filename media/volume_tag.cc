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
    MediaId{"PA", {Generation::Lto10P, CartridgeType::Data}},
    MediaId{"LT", {Generation::Lto3, CartridgeType::Worm}},
    MediaId{"LU", {Generation::Lto4, CartridgeType::Worm}},
    MediaId{"LV", {Generation::Lto5, CartridgeType::Worm}},
    MediaId{"LW", {Generation::Lto6, CartridgeType::Worm}},
    MediaId{"LX", {Generation::Lto7, CartridgeType::Worm}},
    MediaId{"LY", {Generation::Lto8, CartridgeType::Worm}},
    MediaId{"LZ", {Generation::Lto9, CartridgeType::Worm}},
    MediaId{"LH", {Generation::Lto10, CartridgeType::Worm}},
    // 3592, whose WORM cartridges have letters of their own (tape sheet 1.18), and T10000.
    MediaId{"JA", {Generation::JaE06, CartridgeType::Data}},
    MediaId{"JB", {Generation::JbE07, CartridgeType::Data}},
    MediaId{"JC", {Generation::JcE08, CartridgeType::Data}},
    MediaId{"JD", {Generation::Jd55, CartridgeType::Data}},
    MediaId{"JE", {Generation::Je60, CartridgeType::Data}},
    MediaId{"JW", {Generation::JaE06, CartridgeType::Worm}},
    MediaId{"JX", {Generation::JbE07, CartridgeType::Worm}},
    MediaId{"JY", {Generation::JcE08, CartridgeType::Worm}},
    MediaId{"JZ", {Generation::Jd55, CartridgeType::Worm}},
    MediaId{"JV", {Generation::Je60, CartridgeType::Worm}},
    MediaId{"T1", {Generation::T1T10000B, CartridgeType::Data}},
    MediaId{"T2", {Generation::T2T10000D, CartridgeType::Data}},
};

// The seventh and last character of a DLT label. K: the maker's media identifiers. Those of SDLT II
// and DLT-S4 are digits, which a serial number may end in: they say nothing here.
constexpr std::array kDltIds = {
    MediaId{"D", {Generation::DltIv8000, CartridgeType::Data}},
    MediaId{"S", {Generation::SdltI320, CartridgeType::Data}},
};
constexpr std::size_t kDltLength = 7;

constexpr std::size_t kSerialLength = 6;  // of the volume, in front of the media identifier
constexpr std::size_t kMaximumLength = 32;

// In the order of the enumerators.
constexpr std::array<std::string_view, static_cast<std::size_t>(Generation::DltS4) + 1> kNames = {
    "unknown",     "LTO-1",      "LTO-2",      "LTO-3",       "LTO-4",       "LTO-5",
    "LTO-6",       "LTO-7",      "LTO-M8",     "LTO-8",       "LTO-9",       "LTO-10",
    "LTO-10P",     "JA-J1A",     "JA-E05",     "JA-E06",      "JB-E05",      "JB-E06",
    "JB-E07",      "JC-E07",     "JC-E08",     "JD-E08",      "JD-55",       "JE-60",
    "T1-T10000A",  "T1-T10000B", "T2-T10000C", "T2-T10000D",  "DLT-IV-4000", "DLT-IV-7000",
    "DLT-IV-8000", "SDLT-I-220", "SDLT-I-320", "SDLT-II-600", "DLT-S4"};
static_assert(!kNames.back().empty());

template <typename Ids>
LabelMeaning meaning_in(const Ids& ids, std::string_view characters) {
    const auto* const id = std::find_if(
        ids.begin(), ids.end(), [&](const MediaId& row) { return row.characters == characters; });
    return id == ids.end() ? LabelMeaning{} : id->meaning;
}

}  // namespace

std::string_view to_text(Generation generation) {
    const auto index = static_cast<std::size_t>(generation);
    return index < kNames.size() ? kNames[index] : kNames.front();
}

bool is_lto(Generation generation) {
    return generation >= Generation::Lto1 && generation <= Generation::Lto10P;
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
    LabelMeaning meaning;
    if (label.size() >= kSerialLength + 2) {
        meaning = meaning_in(kMediaIds, label.substr(label.size() - 2));
    } else if (label.size() == kDltLength) {
        meaning = meaning_in(kDltIds, label.substr(kDltLength - 1));
    }
    if (type == CartridgeType::Diagnostic) meaning.type = type;
    return meaning;
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
