#include "media/awstape.h"

#include <algorithm>

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;

constexpr std::size_t kLargestChunk = 0xFFFF;
constexpr std::uint32_t kBegin = 0x80;  // of the first flag byte; the second is 0
constexpr std::uint32_t kMark = 0x40;
constexpr std::uint32_t kEnd = 0x20;

}  // namespace

InterchangeResult<AwstapeReader::Chunk> AwstapeReader::chunk() {
    Chunk chunk;
    chunk.offset = source_.offset();
    const auto length = source_.number(2, "a header");
    if (!length) return Failure{length.error()};
    const auto before = source_.number(2, "a header");
    if (!before) return Failure{before.error()};
    const auto flags = source_.number(2, "a header");
    if (!flags) return Failure{flags.error()};
    if (*before != length_before_) {
        return wrong_at(chunk.offset, "the chunk before is said to have " +
                                          std::to_string(*before) + " bytes and has " +
                                          std::to_string(length_before_));
    }
    if ((*flags & ~(kBegin | kMark | kEnd)) != 0) {
        return wrong_at(chunk.offset, "compressed, or no AWSTAPE: unknown flags");
    }
    length_before_ = *length;
    chunk.length = *length;
    chunk.flags = *flags;
    return chunk;
}

InterchangeResult<std::optional<InterchangeItem>> AwstapeReader::next() {
    const auto is_at_end = source_.is_at_end();
    if (!is_at_end) return Failure{is_at_end.error()};
    if (*is_at_end) return std::optional<InterchangeItem>{};
    const auto first = chunk();
    if (!first) return Failure{first.error()};
    if ((first->flags & kMark) != 0) {
        if (first->length != 0) return wrong_at(first->offset, "a filemark with bytes");
        return std::optional<InterchangeItem>{InterchangeItem{true, {}}};
    }
    if ((first->flags & kBegin) == 0) {
        return wrong_at(first->offset, "the middle of a block that has no beginning");
    }
    return block(*first);
}

InterchangeResult<std::optional<InterchangeItem>> AwstapeReader::block(Chunk first) {
    InterchangeItem item;
    for (Chunk part = first;;) {
        if (item.block.size() + part.length > kLargestBlock) {
            return wrong_at(first.offset, "a block longer than a tape's can be");
        }
        if (auto done = source_.take(part.length, item.block, "a block"); !done) {
            return Failure{done.error()};
        }
        if ((part.flags & kEnd) != 0) return std::optional<InterchangeItem>{std::move(item)};
        const auto next = chunk();
        if (!next) return Failure{next.error()};
        if ((next->flags & (kBegin | kMark)) != 0) {
            return wrong_at(next->offset,
                            "the block from " + std::to_string(first.offset) + " has no end");
        }
        // Each must bring the end nearer.
        if (next->length == 0 && (next->flags & kEnd) == 0) {
            return wrong_at(next->offset, "an empty part of a block");
        }
        part = *next;
    }
}

void AwstapeWriter::add_chunk(BytesView part, std::uint32_t flags, Bytes& out) {
    const auto length = static_cast<std::uint32_t>(part.size());
    append_little_endian(out, length, 2);
    append_little_endian(out, length_before_, 2);
    append_little_endian(out, flags, 2);
    out.insert(out.end(), part.begin(), part.end());
    length_before_ = length;
}

InterchangeResult<void> AwstapeWriter::add_block(BytesView block, Bytes& out) {
    std::uint32_t flags = kBegin;
    do {
        const BytesView part = block.first(std::min(block.size(), kLargestChunk));
        block = block.subspan(part.size());
        add_chunk(part, flags | (block.empty() ? kEnd : 0), out);
        flags = 0;
    } while (!block.empty());
    return {};
}

void AwstapeWriter::add_filemark(Bytes& out) {
    add_chunk({}, kMark, out);
}

}  // namespace nearline::media
