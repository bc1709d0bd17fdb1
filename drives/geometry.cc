#include "drives/geometry.h"

#include <algorithm>
#include <array>

namespace nearline::drives {
namespace {

constexpr std::uint32_t kBands = 4;
// Bands are filled in the order 0 1 2 3 and lie across the tape as 3 1 0 2 (physics sheet 3).
constexpr std::array<int, kBands> kRankOfBand = {2, 1, 3, 0};

int rank_of(const TapeGeometry& geometry, const TapeSpot& spot) {
    const std::uint32_t wraps_per_band = std::max(geometry.wraps / kBands, 1U);
    return kRankOfBand[std::min(spot.wrap / wraps_per_band, kBands - 1)];
}

bool leads_away(const TapeSpot& spot) {
    return spot.wrap % 2 == 0;
}

// Whether the tape arrives at `to` running the way it is read there.
bool arrives_in_reading_direction(const TapeSpot& from, const TapeSpot& to) {
    return leads_away(to) ? from.distance_mm <= to.distance_mm : from.distance_mm >= to.distance_mm;
}

}  // namespace

TapeSpot spot_of(const TapeGeometry& geometry, std::uint64_t stored) {
    const std::uint64_t wrap_bytes =
        std::max<std::uint64_t>(geometry.native_bytes / std::max(geometry.wraps, 1U), 1);
    const std::uint64_t wrap = std::min<std::uint64_t>(stored / wrap_bytes, geometry.wraps - 1);
    const std::uint64_t into_wrap = std::min(stored - wrap * wrap_bytes, wrap_bytes);
    // Both factors fit: a wrap has less than 2^38 bytes and a tape less than 2^21 mm.
    const auto along = static_cast<std::int64_t>(
        into_wrap * static_cast<std::uint64_t>(geometry.length_mm) / wrap_bytes);
    const TapeSpot spot{static_cast<std::uint32_t>(wrap), along};
    return leads_away(spot) ? spot : TapeSpot{spot.wrap, geometry.length_mm - along};
}

sim::Duration locate_time(const TapeGeometry& geometry, TapeSpot from, TapeSpot to) {
    if (from == to) return {};
    sim::Duration time = geometry.settle;
    time += sim::travel_time(geometry.search, to.distance_mm - from.distance_mm);
    time += std::abs(rank_of(geometry, to) - rank_of(geometry, from)) * geometry.band_step;
    if (!arrives_in_reading_direction(from, to)) time += geometry.reposition;
    return time;
}

sim::Duration rewind_time(const TapeGeometry& geometry, TapeSpot from) {
    if (from == TapeSpot{}) return {};
    return geometry.settle + sim::travel_time(geometry.search, from.distance_mm);
}

}  // namespace nearline::drives
