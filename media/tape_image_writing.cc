// What changes a tape image: the order in which things become durable is here.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "media/index_chain.h"
#include "media/tape_image.h"

namespace nearline::media {
namespace {

using base::BytesView;
using base::Failure;

// Records after which indexes are written between two durable points. What lies behind the last
// index is scanned when the image is opened.
constexpr std::uint64_t kRecordsPerIndex = 4096;

}  // namespace

MediumResult<void> TapeImage::write_block(Position at, const BlockForm& form, BytesView stored) {
    CHECK(form.stored == stored.size());
    RecordHeader header;
    header.kind = RecordKind::Block;
    header.compression = form.compression;
    header.length = form.length;
    header.stored = form.stored;
    const base::Bytes extension =
        form.encryption ? encode_encryption(*form.encryption) : base::Bytes{};
    return append_objects(at, header, extension, stored);
}

MediumResult<void> TapeImage::write_filemarks(Position at, std::uint64_t count) {
    if (count == 0) return erase_from(at);
    RecordHeader header;
    header.kind = RecordKind::Filemarks;
    header.set_filemarks(count);
    return append_objects(at, header, {}, {});
}

MediumResult<void> TapeImage::append_objects(Position at, RecordHeader header, BytesView extension,
                                             BytesView payload) {
    const bool is_block = header.kind == RecordKind::Block;
    const std::uint64_t count = is_block ? 1 : header.filemarks();
    if (at.object >= kMaximumObjects || count > kMaximumObjects - at.object) {
        return Failure{MediumFault{MediumFault::Kind::NoSpace, "no more object numbers"}};
    }
    const bool writes_over = at.object < content_of(at.partition).index.objects();
    if (auto done = end_at(at); !done) return done;
    if (auto done = leave_failure_behind(); !done) return done;
    if (owes_commit_) {
        if (auto logged = log_commit(); !logged) return Failure{logged.error()};
    }
    header.partition = at.partition;
    header.object = at.object;
    header.cut = content_of(at.partition).cut;
    const auto offset = writer_.append(header, extension, payload);
    reader_.forget();
    if (!offset) {
        owes_commit_ = writes_over;
        return Failure{offset.error()};
    }
    Run run;
    run.kind = is_block ? RunKind::Blocks : RunKind::Filemarks;
    run.count = count;
    run.offset = *offset;
    run.stored = is_block ? header.stored : 0;
    run.extension = static_cast<std::uint16_t>(extension.size());
    content_of(at.partition).index.append(run);
    // The object is recorded, whether or not the index is: that can be tried again later.
    if (++unindexed_ % kRecordsPerIndex == 0) static_cast<void>(write_indexes());
    return {};
}

// What is written next says by its place what it replaced; an erasure has to say so itself, since
// another partition's objects may follow.
MediumResult<void> TapeImage::erase_from(Position at) {
    if (at.object == content_of(at.partition).index.objects()) return {};
    owes_commit_ = true;
    if (auto done = end_at(at); !done) return done;
    if (!owes_commit_) return {};
    const auto logged = log_commit();
    if (!logged) return Failure{logged.error()};
    return {};
}

// What lies behind the new end of the log is given back to the host, but never before a durable
// head says so: otherwise a loss of power could leave neither the old nor the new.
MediumResult<void> TapeImage::end_at(Position at) {
    PartitionContent& content = content_of(at.partition);
    CHECK(at.object <= content.index.objects());
    if (at.object == content.index.objects()) return {};
    known_at_.reset();
    content.truncate(at.object);
    content.cut = {at.object, content.cut.number + 1};
    count_unindexed();
    ++content_.generation;
    content_.has_changed = true;
    std::uint64_t end = kLogBegin;
    for (const PartitionContent& each : content_.partitions) end = std::max(end, each.end_offset());
    if (end >= content_.log_end) return {};
    Head head = head_now();
    head.log_end = end;
    head.scan_from = std::min(head.scan_from, end);
    owes_commit_ = true;
    if (auto done = writer_.commit(head); !done) return done;
    settle();
    writer_.cut(end);
    reader_.forget();
    return {};
}

MediumResult<void> TapeImage::format(const std::vector<std::uint64_t>& sizes) {
    CHECK(!sizes.empty());
    CHECK(sizes.size() <= kMaximumPartitions);
    Head head = head_now();
    head.generation = content_.generation + 1;
    head.partitions = static_cast<std::uint8_t>(sizes.size());
    head.partition = {};
    for (std::size_t at = 0; at < sizes.size(); ++at) head.partition[at].size = sizes[at];
    head.log_end = kLogBegin;
    head.scan_from = kLogBegin;
    if (auto done = writer_.commit(head); !done) return done;
    known_at_.reset();
    ++content_.generation;
    content_.partitions.clear();
    for (const std::uint64_t size : sizes) {
        content_.partitions.emplace_back(RecordSizes(is_discarding()));
        content_.partitions.back().size = size;
    }
    unindexed_ = 0;
    content_.losses.clear();
    writer_.cut(kLogBegin);
    reader_.forget();
    settle();
    return {};
}

MediumResult<void> TapeImage::sync() {
    if (!content_.has_changed) return {};
    if (unindexed_ >= kRecordsWorthAnIndex) static_cast<void>(write_indexes());
    const auto logged = log_commit();
    // A full disk has room for a head, which then has to be durable itself.
    const auto done = logged ? writer_.commit_logged(*logged) : writer_.commit(head_now());
    if (done) settle();
    return done;
}

// All that there is is durable.
void TapeImage::settle() {
    content_.has_changed = false;
    owes_commit_ = false;
    has_logged_commit_ = false;
}

// A record that could not be written may be there all the same, and the next one comes in its
// place: a durable head of a newer generation tells them apart.
MediumResult<void> TapeImage::leave_failure_behind() {
    if (!content_.has_failed_record) return {};
    ++content_.generation;
    if (auto done = writer_.commit(head_now()); !done) return done;
    content_.has_failed_record = false;
    settle();
    return {};
}

MediumResult<Head> TapeImage::log_commit() {
    if (auto done = leave_failure_behind(); !done) return Failure{done.error()};
    Head head = head_now();
    head.sequence = writer_.next_sequence();
    head.log_end += kHeaderSize + kHeadSize;
    RecordHeader header;
    header.kind = RecordKind::Commit;
    header.stored = kHeadSize;
    const auto offset = writer_.append(header, {}, encode_head(head));
    reader_.forget();
    if (!offset) return Failure{offset.error()};
    owes_commit_ = false;
    has_logged_commit_ = true;
    return head;
}

MediumResult<void> TapeImage::keep_memory(CartridgeMemory memory) {
    if (auto done = sync(); !done) return done;
    return writer_.write_memory(std::move(memory));
}

Head TapeImage::head_now() const {
    Head head = content_.head;
    head.generation = content_.generation;
    head.memory = content_.memory.sequence;
    head.log_end = content_.log_end;
    head.partitions = partition_count();
    head.partition = {};
    for (std::size_t at = 0; at < content_.partitions.size(); ++at) {
        const PartitionContent& content = content_.partitions[at];
        const std::uint64_t index =
            content.index_records.empty() ? 0 : content.index_records.back().offset;
        head.partition[at] = {content.size, content.index.objects(), index, content.cut};
    }
    head.scan_from = scan_from();
    return head;
}

// Marks of one record count each: an index written too early costs little.
void TapeImage::count_unindexed() {
    unindexed_ = 0;
    for (const PartitionContent& content : content_.partitions) {
        unindexed_ += content.index.objects() - content.indexed();
    }
}

// Of the objects that no index record knows, the first in the file.
std::uint64_t TapeImage::scan_from() const {
    std::uint64_t from = content_.log_end;
    for (const PartitionContent& content : content_.partitions) {
        const std::uint64_t first = content.indexed();
        if (first >= content.index.objects()) continue;
        from = std::min(from, content.index.offset_of(content.index.find(first), first));
    }
    return std::max(from, kLogBegin);
}

MediumResult<void> TapeImage::write_indexes() {
    if (auto done = leave_failure_behind(); !done) return done;
    for (std::uint8_t partition = 0; partition < partition_count(); ++partition) {
        if (auto done = write_index(partition); !done) return done;
    }
    unindexed_ = 0;
    return {};
}

// A short index record is replaced by one that tells of its objects too, so that their number stays
// small however often a host syncs.
MediumResult<void> TapeImage::write_index(std::uint8_t partition) {
    PartitionContent& content = content_of(partition);
    const std::uint64_t end = content.index.objects();
    if (content.indexed() >= end) return {};
    std::vector<IndexRecord>& records = content.index_records;
    const bool replaces =
        !records.empty() && records.back().end - records.back().first < kRecordsPerIndex;
    const std::size_t kept = records.size() - (replaces ? 1 : 0);
    IndexPayload payload;
    payload.previous = kept == 0 ? 0 : records[kept - 1].offset;
    payload.end = end;
    RecordHeader header;
    header.kind = RecordKind::Index;
    header.partition = partition;
    header.object = kept == 0 ? 0 : records[kept - 1].end;
    payload.runs = content.index.encode_from(header.object);
    const base::Bytes bytes = encode_index(payload);
    if (bytes.size() > UINT32_MAX) return {};  // scanned instead
    header.stored = static_cast<std::uint32_t>(bytes.size());
    const auto offset = writer_.append(header, {}, bytes);
    if (!offset) return Failure{offset.error()};
    records.resize(kept);
    records.push_back({*offset, content_.log_end, header.object, end});
    return {};
}

}  // namespace nearline::media
