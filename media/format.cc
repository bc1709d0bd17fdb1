#include "media/format.h"

#include <algorithm>
#include <array>

namespace nearline::media {
namespace {

constexpr std::string_view kLto = "LTO-CVE";

// End zones: 30 MB on LTO-7 and 49 MB on LTO-9 are captured (page 0Ch parameter 6); the others are
// Assumed: the neighbour's. Data sets: LTO-6, 7 and 9 from page 17h of real drives, the others
// Assumed alike.
constexpr std::array kLtoFormats = {
    Format{Generation::Lto1, 0x40, 0x18, 0x00, "U-18", "Ultrium 1/8T", kLto, 4880, 384, 100'000,
           609, 48, 30, 403'884, 4096, 1, false},
    Format{Generation::Lto2, 0x42, 0x28, 0x00, "U-28", "Ultrium 2/8T", kLto, 7398, 512, 200'000,
           609, 64, 30, 403'884, 4096, 1, false},
    Format{Generation::Lto3, 0x44, 0x38, 0x3C, "U-316", "Ultrium 3/16T", kLto, 9638, 704, 400'000,
           680, 44, 30, 1'616'940, 4096, 1, false},
    Format{Generation::Lto4, 0x46, 0x48, 0x4C, "U-416", "Ultrium 4/16T", kLto, 12725, 896, 800'000,
           820, 56, 30, 1'590'044, 8192, 1, true},
    Format{Generation::Lto5, 0x58, 0x58, 0x5C, "U-516", "Ultrium 5/16T", kLto, 15142, 1280,
           1'500'000, 846, 80, 30, 2'472'000, 8192, 2, true},
    Format{Generation::Lto6, 0x5A, 0x68, 0x6C, "U-616", "Ultrium 6/16T", kLto, 15142, 2176,
           2'500'000, 846, 136, 30, 2'472'000, 16384, 4, true},
    Format{Generation::Lto7, 0x5C, 0x78, 0x7C, "U-732", "Ultrium 7/32T", kLto, 19107, 3584,
           6'000'000, 960, 112, 30, 5'031'000, 16384, 4, true},
    Format{Generation::LtoM8, 0x5D, 0x78, 0x00, "U-M832", "Ultrium M8/32T", kLto, 19107, 5376,
           9'000'000, 960, 168, 30, 5'031'000, 16384, 4, true},
    Format{Generation::Lto8, 0x5E, 0x88, 0x8C, "U-832", "Ultrium 8/32T", kLto, 20669, 6656,
           12'000'000, 960, 208, 30, 5'031'000, 16384, 4, true},
    Format{Generation::Lto9, 0x60, 0x98, 0x9C, "U-932", "Ultrium 9/32T", kLto, 21456, 8960,
           18'000'000, 1035, 280, 49, 9'805'000, 32768, 4, true},
    Format{Generation::Lto10, 0x62, 0xA8, 0xAC, "U-1032", "Ultrium 10/32T", kLto, 21456, 15104,
           30'000'000, 1035, 472, 49, 9'805'000, 32768, 4, true},
    Format{Generation::Lto10P, 0x63, 0xA9, 0x00, "U-1032P", "Ultrium 10P/32T", kLto, 21456, 15104,
           40'000'000, 1035, 472, 49, 9'805'000, 32768, 4, true},
};

// Of the other families the sheets give densities, types and capacities. K: tracks, channels and
// lengths. Assumed: names, the end zone, and the cartridge memory.
struct Tape {
    std::string_view name;
    std::string_view description;
    std::uint16_t tracks = 0;
    std::uint64_t native_mb = 0;
    std::uint16_t length_m = 0;
    std::uint16_t wraps = 0;
};

// What hosts get to write in a millimetre of track, since the density of the recording itself is
// not known. Rounded down.
constexpr std::uint32_t user_bits_per_mm(const Tape& tape) {
    constexpr std::uint64_t kBitsPerMegabyte = 8'000'000;
    const std::uint64_t track_mm = std::uint64_t{tape.tracks} * tape.length_m * 1000;
    return static_cast<std::uint32_t>(tape.native_mb * kBitsPerMegabyte / track_mm);
}

constexpr Format format_on(Generation generation, std::uint8_t density, std::uint8_t data_type,
                           std::uint8_t worm_type, std::string_view organization,
                           const Tape& tape) {
    constexpr std::uint32_t kEndZoneMb = 30;
    Format format;
    format.generation = generation;
    format.density = density;
    format.data_type = data_type;
    format.worm_type = worm_type;
    format.density_name = tape.name;
    format.density_description = tape.description;
    format.organization = organization;
    format.bits_per_mm = user_bits_per_mm(tape);
    format.tracks = tape.tracks;
    format.native_mb = tape.native_mb;
    format.length_m = tape.length_m;
    format.wraps = tape.wraps;
    format.end_zone_mb = kEndZoneMb;
    return format;
}

// From E05 on it encrypts, from E07 on there are partitions (tape sheet 3.4).
constexpr Format ibm(Generation generation, std::uint8_t density, std::uint8_t data_type,
                     std::uint8_t worm_type, const Tape& tape) {
    Format format = format_on(generation, density, data_type, worm_type, "IBM", tape);
    constexpr std::uint8_t kJ1a = 0x51;
    constexpr std::uint8_t kE07 = 0x54;
    format.has_encryption = density > kJ1a;
    format.partitions = density >= kE07 ? 4 : 1;
    format.memory_bytes = 8192;
    return format;
}

constexpr std::array kIbmFormats = {
    ibm(Generation::JaJ1a, 0x51, 0x91, 0xA1, {"JA-J1A", "3592 JA/J1A", 512, 300'000, 610, 64}),
    ibm(Generation::JaE05, 0x52, 0x91, 0xA1, {"JA-E05", "3592 JA/E05", 896, 500'000, 610, 56}),
    ibm(Generation::JbE05, 0x52, 0x92, 0xA2, {"JB-E05", "3592 JB/E05", 896, 700'000, 825, 56}),
    ibm(Generation::JaE06, 0x53, 0x91, 0xA1, {"JA-E06", "3592 JA/E06", 1152, 640'000, 610, 72}),
    ibm(Generation::JbE06, 0x53, 0x92, 0xA2, {"JB-E06", "3592 JB/E06", 1152, 1'000'000, 825, 72}),
    ibm(Generation::JbE07, 0x54, 0x92, 0xA2, {"JB-E07", "3592 JB/E07", 2176, 1'600'000, 825, 68}),
    ibm(Generation::JcE07, 0x54, 0x93, 0xA3, {"JC-E07", "3592 JC/E07", 2560, 4'000'000, 880, 80}),
    ibm(Generation::JcE08, 0x55, 0x93, 0xA3, {"JC-E08", "3592 JC/E08", 5120, 7'000'000, 880, 160}),
    ibm(Generation::JdE08, 0x55, 0x94, 0xA4,
        {"JD-E08", "3592 JD/E08", 5120, 10'000'000, 1072, 160}),
    ibm(Generation::Jd55, 0x56, 0x94, 0xA4, {"JD-55", "3592 JD/55", 7680, 15'000'000, 1072, 240}),
    ibm(Generation::Je60, 0x57, 0x95, 0xA5, {"JE-60", "3592 JE/60", 8704, 20'000'000, 1163, 272}),
};

constexpr Format stk(Generation generation, std::uint8_t density, const Tape& tape) {
    Format format = format_on(generation, density, 0x00, 0x00, "STK", tape);
    format.memory_bytes = 8192;
    return format;
}

constexpr std::array kStkFormats = {
    stk(Generation::T1T10000A, 0x4A, {"T1-A", "T10000 T1/A", 768, 500'000, 917, 24}),
    stk(Generation::T1T10000B, 0x4B, {"T1-B", "T10000 T1/B", 1152, 1'000'000, 917, 36}),
    stk(Generation::T2T10000C, 0x4C, {"T2-C", "T10000 T2/C", 3584, 5'500'000, 1147, 112}),
    stk(Generation::T2T10000D, 0x4D, {"T2-D", "T10000 T2/D", 4608, 8'500'000, 1147, 144}),
};

constexpr Format dlt(Generation generation, std::uint8_t density, std::uint8_t data_type,
                     const Tape& tape) {
    return format_on(generation, density, data_type, 0x00, "QUANTUM", tape);
}

// K: the capacities of those of which the sheets give the density alone.
constexpr std::array kDltFormats = {
    dlt(Generation::DltIv4000, 0x1A, 0x85, {"DLT4000", "DLT IV/DLT4000", 128, 20'000, 557, 64}),
    dlt(Generation::DltIv7000, 0x1B, 0x85, {"DLT7000", "DLT IV/DLT7000", 208, 35'000, 557, 52}),
    dlt(Generation::DltIv8000, 0x41, 0x85, {"DLT8000", "DLT IV/DLT8000", 208, 40'000, 557, 52}),
    dlt(Generation::SdltI220, 0x48, 0x86, {"SDLT220", "SDLT I/SDLT220", 448, 110'000, 557, 56}),
    dlt(Generation::SdltI320, 0x49, 0x86, {"SDLT320", "SDLT I/SDLT320", 448, 160'000, 557, 56}),
    dlt(Generation::SdltIi600, 0x4A, 0x87, {"SDLT600", "SDLT II/SDLT600", 640, 300'000, 630, 40}),
    dlt(Generation::DltS4, 0x4B, 0x91, {"DLT-S4", "DLT-S4/DLT-S4", 1280, 800'000, 640, 80}),
};

template <typename Formats>
const Format* find(const Formats& formats, Generation generation) {
    const auto* const found =
        std::find_if(formats.begin(), formats.end(),
                     [&](const Format& format) { return format.generation == generation; });
    return found == formats.end() ? nullptr : &*found;
}

}  // namespace

const Format* format_of(Generation generation) {
    if (const Format* format = find(kLtoFormats, generation)) return format;
    if (const Format* format = find(kIbmFormats, generation)) return format;
    if (const Format* format = find(kStkFormats, generation)) return format;
    return find(kDltFormats, generation);
}

Generation older_format(Generation generation) {
    switch (generation) {
        case Generation::JaE06:
            return Generation::JaE05;
        case Generation::JaE05:
            return Generation::JaJ1a;
        case Generation::JbE07:
            return Generation::JbE06;
        case Generation::JbE06:
            return Generation::JbE05;
        case Generation::JcE08:
            return Generation::JcE07;
        case Generation::Jd55:
            return Generation::JdE08;
        case Generation::T1T10000B:
            return Generation::T1T10000A;
        case Generation::T2T10000D:
            return Generation::T2T10000C;
        case Generation::DltIv8000:
            return Generation::DltIv7000;
        case Generation::DltIv7000:
            return Generation::DltIv4000;
        case Generation::SdltI320:
            return Generation::SdltI220;
        default:
            return Generation::Unknown;
    }
}

}  // namespace nearline::media
