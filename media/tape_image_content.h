// What a tape image holds, as recovery found it and as writing keeps it up to date.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/object_index.h"
#include "media/tape_image_format.h"

namespace nearline::media {

// An index record in the file: it tells where the objects from `first` up to `end` lie.
struct IndexRecord {
    std::uint64_t offset = 0;
    std::uint64_t behind = 0;  // where the record ends
    std::uint64_t first = 0;
    std::uint64_t end = 0;
};

struct PartitionContent {
    explicit PartitionContent(RecordSizes sizes) : index(sizes) {}

    std::uint64_t size = 0;  // its share of the nominal capacity, bytes
    ObjectIndex index;
    LastCut cut;
    std::vector<IndexRecord> index_records;  // one behind the other, in the file too

    // Objects from here on are in no index record.
    std::uint64_t indexed() const { return index_records.empty() ? 0 : index_records.back().end; }
    // The offset behind all that the partition has in the file; 0 when it has nothing.
    std::uint64_t end_offset() const;
    // Only objects before `object` stay.
    void truncate(std::uint64_t object);
};

// What damage took, in a sentence, and which objects when it took objects.
struct Loss {
    std::uint8_t partition = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::string text;
    bool operator==(const Loss&) const = default;
};
Loss loss_of_objects(std::uint8_t partition, std::uint64_t first, std::uint64_t count,
                     const std::string& why);

struct TapeContent {
    Head head;                  // the newest, as it stands in the file
    std::size_t head_slot = 0;  // which of the two it is
    std::vector<PartitionContent> partitions;
    std::uint64_t log_end = kLogBegin;
    bool has_rest = false;         // behind it lies what was not finished
    std::uint64_t generation = 0;  // of what is written next
    MemoryCopy memory;
    std::size_t memory_slot = 0;
    bool has_failed_record = false;  // one could not be written, or only half of it
    bool has_changed = false;        // it differs from what the head says
    std::vector<Loss> losses;
};

}  // namespace nearline::media
