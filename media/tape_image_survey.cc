// What `nearline image` asks of a tape image: is all of it there, and what does it take.
#include <algorithm>

#include "media/tape_image.h"

namespace nearline::media {
namespace {

using base::Failure;

// Adds an object that cannot be read to the losses, to the last of them when it follows it.
void add_loss(std::vector<Loss>& losses, Position at, std::uint64_t count) {
    const char* const why = "cannot be read";
    const bool continues = !losses.empty() && losses.back().partition == at.partition &&
                           losses.back().count > 0 &&
                           losses.back().first + losses.back().count == at.object;
    if (!continues) {
        losses.push_back(loss_of_objects(at.partition, at.object, count, why));
        return;
    }
    Loss& last = losses.back();
    last = loss_of_objects(last.partition, last.first, last.count + count, why);
}

}  // namespace

MediumResult<bool> TapeImage::is_whole(Position at, const ObjectIndex::Place& place) {
    const ObjectIndex& index = content_of(at.partition).index;
    const auto record = reader_.at(index.offset_of(place, at.object));
    if (!record) return Failure{record.error()};
    if (!*record) return false;
    const RecordHeader& header = (*record)->header;
    if (header.partition != at.partition) return false;
    if (place.run.kind == RunKind::Filemarks) {
        return header.kind == RecordKind::Filemarks && at.object >= header.object &&
               at.object + place.run.count <= header.object + header.filemarks();
    }
    const bool is_it = header.kind == RecordKind::Block && header.object == at.object &&
                       header.stored == place.run.stored && header.extension == place.run.extension;
    if (!is_it) return false;
    return reader_.has_whole_payload(header);
}

MediumResult<std::vector<Loss>> TapeImage::verify() {
    std::vector<Loss> losses;
    for (const Loss& loss : content_.losses) {
        if (loss.count == 0) losses.push_back(loss);
    }
    for (std::uint8_t partition = 0; partition < partition_count(); ++partition) {
        const ObjectIndex& index = content_of(partition).index;
        for (std::uint64_t object = 0; object < index.objects();) {
            const ObjectIndex::Place place = index.find(object);
            const std::uint64_t step =
                place.run.kind == RunKind::Blocks ? 1 : place.object + place.run.count - object;
            bool is_there = place.run.kind != RunKind::Lost;
            if (is_there) {
                ObjectIndex::Place rest = place;
                rest.run.count = step;
                const auto checked = is_whole({partition, object}, rest);
                if (!checked) return Failure{checked.error()};
                is_there = *checked;
            }
            if (!is_there) add_loss(losses, {partition, object}, step);
            object += step;
        }
    }
    return losses;
}

MediumResult<std::uint64_t> TapeImage::file_size() {
    const auto size = file_->size();
    if (!size) return Failure{fault_of(size.error())};
    return *size;
}

std::uint64_t TapeImage::dead_bytes() const {
    std::uint64_t used = 0;
    for (const PartitionContent& content : content_.partitions) {
        const RecordSizes& sizes = content.index.sizes();
        content.index.visit(0, [&](const ObjectIndex::Place& place) {
            used += sizes.end(place.run) - place.run.offset;
        });
        for (const IndexRecord& record : content.index_records) {
            used += record.behind - record.offset;
        }
    }
    return content_.log_end - kLogBegin - std::min(used, content_.log_end - kLogBegin);
}

std::uint64_t TapeImage::index_memory() const {
    std::uint64_t bytes = 0;
    for (const PartitionContent& content : content_.partitions) bytes += content.index.memory();
    return bytes;
}

}  // namespace nearline::media
