#include "media/log_walk.h"

#include <algorithm>
#include <utility>

namespace nearline::media {
namespace {

using base::Failure;

Run run_of(const RecordHeader& header) {
    Run run;
    run.offset = header.offset;
    if (header.kind == RecordKind::Filemarks) {
        run.kind = RunKind::Filemarks;
        run.count = header.filemarks();
        return run;
    }
    run.count = 1;
    run.stored = header.stored;
    run.extension = header.extension;
    return run;
}

// Makes `content` end at `end`; what is missing up to there is lost.
void end_at(PartitionContent& content, std::uint64_t end) {
    const std::uint64_t objects = content.index.objects();
    if (objects > end) content.truncate(end);
    if (objects < end) {
        content.index.append({RunKind::Lost, end - objects, content.index.end_offset(), 0, 0});
    }
}

// An index record that was loaded knows of all that lies before it.
bool is_known(const PartitionContent& content, std::uint64_t offset) {
    return !content.index_records.empty() && offset < content.index_records.back().offset;
}

MediumResult<std::optional<Head>> read_commit(RecordReader& reader, const RecordHeader& header) {
    if (header.kind != RecordKind::Commit || header.stored != kHeadSize) {
        return std::optional<Head>{};
    }
    const auto payload = reader.payload(header);
    if (!payload) return Failure{payload.error()};
    if (!*payload) return std::optional<Head>{};
    const HeadRead read = decode_head(**payload);
    if (read.state != HeadState::Whole) return std::optional<Head>{};
    return std::optional<Head>{read.head};
}

}  // namespace

MediumResult<void> LogWalk::over_durable(std::uint64_t from, std::uint64_t end, const Head& head) {
    const std::uint64_t limit = std::min(end, file_size_);
    for (std::uint64_t offset = from; offset < limit;) {
        const auto record = reader_.within(offset, limit);
        if (!record) return Failure{record.error()};
        if (*record) {
            const auto taken = take_up(**record, Region::Durable);
            if (!taken) return Failure{taken.error()};
            offset += reader_.size_of((*record)->header);
            continue;
        }
        const auto next = reader_.find(offset + 1, limit);
        if (!next) return Failure{next.error()};
        offset = next->value_or(limit);
        has_gap_.fill(true);
    }
    for (std::uint8_t at = 0; at < content_.partitions.size(); ++at) {
        take_up_cut(at, head.partition[at].cut);
        end_at(content_.partitions[at], head.partition[at].end_of_data);
    }
    content_.generation = std::max(content_.generation, head.generation);
    return {};
}

MediumResult<void> LogWalk::over_rest(std::uint64_t from) {
    std::uint64_t offset = from;
    while (true) {
        const auto record = reader_.within(offset, file_size_);
        if (!record) return Failure{record.error()};
        if (!*record) break;
        const auto is_whole = reader_.has_whole_payload((*record)->header);
        if (!is_whole) return Failure{is_whole.error()};
        if (!*is_whole) break;
        const auto taken = take_up(**record, Region::Rest);
        if (!taken) return Failure{taken.error()};
        if (!*taken) break;
        offset += reader_.size_of((*record)->header);
        content_.has_changed = true;
    }
    content_.log_end = offset;
    return {};
}

MediumResult<bool> LogWalk::take_up(const Record& record, Region region) {
    const RecordHeader& header = record.header;
    // Older than what stands before it: left over from what was written over.
    if (header.generation < content_.generation) {
        if (region == Region::Rest) return false;
    }
    switch (header.kind) {
        case RecordKind::Block:
        case RecordKind::Filemarks:
            return take_up_objects(header, region);
        case RecordKind::Commit: {
            const auto head = read_commit(reader_, header);
            if (!head) return Failure{head.error()};
            return *head && take_up_commit(header.offset, **head, region);
        }
        case RecordKind::Index:
            break;
    }
    return true;
}

bool LogWalk::take_up_objects(const RecordHeader& header, Region region) {
    if (header.partition >= content_.partitions.size()) return false;
    PartitionContent& content = content_.partitions[header.partition];
    if (is_known(content, header.offset)) return true;
    const Run run = run_of(header);
    if (header.object >= kMaximumObjects) return false;
    if (run.count == 0 || run.count > kMaximumObjects - header.object) return false;

    if (header.cut.number < content.cut.number) return false;
    const bool is_cut = header.cut.number > content.cut.number;
    const std::uint64_t end = content.index.objects();
    const std::uint64_t follows = is_cut ? std::min(end, header.cut.object) : end;
    if (header.object < follows) return false;
    if (header.object > follows && region == Region::Rest) return false;
    take_up_cut(header.partition, header.cut);
    end_at(content, header.object);
    content.index.append(run);
    if (region == Region::Rest) content_.generation = header.generation;
    return true;
}

// Objects that an index record knows were there when it was written, so a cut before them is older
// than it.
void LogWalk::take_up_cut(std::uint8_t partition, const LastCut& cut) {
    PartitionContent& content = content_.partitions[partition];
    const std::uint64_t known = content.indexed();
    const bool has_gap = std::exchange(has_gap_[partition], false);
    if (cut.number <= content.cut.number) return;
    // Cuts went with the damage, and nobody knows how far they reached.
    const std::uint64_t end = content.index.objects();
    if (has_gap && cut.number > content.cut.number + 1 && end > known) {
        content.truncate(known);
        end_at(content, end);
    }
    content.cut = cut;
    content.truncate(std::max(known, cut.object));
}

// What it says of partitions whose index knows better does not count.
bool LogWalk::take_up_commit(std::uint64_t offset, const Head& head, Region region) {
    if (head.partitions != content_.partitions.size()) return false;
    for (std::uint8_t at = 0; at < content_.partitions.size(); ++at) {
        const bool is_beyond =
            head.partition[at].end_of_data > content_.partitions[at].index.objects();
        if (region == Region::Rest && is_beyond) return false;
    }
    for (std::uint8_t at = 0; at < content_.partitions.size(); ++at) {
        PartitionContent& content = content_.partitions[at];
        if (is_known(content, offset)) continue;
        take_up_cut(at, head.partition[at].cut);
        end_at(content, head.partition[at].end_of_data);
    }
    if (region == Region::Rest) {
        content_.generation = head.generation;
        content_.head.sequence = std::max(content_.head.sequence, head.sequence);
    }
    return true;
}

MediumResult<std::optional<Commit>> last_commit(base::File& file, const std::optional<Head>& head,
                                                std::uint64_t file_size) {
    RecordReader reader(file, head && head->is_discarding);
    std::optional<Commit> last;
    for (std::uint64_t offset = kLogBegin; offset < file_size;) {
        auto record = reader.within(offset, file_size);
        if (!record) return Failure{record.error()};
        if (!*record) {
            const auto next = reader.find(offset + 1, file_size);
            if (!next) return Failure{next.error()};
            if (!*next) break;
            offset = **next;
            record = reader.within(offset, file_size);
            if (!record) return Failure{record.error()};
        }
        if (!*record) {
            ++offset;
            continue;
        }
        const RecordHeader& header = (*record)->header;
        const auto commit = read_commit(reader, header);
        if (!commit) return Failure{commit.error()};
        const std::uint64_t size = reader.size_of(header);
        if (*commit) last = Commit{**commit, offset + size};
        offset += head || *commit ? size : 1;
    }
    return last;
}

}  // namespace nearline::media
