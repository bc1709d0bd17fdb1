#include "media/tape_image_content.h"

#include <algorithm>

namespace nearline::media {

std::uint64_t PartitionContent::end_offset() const {
    // Objects that came after the last index record lie behind it.
    const std::uint64_t last = index_records.empty() ? 0 : index_records.back().behind;
    return std::max(index.end_offset(), last);
}

void PartitionContent::truncate(std::uint64_t object) {
    index.truncate(object);
    while (!index_records.empty() && index_records.back().end > object) index_records.pop_back();
}

Loss loss_of_objects(std::uint8_t partition, std::uint64_t first, std::uint64_t count,
                     const std::string& why) {
    const std::string objects = count == 1 ? "object " + std::to_string(first)
                                           : "objects " + std::to_string(first) + " to " +
                                                 std::to_string(first + count - 1);
    return {partition, first, count,
            "partition " + std::to_string(partition) + ": " + objects + ": " + why};
}

}  // namespace nearline::media
