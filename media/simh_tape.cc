#include "media/simh_tape.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;

constexpr std::size_t kWidth = 4;
constexpr std::uint32_t kFilemark = 0;
constexpr std::uint32_t kEndOfMedium = 0xFFFFFFFF;
constexpr std::uint32_t kEraseGap = 0xFFFFFFFE;
constexpr std::uint32_t kLargestLength = 0x00FFFFFF;  // above it stand classes of other records

}  // namespace

InterchangeResult<std::optional<InterchangeItem>> SimhReader::next() {
    while (true) {
        const auto is_at_end = source_.is_at_end();
        if (!is_at_end) return Failure{is_at_end.error()};
        if (*is_at_end) return std::optional<InterchangeItem>{};
        const auto length = source_.number(kWidth, "a length");
        if (!length) return Failure{length.error()};
        if (*length == kEraseGap) continue;
        if (*length == kEndOfMedium) return std::optional<InterchangeItem>{};
        if (*length == kFilemark) return std::optional<InterchangeItem>{InterchangeItem{true, {}}};
        return block(*length);
    }
}

InterchangeResult<std::optional<InterchangeItem>> SimhReader::block(std::uint32_t length) {
    const std::uint64_t begin = source_.offset() - kWidth;
    if (length > kLargestLength) {
        return wrong_at(begin,
                        "neither a block nor a filemark: no length is " + std::to_string(length));
    }
    InterchangeItem item;
    if (auto done = source_.take(length + length % 2, item.block, "a block"); !done) {
        return Failure{done.error()};
    }
    item.block.resize(length);
    const std::uint64_t end = source_.offset();
    const auto again = source_.number(kWidth, "the length behind a block");
    if (!again) return Failure{again.error()};
    if (*again != length) {
        return wrong_at(end, "the block from " + std::to_string(begin) + " has the length " +
                                 std::to_string(length) + " before and " + std::to_string(*again) +
                                 " behind it");
    }
    return std::optional<InterchangeItem>{std::move(item)};
}

InterchangeResult<void> SimhWriter::add_block(BytesView block, Bytes& out) {
    if (block.empty()) return Failure{std::string("SIMH's format has no empty blocks")};
    const auto length = static_cast<std::uint32_t>(block.size());
    append_little_endian(out, length, kWidth);
    out.insert(out.end(), block.begin(), block.end());
    if (block.size() % 2 != 0) out.push_back(0);
    append_little_endian(out, length, kWidth);
    return {};
}

void SimhWriter::add_filemark(Bytes& out) {
    append_little_endian(out, kFilemark, kWidth);
}

void SimhWriter::end(Bytes& out) {
    append_little_endian(out, kEndOfMedium, kWidth);
}

}  // namespace nearline::media
