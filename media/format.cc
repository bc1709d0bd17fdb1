#include "media/format.h"

#include <algorithm>
#include <array>

namespace nearline::media {
namespace {

constexpr std::string_view kLto = "LTO-CVE";

// End zones: 30 MB on LTO-7 and 49 MB on LTO-9 are captured (page 0Ch parameter 6); the others are
// Assumed: the neighbour's. Data sets: LTO-6, 7 and 9 from page 17h of real drives, the others
// Assumed alike.
constexpr std::array kFormats = {
    Format{Generation::Lto1, 0x40, "U-18", "Ultrium 1/8T", kLto, 4880, 384, 100'000, 609, 48, 30,
           403'884, 4096, 1, false, false},
    Format{Generation::Lto2, 0x42, "U-28", "Ultrium 2/8T", kLto, 7398, 512, 200'000, 609, 64, 30,
           403'884, 4096, 1, false, false},
    Format{Generation::Lto3, 0x44, "U-316", "Ultrium 3/16T", kLto, 9638, 704, 400'000, 680, 44, 30,
           1'616'940, 4096, 1, true, false},
    Format{Generation::Lto4, 0x46, "U-416", "Ultrium 4/16T", kLto, 12725, 896, 800'000, 820, 56, 30,
           1'590'044, 8192, 1, true, true},
    Format{Generation::Lto5, 0x58, "U-516", "Ultrium 5/16T", kLto, 15142, 1280, 1'500'000, 846, 80,
           30, 2'472'000, 8192, 2, true, true},
    Format{Generation::Lto6, 0x5A, "U-616", "Ultrium 6/16T", kLto, 15142, 2176, 2'500'000, 846, 136,
           30, 2'472'000, 16384, 4, true, true},
    Format{Generation::Lto7, 0x5C, "U-732", "Ultrium 7/32T", kLto, 19107, 3584, 6'000'000, 960, 112,
           30, 5'031'000, 16384, 4, true, true},
    Format{Generation::LtoM8, 0x5D, "U-M832", "Ultrium M8/32T", kLto, 19107, 5376, 9'000'000, 960,
           168, 30, 5'031'000, 16384, 4, false, true},
    Format{Generation::Lto8, 0x5E, "U-832", "Ultrium 8/32T", kLto, 20669, 6656, 12'000'000, 960,
           208, 30, 5'031'000, 16384, 4, true, true},
    Format{Generation::Lto9, 0x60, "U-932", "Ultrium 9/32T", kLto, 21456, 8960, 18'000'000, 1035,
           280, 49, 9'805'000, 32768, 4, true, true},
    Format{Generation::Lto10, 0x62, "U-1032", "Ultrium 10/32T", kLto, 21456, 15104, 30'000'000,
           1035, 472, 49, 9'805'000, 32768, 4, true, true},
};

}  // namespace

const Format* format_of(Generation generation) {
    const auto* const found =
        std::find_if(kFormats.begin(), kFormats.end(),
                     [&](const Format& format) { return format.generation == generation; });
    return found == kFormats.end() ? nullptr : &*found;
}

}  // namespace nearline::media
