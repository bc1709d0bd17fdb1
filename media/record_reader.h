// Reads single records of a tape image, and finds the next one behind damage. Fails only when the
// host's storage does: bytes that are no record are an answer.
#pragma once

#include <cstdint>
#include <optional>

#include "base/file.h"
#include "media/tape_image_format.h"

namespace nearline::media {

MediumFault fault_of(const base::FileError& error);

struct Record {
    RecordHeader header;
    base::Bytes extension;
};

class RecordReader {
public:
    RecordReader(base::File& file, bool is_discarding)
        : file_(file), is_discarding_(is_discarding) {}

    // The header at `offset`; nothing when there is none, or not a whole one.
    MediumResult<std::optional<Record>> at(std::uint64_t offset) {
        return at(offset, kHeaderSize + kMaximumExtension, kWindow);
    }
    // The same of a record whose extension is known to have this size: reads no more than that.
    MediumResult<std::optional<Record>> at(std::uint64_t offset, std::uint16_t extension) {
        return at(offset, kHeaderSize + extension, kHeaderSize + extension);
    }
    // The same, with a payload that ends at or before `end`.
    MediumResult<std::optional<Record>> within(std::uint64_t offset, std::uint64_t end);
    // Offset of the first header at or behind `from` and before `end`.
    MediumResult<std::optional<std::uint64_t>> find(std::uint64_t from, std::uint64_t end);

    // Whether the payload has its checksum. Costs a pass over it.
    MediumResult<bool> has_whole_payload(const RecordHeader& header);
    // The payload; nothing when it has not its checksum.
    MediumResult<std::optional<base::Bytes>> payload(const RecordHeader& header);

    // The file has changed.
    void forget() { window_.clear(); }

    std::uint64_t size_of(const RecordHeader& header) const { return header.size(is_discarding_); }

private:
    MediumResult<std::optional<Record>> at(std::uint64_t offset, std::size_t needed,
                                           std::size_t read_at_once);
    // Bytes from `offset` on: `needed`, or more; less at the end of the file.
    MediumResult<base::BytesView> window(std::uint64_t offset, std::size_t needed,
                                         std::size_t read_at_once);

    static constexpr std::size_t kWindow = 4096;  // so that small records cost no read each

    base::File& file_;
    bool is_discarding_;
    base::Bytes window_;
    std::uint64_t window_begin_ = 0;
};

}  // namespace nearline::media
