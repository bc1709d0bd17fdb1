// Goes over the records of a tape image's log in the order they were written and takes up what they
// say.
#pragma once

#include <cstdint>
#include <optional>

#include "base/file.h"
#include "media/record_reader.h"
#include "media/tape_image_content.h"

namespace nearline::media {

class LogWalk {
public:
    LogWalk(RecordReader& reader, TapeContent& content, std::uint64_t file_size)
        : reader_(reader), content_(content), file_size_(file_size) {}

    // What was durable, and then what `head` says of it: damage is stepped over, and what is
    // missing is lost.
    MediumResult<void> over_durable(std::uint64_t from, std::uint64_t end, const Head& head);
    // What came after: up to the first record that is not whole or does not follow. Sets log_end.
    MediumResult<void> over_rest(std::uint64_t from);

private:
    enum class Region { Durable, Rest };

    // False: the record cannot be where it is, and in what is durable it was ignored.
    MediumResult<bool> take_up(const Record& record, Region region);
    bool take_up_objects(const RecordHeader& header, Region region);
    void take_up_cut(std::uint8_t partition, const LastCut& cut);
    bool take_up_commit(std::uint64_t offset, const Head& head, Region region);
    MediumResult<std::optional<Head>> commit_of(const RecordHeader& header);

    RecordReader& reader_;
    TapeContent& content_;
    std::uint64_t file_size_;
    // Whether damage was stepped over since the last record of a partition.
    std::array<bool, kMaximumPartitions> has_gap_{};
};

struct Commit {
    Head head;
    std::uint64_t end = 0;  // offset behind the record
};
// The last whole commit record of a file. `head` tells how large records are; without it every byte
// is looked at.
MediumResult<std::optional<Commit>> last_commit(base::File& file, const std::optional<Head>& head,
                                                std::uint64_t file_size);

}  // namespace nearline::media
