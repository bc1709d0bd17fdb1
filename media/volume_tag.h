// A bar code label as a library reads it, and what it says of the cartridge under it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nearline::media {

// What is in the plastic, told by the last two characters of an LTO label (changer sheet 11) or
// by the library file.
enum class Generation : std::uint8_t {
    Unknown, Lto1, Lto2, Lto3, Lto4, Lto5, Lto6, Lto7, LtoM8, Lto8, Lto9, Lto10,
};
enum class CartridgeType : std::uint8_t { Data, Worm, Cleaning, Diagnostic };

std::string_view to_text(Generation generation);  // "LTO-9", "LTO-M8"
std::string_view to_text(CartridgeType type);     // "data", "WORM", "cleaning", "diagnostic"

struct LabelMeaning {
    Generation generation = Generation::Unknown;
    CartridgeType type = CartridgeType::Data;
    bool operator==(const LabelMeaning&) const = default;
};
// "ABC001L9" is LTO-9 data, "ABC001LZ" LTO-9 WORM, "DG 001L9" an LTO-9 diagnostic cartridge,
// "CLNU01L1" a cleaning cartridge for every LTO drive: its generation is unknown, whatever its
// media identifier says. A label of fewer than 6 + 2 characters has no media identifier.
LabelMeaning meaning_of(std::string_view label);

// 1 to 32 characters that Code 39 has: A-Z 0-9 and - . $ / + % and blank. Lower case is refused,
// and a blank at either end, which padding would hide.
bool is_valid_label(std::string_view label);

}  // namespace nearline::media
