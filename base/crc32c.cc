#include "base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace nearline::base {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;  // 0x1EDC6F41, bit-reversed

constexpr std::array<std::uint32_t, 256> make_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? kReflectedPolynomial : 0);
        }
        table[byte] = remainder;
    }
    return table;
}

constexpr auto kTable = make_table();

#if defined(__x86_64__)
// The instruction takes three cycles and can begin one each cycle, so three lanes run side by side.
constexpr std::size_t kLane = 1024;

// What kLane zero bytes make of a state, by the values of its four bytes.
constexpr std::array<std::array<std::uint32_t, 256>, 4> make_lane_table() {
    std::array<std::uint32_t, 32> of_bit{};
    for (std::size_t bit = 0; bit < of_bit.size(); ++bit) {
        std::uint32_t state = std::uint32_t{1} << bit;
        for (std::size_t at = 0; at < kLane; ++at) state = state >> 8 ^ kTable[state & 0xFF];
        of_bit[bit] = state;
    }
    std::array<std::array<std::uint32_t, 256>, 4> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        for (std::size_t value = 0; value < 256; ++value) {
            for (std::size_t bit = 0; bit < 8; ++bit) {
                if ((value >> bit & 1) != 0) table[byte][value] ^= of_bit[byte * 8 + bit];
            }
        }
    }
    return table;
}

constexpr auto kLaneTable = make_lane_table();

std::uint32_t behind_a_lane(std::uint64_t state) {
    std::uint32_t result = 0;
    for (std::size_t byte = 0; byte < kLaneTable.size(); ++byte) {
        result ^= kLaneTable[byte][state >> 8 * byte & 0xFF];
    }
    return result;
}

std::uint64_t word_at(const std::uint8_t* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

__attribute__((target("sse4.2"))) std::uint64_t three_lanes(const std::uint8_t* bytes,
                                                            std::uint64_t first) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t at = 0; at < kLane; at += sizeof(std::uint64_t)) {
        first = _mm_crc32_u64(first, word_at(bytes + at));
        second = _mm_crc32_u64(second, word_at(bytes + kLane + at));
        third = _mm_crc32_u64(third, word_at(bytes + 2 * kLane + at));
    }
    return behind_a_lane(behind_a_lane(first) ^ second) ^ third;
}

__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(BytesView bytes, std::uint32_t crc) {
    std::uint64_t state = ~crc;
    std::size_t at = 0;
    for (; at + 3 * kLane <= bytes.size(); at += 3 * kLane) {
        state = three_lanes(bytes.data() + at, state);
    }
    for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
        state = _mm_crc32_u64(state, word_at(bytes.data() + at));
    }
    auto tail = static_cast<std::uint32_t>(state);
    for (; at < bytes.size(); ++at) {
        tail = _mm_crc32_u8(tail, bytes[at]);
    }
    return ~tail;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(BytesView bytes, std::uint32_t crc) {
    std::uint32_t state = ~crc;
    for (const std::uint8_t byte : bytes) {
        state = state >> 8 ^ kTable[(state ^ byte) & 0xFF];
    }
    return ~state;
}

std::uint32_t crc32c(BytesView bytes, std::uint32_t crc) {
#if defined(__x86_64__)
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    if (has_instruction) return crc32c_sse42(bytes, crc);
#endif
    return crc32c_portable(bytes, crc);
}

}  // namespace nearline::base
