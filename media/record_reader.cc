#include "media/record_reader.h"

#include <algorithm>

#include "base/crc32c.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;
using base::MutableBytes;

constexpr std::size_t kStep = std::size_t{1}
                              << 18;  // bytes read at once when there is much to read

// Where the bytes of a header's beginning stand in `bytes`; their size when nowhere.
std::size_t find_magic(BytesView bytes) {
    Bytes magic;
    base::ByteWriter(magic).u32(kRecordMagic);
    return static_cast<std::size_t>(
        std::search(bytes.begin(), bytes.end(), magic.begin(), magic.end()) - bytes.begin());
}

}  // namespace

MediumFault fault_of(const base::FileError& error) {
    const bool is_full = error.kind == base::FileErrorKind::NoSpace;
    return {is_full ? MediumFault::Kind::NoSpace : MediumFault::Kind::InputOutput, error.message};
}

MediumResult<std::optional<Record>> RecordReader::at(std::uint64_t offset, std::size_t needed,
                                                     std::size_t read_at_once) {
    const auto bytes = window(offset, needed, read_at_once);
    if (!bytes) return Failure{bytes.error()};
    const auto header = decode_header(*bytes);
    if (!header || header->offset != offset) return std::optional<Record>{};
    const std::size_t size = kHeaderSize + header->extension;
    if (bytes->size() < size || !is_whole(bytes->first(size))) return std::optional<Record>{};
    const BytesView extension = bytes->subspan(kHeaderSize, header->extension);
    return std::optional<Record>{Record{*header, Bytes(extension.begin(), extension.end())}};
}

MediumResult<std::optional<Record>> RecordReader::within(std::uint64_t offset, std::uint64_t end) {
    auto record = at(offset);
    if (!record || !*record) return record;
    if (offset > end || size_of((*record)->header) > end - offset) return std::optional<Record>{};
    return record;
}

MediumResult<std::optional<std::uint64_t>> RecordReader::find(std::uint64_t from,
                                                              std::uint64_t end) {
    Bytes buffer(kStep);
    while (from < end) {
        const auto count = file_.read_at(from, buffer);
        if (!count) return Failure{fault_of(count.error())};
        if (*count < kHeaderSize) break;
        BytesView left = BytesView(buffer).first(*count);
        const std::uint64_t begin = from;
        while (from < end && !left.empty()) {
            const std::size_t skipped = find_magic(left);
            left = left.subspan(skipped);
            from += skipped;
            if (left.empty() || from >= end) break;
            const auto record = at(from);
            if (!record) return Failure{record.error()};
            if (*record) return std::optional<std::uint64_t>{from};
            left = left.subspan(1);
            ++from;
        }
        if (*count < kStep) break;
        from = std::max(begin + 1, from - (sizeof kRecordMagic - 1));  // one may lie across
    }
    return std::optional<std::uint64_t>{};
}

MediumResult<bool> RecordReader::has_whole_payload(const RecordHeader& header) {
    std::uint64_t left = header.payload_size(is_discarding_);
    if (left == 0) return is_discarding_ || header.payload_crc == 0;
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(left, kStep)));
    std::uint64_t offset = header.offset + kHeaderSize + header.extension;
    std::uint32_t crc = 0;
    while (left > 0) {
        const auto step = MutableBytes(buffer).first(
            static_cast<std::size_t>(std::min<std::uint64_t>(left, kStep)));
        const auto count = file_.read_at(offset, step);
        if (!count) return Failure{fault_of(count.error())};
        if (*count < step.size()) return false;
        crc = base::crc32c(step, crc);
        offset += step.size();
        left -= step.size();
    }
    return crc == header.payload_crc;
}

MediumResult<std::optional<Bytes>> RecordReader::payload(const RecordHeader& header) {
    const std::uint64_t offset = header.offset + kHeaderSize + header.extension;
    const auto end = file_.size();
    if (!end) return Failure{fault_of(end.error())};
    const std::uint64_t size = header.payload_size(is_discarding_);
    if (offset > *end || size > *end - offset) return std::optional<Bytes>{};
    Bytes bytes(static_cast<std::size_t>(size));
    const auto count = file_.read_at(offset, bytes);
    if (!count) return Failure{fault_of(count.error())};
    if (*count < bytes.size() || base::crc32c(bytes) != header.payload_crc) {
        return std::optional<Bytes>{};
    }
    return std::optional<Bytes>{std::move(bytes)};
}

MediumResult<BytesView> RecordReader::window(std::uint64_t offset, std::size_t needed,
                                             std::size_t read_at_once) {
    if (offset > UINT64_MAX / 2) return BytesView{};  // no file reaches there
    const std::uint64_t window_end = window_begin_ + window_.size();
    if (offset < window_begin_ || offset + needed > window_end) {
        window_.resize(read_at_once);
        const auto count = file_.read_at(offset, window_);
        if (!count) {
            window_.clear();
            return Failure{fault_of(count.error())};
        }
        window_.resize(*count);
        window_begin_ = offset;
    }
    return BytesView(window_).subspan(static_cast<std::size_t>(offset - window_begin_));
}

}  // namespace nearline::media
