#include "sim/random.h"

#include <bit>

#include "base/check.h"
#include "base/fingerprint.h"

namespace nearline::sim {
namespace {

// SplitMix64: spreads a seed over the generator's whole state.
std::uint64_t split_mix(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
        word = split_mix(seed);
    }
}

std::uint64_t RandomStream::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
    CHECK(bound > 0);
    // Numbers under `uneven` would make the low remainders likelier; they are drawn again.
    const std::uint64_t uneven = (0 - bound) % bound;
    std::uint64_t drawn = next();
    while (drawn < uneven) drawn = next();
    return drawn % bound;
}

std::int64_t RandomStream::between(std::int64_t low, std::int64_t high) {
    CHECK(low <= high);
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    const std::uint64_t offset = span == UINT64_MAX ? next() : below(span + 1);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
}

bool RandomStream::chance(std::uint64_t numerator, std::uint64_t denominator) {
    return below(denominator) < numerator;
}

RandomStream RandomSource::stream(std::string_view name) const {
    base::Fingerprint fingerprint;
    fingerprint.add(seed_);
    fingerprint.add(name);
    return RandomStream(fingerprint.value());
}

}  // namespace nearline::sim
