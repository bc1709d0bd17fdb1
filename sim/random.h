// Named random streams: each consumer has its own, so that one more draw here changes nothing
// there. Same seed and name: same numbers, on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace nearline::sim {

// xoshiro256**.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed);

    std::uint64_t next();
    // Uniform in [0, bound); bound must not be 0.
    std::uint64_t below(std::uint64_t bound);
    // Uniform in [low, high].
    std::int64_t between(std::int64_t low, std::int64_t high);
    // True `numerator` times out of `denominator`.
    bool chance(std::uint64_t numerator, std::uint64_t denominator);

private:
    std::array<std::uint64_t, 4> state_;
};

class RandomSource {
public:
    explicit RandomSource(std::uint64_t seed) : seed_(seed) {}
    std::uint64_t seed() const { return seed_; }
    // The stream called `name`, from its beginning.
    RandomStream stream(std::string_view name) const;

private:
    std::uint64_t seed_;
};

}  // namespace nearline::sim
