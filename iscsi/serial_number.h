// Serial number arithmetic over 32 bits (RFC 1982), as every sequence number of iSCSI wants it
// (RFC 7143 4.2.2.1): 00000000h follows FFFFFFFFh.
#pragma once

#include <cstdint>

namespace nearline::iscsi {

inline bool is_before(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b) < 0;
}

inline bool is_within(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
    return !is_before(number, first) && !is_before(last, number);
}

}  // namespace nearline::iscsi
