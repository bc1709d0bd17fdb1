// Compression of blocks, as tape drives do it: block by block, and only where it makes one smaller.
// LZ4 costs little even where nothing can be gained; zstd gains more and costs more.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/medium.h"

namespace nearline::media {

// Into `room`, which grows to the longest block it was lent for and may be used again and again:
// memory new for each block would cost more than compressing it. Nothing when the result would not
// be smaller than `block`; always nothing for None. At most kLargestCompressed bytes are looked at
// in one block; larger ones stay as they are.
std::optional<base::BytesView> compress(Compression method, base::BytesView block,
                                        base::Bytes& room);
inline constexpr std::size_t kLargestCompressed = std::size_t{1} << 24;

// Fills all of `block`. Fails with a sentence, `block` then holding anything, when `stored` does
// not give exactly as many bytes. Any bytes may be tried; never more than `block` is written.
base::Result<void, std::string> decompress(Compression method, base::BytesView stored,
                                           base::MutableBytes block);

}  // namespace nearline::media
