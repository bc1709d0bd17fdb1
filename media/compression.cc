#include "media/compression.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;
using base::MutableBytes;
using base::Result;

// Steps of the search grow this much faster than LZ4's own: incompressible data is left behind
// soon.
constexpr int kAcceleration = 4;
constexpr int kLevel = 1;  // zstd's fastest of its numbered ones

const char* text_of(BytesView bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

// How many bytes of `out` were used; 0 when it is too small.
std::size_t compress_into(Compression method, BytesView block, MutableBytes out) {
    if (method == Compression::Lz4) {
        const int size = LZ4_compress_fast(text_of(block), reinterpret_cast<char*>(out.data()),
                                           static_cast<int>(block.size()),
                                           static_cast<int>(out.size()), kAcceleration);
        return static_cast<std::size_t>(std::max(size, 0));
    }
    const std::size_t size =
        ZSTD_compress(out.data(), out.size(), block.data(), block.size(), kLevel);
    return ZSTD_isError(size) != 0 ? 0 : size;
}

// How many bytes of `block` were filled; nothing when `stored` is damaged.
std::optional<std::size_t> decompress_into(Compression method, BytesView stored,
                                           MutableBytes block) {
    if (method == Compression::Lz4) {
        if (stored.size() > kLargestCompressed || block.size() > kLargestCompressed) return {};
        const int size =
            LZ4_decompress_safe(text_of(stored), reinterpret_cast<char*>(block.data()),
                                static_cast<int>(stored.size()), static_cast<int>(block.size()));
        if (size < 0) return {};
        return static_cast<std::size_t>(size);
    }
    const std::size_t size =
        ZSTD_decompress(block.data(), block.size(), stored.data(), stored.size());
    if (ZSTD_isError(size) != 0) return {};
    return size;
}

}  // namespace

std::optional<BytesView> compress(Compression method, BytesView block, Bytes& room) {
    const bool is_asked = method == Compression::Lz4 || method == Compression::Zstd;
    if (!is_asked || block.size() < 2 || block.size() > kLargestCompressed) return std::nullopt;
    room.resize(std::max(room.size(), block.size()));
    const std::size_t size =
        compress_into(method, block, MutableBytes(room).first(block.size() - 1));
    if (size == 0) return std::nullopt;
    return BytesView(room).first(size);
}

Result<void, std::string> decompress(Compression method, BytesView stored, MutableBytes block) {
    if (method == Compression::None) {
        if (stored.size() != block.size()) return Failure{std::string("not as long as the block")};
        std::copy(stored.begin(), stored.end(), block.begin());
        return {};
    }
    if (method != Compression::Lz4 && method != Compression::Zstd) {
        return Failure{std::string("compressed in a way that is not known")};
    }
    const auto size = decompress_into(method, stored, block);
    if (!size) return Failure{std::string("the compressed block is damaged")};
    if (*size != block.size()) return Failure{std::string("decompressed, it has another length")};
    return {};
}

}  // namespace nearline::media
