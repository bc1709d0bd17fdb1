// CRC32C as a digest word: the reflected value stands in it with its low byte first (RFC 7143
// 13.1 and its appendix's examples).
#pragma once

#include <bit>
#include <cstdint>

#include "base/bytes.h"

namespace nearline::iscsi {

inline constexpr std::size_t kDigestLength = 4;

inline void store_digest(base::MutableBytes word, std::uint32_t crc) {
    base::store_big_endian(word, 0, kDigestLength, __builtin_bswap32(crc));
}

inline bool is_digest(base::BytesView word, std::uint32_t crc) {
    return base::load_big_endian(word, 0, kDigestLength) == __builtin_bswap32(crc);
}

}  // namespace nearline::iscsi
