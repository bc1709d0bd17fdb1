#include "drives/block_codec.h"

#include <algorithm>

namespace nearline::drives {

Result<EncodedBlock, Sense> PlainCodec::encode(base::BytesView block) {
    const auto length = static_cast<std::uint32_t>(block.size());
    return EncodedBlock{{length, length, media::Compression::None, {}}, {}, block};
}

std::optional<Sense> PlainCodec::why_not_decode(const media::BlockForm&) const {
    return std::nullopt;
}

Result<void, Sense> PlainCodec::decode(const media::BlockForm&, base::BytesView stored,
                                       base::MutableBytes block) {
    std::copy_n(stored.begin(), std::min(stored.size(), block.size()), block.begin());
    return {};
}

}  // namespace nearline::drives
