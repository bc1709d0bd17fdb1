#include "media/object_run.h"

#include <limits>

#include "base/check.h"
#include "media/tape_image_format.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;

constexpr unsigned kKindBits = 2;
constexpr std::uint64_t kKindMask = 3;
constexpr std::uint64_t kGap = 3;  // in the place of a kind: bytes of others lie before the run
constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max() >> kKindBits;

// Seven bits a byte, the lowest first; the top bit says that more follow.
void write_varint(Bytes& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> read_varint(BytesView bytes, std::size_t& position) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && position < bytes.size(); shift += 7) {
        const std::uint8_t byte = bytes[position++];
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
}

bool read_block_sizes(BytesView bytes, std::size_t& position, Run& run) {
    const auto stored = read_varint(bytes, position);
    if (!stored || *stored >> 1 > UINT32_MAX) return false;
    run.stored = static_cast<std::uint32_t>(*stored >> 1);
    if ((*stored & 1) == 0) return true;
    const auto extension = read_varint(bytes, position);
    if (!extension || *extension > kMaximumExtension) return false;
    run.extension = static_cast<std::uint16_t>(*extension);
    return true;
}

}  // namespace

std::uint64_t RecordSizes::of_block(const Run& run) const {
    return kHeaderSize + run.extension + (is_discarding_ ? 0 : run.stored);
}

std::uint64_t RecordSizes::end(const Run& run) const {
    switch (run.kind) {
        case RunKind::Blocks:
            return run.offset + run.count * of_block(run);
        case RunKind::Filemarks:
            return run.offset + kHeaderSize;
        case RunKind::Lost:
            break;
    }
    return run.offset;
}

void write_run(Bytes& out, const Run& run, const RecordSizes& sizes, std::uint64_t& end) {
    CHECK(run.count > 0);
    CHECK(run.offset >= end);
    if (run.offset > end) write_varint(out, (run.offset - end) << kKindBits | kGap);
    write_varint(out, (run.count - 1) << kKindBits | static_cast<std::uint64_t>(run.kind));
    if (run.kind == RunKind::Blocks) {
        write_varint(out, std::uint64_t{run.stored} << 1 | (run.extension > 0 ? 1 : 0));
        if (run.extension > 0) write_varint(out, run.extension);
    }
    end = sizes.end(run);
}

std::optional<Run> read_run(BytesView bytes, std::size_t& position, const RecordSizes& sizes,
                            std::uint64_t& end) {
    auto value = read_varint(bytes, position);
    Run run;
    run.offset = end;
    if (value && (*value & kKindMask) == kGap) {
        const std::uint64_t gap = *value >> kKindBits;
        if (gap > kLargest - end) return std::nullopt;
        run.offset += gap;
        value = read_varint(bytes, position);
    }
    if (!value || (*value & kKindMask) == kGap) return std::nullopt;
    run.kind = static_cast<RunKind>(*value & kKindMask);
    run.count = (*value >> kKindBits) + 1;
    if (run.count > kMaximumObjects) return std::nullopt;
    if (run.kind == RunKind::Blocks) {
        if (!read_block_sizes(bytes, position, run)) return std::nullopt;
        if (run.count > (kLargest - run.offset) / sizes.of_block(run)) return std::nullopt;
    }
    end = sizes.end(run);
    return run;
}

}  // namespace nearline::media
