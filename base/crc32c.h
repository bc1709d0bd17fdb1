// CRC32C (Castagnoli), as iSCSI digests and the tape image use it. The processor's instruction
// where there is one.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace nearline::base {

// Continues `crc` (0 for a fresh one) over `bytes`: crc32c(b, crc32c(a)) is the CRC of a then b.
std::uint32_t crc32c(BytesView bytes, std::uint32_t crc = 0);

// The same by table, on any processor: the oracle of the fast one.
std::uint32_t crc32c_portable(BytesView bytes, std::uint32_t crc = 0);

}  // namespace nearline::base
