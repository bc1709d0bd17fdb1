// A bar code label as a library reads it, and what it says of the cartridge under it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nearline::media {

// What is in the plastic: the cartridge, and the format that is recorded on it where drives of
// several generations record in formats of their own on one. Told by the last characters of a label
// (changer sheet 11) or by the library file. The numbers stand in journals and in library files.
enum class Generation : std::uint8_t {
    Unknown,
    Lto1,
    Lto2,
    Lto3,
    Lto4,
    Lto5,
    Lto6,
    Lto7,
    LtoM8,
    Lto8,
    Lto9,
    Lto10,
    Lto10P,
    // IBM 3592: cartridges JA to JE, by the drive (J1A, E05, … 60F) whose format it is.
    JaJ1a,
    JaE05,
    JaE06,
    JbE05,
    JbE06,
    JbE07,
    JcE07,
    JcE08,
    JdE08,
    Jd55,
    Je60,
    // StorageTek T10000: cartridges T1 and T2.
    T1T10000A,
    T1T10000B,
    T2T10000C,
    T2T10000D,
    // DLTtape IV by drive, Super DLTtape I and II, DLT-S4.
    DltIv4000,
    DltIv7000,
    DltIv8000,
    SdltI220,
    SdltI320,
    SdltIi600,
    DltS4,
};
enum class CartridgeType : std::uint8_t { Data, Worm, Cleaning, Diagnostic };

std::string_view to_text(Generation generation);  // "LTO-9", "LTO-M8", "JC-E07"
std::string_view to_text(CartridgeType type);     // "data", "WORM", "cleaning", "diagnostic"
bool is_lto(Generation generation);

struct LabelMeaning {
    Generation generation = Generation::Unknown;
    CartridgeType type = CartridgeType::Data;
    bool operator==(const LabelMeaning&) const = default;
};
// "ABC001L9" is LTO-9 data, "ABC001LZ" LTO-9 WORM, "DG 001L9" an LTO-9 diagnostic cartridge,
// "CLNU01L1" a cleaning cartridge for every LTO drive: its generation is unknown, whatever its
// media identifier says. A label of fewer than 6 + 2 characters has no media identifier, but for
// the letters of DLT in the seventh place. Where a cartridge can have one of several formats, it is
// the newest: see older_format() in media/format.h.
LabelMeaning meaning_of(std::string_view label);

// 1 to 32 characters that Code 39 has: A-Z 0-9 and - . $ / + % and blank. Lower case is refused,
// and a blank at either end, which padding would hide.
bool is_valid_label(std::string_view label);

}  // namespace nearline::media
