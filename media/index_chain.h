// Takes up a partition's objects from the index records of an image.
#pragma once

#include "media/record_reader.h"
#include "media/tape_image_content.h"

namespace nearline::media {

// The payload of an index record: previous(8) end(8) runs.
struct IndexPayload {
    std::uint64_t previous = 0;  // offset of the partition's index record before; 0: none
    std::uint64_t end = 0;       // the first object behind those that it tells of
    base::Bytes runs;
};
base::Bytes encode_index(const IndexPayload& payload);
std::optional<IndexPayload> decode_index(base::BytesView bytes);

// Follows the back-pointers from the index record at `last` and fills `content`, which is empty.
// False when one of them is damaged; what `content` holds then is of no use.
MediumResult<bool> load_index_chain(RecordReader& reader, std::uint8_t partition,
                                    std::uint64_t last, PartitionContent& content);

}  // namespace nearline::media
