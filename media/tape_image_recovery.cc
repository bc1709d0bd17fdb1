#include "media/tape_image_recovery.h"

#include <algorithm>
#include <utility>

#include "media/index_chain.h"
#include "media/log_walk.h"
#include "media/record_reader.h"

namespace nearline::media {
namespace {

using base::Bytes;
using base::Failure;

struct Heads {
    std::optional<Head> newest;
    std::size_t slot = 1;
    bool are_both_whole = false;
    bool is_later_version = false;
};

MediumResult<Bytes> read_bytes(base::File& file, std::uint64_t offset, std::size_t size) {
    Bytes bytes(size);
    const auto count = file.read_at(offset, bytes);
    if (!count) return Failure{fault_of(count.error())};
    bytes.resize(*count);
    return bytes;
}

MediumResult<Heads> read_heads(base::File& file) {
    Heads heads;
    std::size_t whole = 0;
    for (std::size_t slot = 0; slot < kHeadOffsets.size(); ++slot) {
        const auto bytes = read_bytes(file, kHeadOffsets[slot], kHeadSize);
        if (!bytes) return Failure{bytes.error()};
        const HeadRead read = decode_head(*bytes);
        if (read.state == HeadState::LaterVersion) heads.is_later_version = true;
        if (read.state != HeadState::Whole) continue;
        ++whole;
        if (heads.newest && heads.newest->sequence >= read.head.sequence) continue;
        heads.newest = read.head;
        heads.slot = slot;
    }
    heads.are_both_whole = whole == kHeadOffsets.size();
    return heads;
}

MediumResult<void> read_memory(base::File& file, TapeContent& content) {
    for (std::size_t slot = 0; slot < kMemoryOffsets.size(); ++slot) {
        const auto bytes = read_bytes(file, kMemoryOffsets[slot], kMemorySize);
        if (!bytes) return Failure{bytes.error()};
        auto copy = decode_memory(*bytes);
        if (!copy || copy->sequence <= content.memory.sequence) continue;
        content.memory = std::move(*copy);
        content.memory_slot = slot;
    }
    if (content.memory.sequence < content.head.memory) {
        content.losses.push_back({0, 0, 0,
                                  content.memory.sequence == 0
                                      ? "the cartridge memory is damaged: nothing of it is left"
                                      : "the cartridge memory is damaged: an older copy is left"});
        // Not to be taken for the one that is lost.
        content.memory.sequence = content.head.memory;
    }
    return {};
}

TapeContent content_of(const Head& head, std::size_t slot) {
    TapeContent content;
    content.head = head;
    content.head_slot = slot;
    content.generation = head.generation;
    for (std::uint8_t partition = 0; partition < head.partitions; ++partition) {
        content.partitions.emplace_back(RecordSizes(head.is_discarding));
        content.partitions.back().size = head.partition[partition].size;
    }
    return content;
}

bool lies_within(const Head& head, std::uint64_t file_size) {
    return head.log_end <= file_size &&
           std::all_of(head.partition.begin(), head.partition.end(),
                       [&](const PartitionHead& each) { return each.index < head.log_end; });
}

// The quick way: by the indexes, then over what came after them. Nothing when damage is in its way.
MediumResult<std::optional<TapeContent>> recover_by_index(base::File& file, const Heads& heads,
                                                          std::uint64_t file_size) {
    const Head& head = *heads.newest;
    if (!lies_within(head, file_size)) return std::optional<TapeContent>{};
    TapeContent content = content_of(head, heads.slot);
    RecordReader reader(file, head.is_discarding);
    for (std::uint8_t at = 0; at < head.partitions; ++at) {
        const auto loaded =
            load_index_chain(reader, at, head.partition[at].index, content.partitions[at]);
        if (!loaded) return Failure{loaded.error()};
        const bool is_sound =
            *loaded && content.partitions[at].index.objects() <= head.partition[at].end_of_data;
        if (!is_sound) return std::optional<TapeContent>{};
    }
    LogWalk walk(reader, content, file_size);
    if (auto done = walk.over_durable(head.scan_from, head.log_end, head); !done) {
        return Failure{done.error()};
    }
    if (auto done = walk.over_rest(head.log_end); !done) return Failure{done.error()};
    return std::optional<TapeContent>{std::move(content)};
}

// The long way: over all records. `heads` may have none.
MediumResult<std::optional<TapeContent>> recover_by_records(base::File& file, const Heads& heads,
                                                            std::uint64_t file_size) {
    const auto commit = last_commit(file, heads.newest, file_size);
    if (!commit) return Failure{commit.error()};
    std::optional<Head> head = heads.newest;
    std::uint64_t durable_end = head ? head->log_end : kLogBegin;
    const bool is_commit_newer =
        *commit && !heads.are_both_whole && (!head || (*commit)->head.sequence > head->sequence);
    if (is_commit_newer) {
        head = (*commit)->head;
        durable_end = (*commit)->end;
    }
    if (!head) return std::optional<TapeContent>{};
    TapeContent content = content_of(*head, heads.slot);
    RecordReader reader(file, head->is_discarding);
    LogWalk walk(reader, content, file_size);
    if (auto done = walk.over_durable(kLogBegin, durable_end, *head); !done) {
        return Failure{done.error()};
    }
    if (auto done = walk.over_rest(durable_end); !done) return Failure{done.error()};
    content.has_changed = true;
    return std::optional<TapeContent>{std::move(content)};
}

// Losses that an index record keeps, and those found now.
void list_losses(TapeContent& content) {
    for (std::uint8_t at = 0; at < content.partitions.size(); ++at) {
        if (!content.partitions[at].index.has_losses()) continue;
        content.partitions[at].index.visit(0, [&](const ObjectIndex::Place& place) {
            if (place.run.kind != RunKind::Lost) return;
            content.losses.push_back(loss_of_objects(at, place.object, place.run.count,
                                                     "lost, their records are damaged"));
        });
    }
}

}  // namespace

MediumResult<TapeContent> recover_tape_image(base::File& file, const std::string& path) {
    const auto size = file.size();
    if (!size) return Failure{fault_of(size.error())};
    const auto heads = read_heads(file);
    if (!heads) return Failure{heads.error()};
    if (heads->is_later_version) {
        return Failure{MediumFault{MediumFault::Kind::InputOutput,
                                   path + ": a tape image of a later format than this program"}};
    }
    std::optional<TapeContent> content;
    if (heads->are_both_whole) {
        auto found = recover_by_index(file, *heads, *size);
        if (!found) return Failure{found.error()};
        content = std::move(*found);
    }
    if (!content) {
        auto found = recover_by_records(file, *heads, *size);
        if (!found) return Failure{found.error()};
        content = std::move(*found);
    }
    if (!content) {
        return Failure{MediumFault{MediumFault::Kind::InputOutput, path + ": not a tape image"}};
    }
    list_losses(*content);
    if (auto read = read_memory(file, *content); !read) return Failure{read.error()};
    ++content->generation;  // what was left unfinished can never pass for what comes now
    content->has_rest = *size > content->log_end;
    return std::move(*content);
}

}  // namespace nearline::media
