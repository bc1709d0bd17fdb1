#include "drives/block_codec.h"

#include <algorithm>
#include <utility>

#include "drives/tape_sense.h"
#include "media/compression.h"

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

Result<EncodedBlock, Sense> CompressingCodec::encode(base::BytesView block) {
    const auto length = static_cast<std::uint32_t>(block.size());
    const auto smaller = media::compress(method_, block, room_);
    if (!smaller) return EncodedBlock{{length, length, media::Compression::None, {}}, {}, block};
    const auto stored = static_cast<std::uint32_t>(smaller->size());
    return EncodedBlock{{length, stored, method_, {}}, {}, *smaller};
}

std::optional<Sense> CompressingCodec::why_not_decode(const media::BlockForm&) const {
    return std::nullopt;
}

Result<void, Sense> CompressingCodec::decode(const media::BlockForm& form, base::BytesView stored,
                                             base::MutableBytes block) {
    if (form.compression == media::Compression::None) {
        std::copy_n(stored.begin(), std::min(stored.size(), block.size()), block.begin());
        return {};
    }
    if (!media::decompress(form.compression, stored, block)) {
        return base::Failure{kUnrecoveredReadError};
    }
    return {};
}

}  // namespace nearline::drives
