#include "media/log_writer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crc32c.h"
#include "media/record_reader.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::BytesView;
using base::Failure;

}  // namespace

MediumResult<std::uint64_t> LogWriter::append(RecordHeader header, BytesView extension,
                                              BytesView payload) {
    if (content_.has_rest) cut(content_.log_end);
    header.offset = content_.log_end;
    header.generation = content_.generation;
    header.extension = static_cast<std::uint16_t>(extension.size());
    header.payload_crc = base::crc32c(payload);
    const Bytes head = encode_header(header, extension);
    const bool is_discarding = content_.head.is_discarding;
    const std::array<BytesView, 2> parts = {
        head, header.payload_size(is_discarding) == 0 ? BytesView{} : payload};
    content_.has_changed = true;
    if (auto done = file_.write_at(header.offset, parts); !done) {
        content_.has_failed_record = true;
        cut(content_.log_end);
        return Failure{fault_of(done.error())};
    }
    content_.log_end += header.size(is_discarding);
    return header.offset;
}

MediumResult<void> LogWriter::commit(Head head) {
    if (auto done = sync(); !done) return done;
    head.sequence = next_sequence();
    if (auto done = write_head(head); !done) return done;
    if (auto done = sync(); !done) {
        has_stray_head_ = true;
        return done;
    }
    take(std::move(head));
    return {};
}

MediumResult<void> LogWriter::commit_logged(Head head) {
    if (auto done = sync(); !done) return done;
    head.sequence = next_sequence();
    if (auto done = write_head(head); !done) return done;
    take(std::move(head));
    return {};
}

MediumResult<void> LogWriter::write_head(const Head& head) {
    const std::uint64_t offset = kHeadOffsets[1 - content_.head_slot];
    if (auto done = file_.write_at(offset, encode_head(head)); !done) {
        has_stray_head_ = true;
        return Failure{fault_of(done.error())};
    }
    return {};
}

void LogWriter::take(Head head) {
    content_.head = std::move(head);
    content_.head_slot = 1 - content_.head_slot;
}

void LogWriter::cut(std::uint64_t end) {
    content_.log_end = end;
    synced_end_ = std::min(synced_end_, end);
    // Should it fail, what stays behind the end is of an older generation, or not whole.
    content_.has_rest = !file_.truncate(end).has_value();
}

MediumResult<void> LogWriter::write_memory(CartridgeMemory memory) {
    MemoryCopy copy{content_.memory.sequence + 1, std::move(memory)};
    const auto bytes = encode_memory(copy);
    if (!bytes) {
        return Failure{
            MediumFault{MediumFault::Kind::NoSpace, "the cartridge memory holds no more"}};
    }
    const std::size_t slot = 1 - content_.memory_slot;
    has_stray_memory_ = true;
    if (auto done = file_.write_at(kMemoryOffsets[slot], *bytes); !done) {
        return Failure{fault_of(done.error())};
    }
    has_stray_memory_ = false;
    if (auto done = sync(); !done) {
        has_stray_memory_ = true;
        return done;
    }
    content_.memory = std::move(copy);
    content_.memory_slot = slot;
    return {};
}

MediumResult<void> LogWriter::drop_strays() {
    if (has_stray_head_) {
        if (auto done = write_head(content_.head); !done) return done;
        has_stray_head_ = false;
    }
    if (has_stray_memory_) {
        const Bytes nothing(kMemoryHeadSize);
        const std::uint64_t offset = kMemoryOffsets[1 - content_.memory_slot];
        if (auto done = file_.write_at(offset, nothing); !done) {
            return Failure{fault_of(done.error())};
        }
        has_stray_memory_ = false;
    }
    return {};
}

MediumResult<void> LogWriter::sync() {
    if (auto done = drop_strays(); !done) return done;
    if (is_in_doubt_) {
        if (auto done = write_again(); !done) return done;
    }
    if (auto done = file_.sync(); !done) {
        is_in_doubt_ = true;
        return Failure{fault_of(done.error())};
    }
    is_in_doubt_ = false;
    synced_end_ = content_.log_end;
    return {};
}

// A sync that failed may have dropped what it could not write, and the next one would succeed
// without it. So everything since the last good one is written again, if it is still to be had.
MediumResult<void> LogWriter::write_again() {
    if (auto done = rewrite(kHeadOffsets[content_.head_slot], kHeadSize); !done) return done;
    RecordReader reader(file_, content_.head.is_discarding);
    for (std::uint64_t offset = synced_end_; offset < content_.log_end;) {
        const auto record = reader.within(offset, content_.log_end);
        if (!record) return Failure{record.error()};
        bool is_whole = record->has_value();
        if (is_whole) {
            const auto checked = reader.has_whole_payload((*record)->header);
            if (!checked) return Failure{checked.error()};
            is_whole = *checked;
        }
        if (!is_whole) {
            return Failure{MediumFault{MediumFault::Kind::InputOutput,
                                       "the host lost what was written before a sync that failed"}};
        }
        const std::uint64_t size = reader.size_of((*record)->header);
        if (auto done = rewrite(offset, size); !done) return done;
        offset += size;
    }
    return {};
}

MediumResult<void> LogWriter::rewrite(std::uint64_t offset, std::uint64_t size) {
    constexpr std::uint64_t kStep = std::uint64_t{1} << 18;
    for (std::uint64_t done = 0; done < size;) {
        Bytes bytes(static_cast<std::size_t>(std::min(kStep, size - done)));
        const auto count = file_.read_at(offset + done, bytes);
        if (!count) return Failure{fault_of(count.error())};
        bytes.resize(*count);
        if (bytes.empty()) return {};
        if (auto written = file_.write_at(offset + done, bytes); !written) {
            return Failure{fault_of(written.error())};
        }
        done += bytes.size();
    }
    return {};
}

}  // namespace nearline::media
