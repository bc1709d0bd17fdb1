// Writes a tape image: records at the end of its log, heads and cartridge memory in turns over the
// older of their two copies. Knows the file's layout, and nothing of partitions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/file.h"
#include "media/tape_image_content.h"

namespace nearline::media {

class LogWriter {
public:
    // `content` is kept up to date; both outlive this.
    LogWriter(base::File& file, TapeContent& content)
        : file_(file),
          content_(content),
          synced_end_(std::min(content.head.log_end, content.log_end)) {}

    // Appends a record, of which offset, generation, extension size and checksums are filled in;
    // returns its offset. A failure leaves the log as it was.
    MediumResult<std::uint64_t> append(RecordHeader header, base::BytesView extension,
                                       base::BytesView payload);
    // Makes all that was written durable, and then `head`. Its sequence is filled in.
    MediumResult<void> commit(Head head);
    // The same when the last record says what `head` does: then the head needs no sync of its own.
    // It is never ahead of what is durable.
    MediumResult<void> commit_logged(Head head);
    MediumResult<void> sync();
    // Makes the log end at `end`, where nothing counts that a durable head needs.
    void cut(std::uint64_t end);
    MediumResult<void> write_memory(CartridgeMemory memory);

    std::uint64_t next_sequence() const { return content_.head.sequence + 1; }

private:
    MediumResult<void> write_head(const Head& head);  // in the place of the older one
    void take(Head head);
    MediumResult<void> write_again();
    MediumResult<void> drop_strays();
    MediumResult<void> rewrite(std::uint64_t offset, std::uint64_t size);

    base::File& file_;
    TapeContent& content_;
    std::uint64_t synced_end_;  // the log up to here was part of a sync that succeeded
    bool is_in_doubt_ = false;  // a sync has failed since
    // The other copy was written, or half of it, and must not come to count.
    bool has_stray_head_ = false;
    bool has_stray_memory_ = false;
};

}  // namespace nearline::media
