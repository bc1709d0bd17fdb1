#include "media/tape_image.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/crc32c.h"
#include "media/tape_image_recovery.h"

namespace nearline::media {
namespace {

using base::BytesView;
using base::Failure;

Failure<MediumFault> unreadable(Position at, const char* why) {
    return Failure{MediumFault{MediumFault::Kind::Unreadable,
                               loss_of_objects(at.partition, at.object, 1, why).text}};
}

}  // namespace

TapeImage::TapeImage(std::unique_ptr<base::File> file, TapeContent content)
    : file_(std::move(file)),
      content_(std::move(content)),
      reader_(*file_, content_.head.is_discarding),
      writer_(*file_, content_) {
    count_unindexed();
    // What took long to find out is not to be found out again.
    if (!content_.losses.empty()) unindexed_ += kRecordsWorthAnIndex;
}

MediumResult<std::unique_ptr<TapeImage>> TapeImage::create(base::FileSystem& files,
                                                           const std::string& path,
                                                           const Options& options) {
    CHECK(options.identity.size() <= kMaximumIdentity);
    auto file = files.open(path, base::OpenMode::CreateNew);
    if (!file) return Failure{fault_of(file.error())};
    TapeContent content;
    content.head.identity = options.identity;
    content.head.capacity = options.capacity;
    content.head.is_discarding = options.is_discarding;
    content.head.partition.front().size = options.capacity;
    content.partitions.emplace_back(RecordSizes(options.is_discarding));
    content.partitions.front().size = options.capacity;
    content.generation = 1;
    content.has_changed = true;
    auto image = std::make_unique<TapeImage>(std::move(*file), std::move(content));
    // Both heads, so that there are always two.
    auto made = image->writer_.commit(image->head_now());
    if (made) made = image->sync();
    if (made) made = image->writer_.sync();
    if (made) {
        if (auto named = files.sync_directory(base::directory_of(path)); !named) {
            made = Failure{fault_of(named.error())};
        }
    }
    if (made) return image;
    image.reset();
    static_cast<void>(files.remove(path));  // nothing was promised
    return Failure{made.error()};
}

MediumResult<std::unique_ptr<TapeImage>> TapeImage::open(base::FileSystem& files,
                                                         const std::string& path,
                                                         base::OpenMode mode) {
    auto file = files.open(path, mode);
    if (!file) return Failure{fault_of(file.error())};
    auto content = recover_tape_image(**file, path);
    if (!content) return Failure{content.error()};
    return std::make_unique<TapeImage>(std::move(*file), std::move(*content));
}

PartitionContent& TapeImage::content_of(std::uint8_t partition) {
    CHECK(partition < content_.partitions.size());
    return content_.partitions[partition];
}

const PartitionContent& TapeImage::content_of(std::uint8_t partition) const {
    CHECK(partition < content_.partitions.size());
    return content_.partitions[partition];
}

std::uint8_t TapeImage::partition_count() const {
    return static_cast<std::uint8_t>(content_.partitions.size());
}

std::uint64_t TapeImage::partition_size(std::uint8_t partition) const {
    return content_of(partition).size;
}

std::uint64_t TapeImage::end_of_data(std::uint8_t partition) const {
    return content_of(partition).index.objects();
}

std::uint64_t TapeImage::filemark_count(std::uint8_t partition) const {
    return content_of(partition).index.filemarks();
}

std::uint64_t TapeImage::filemark(std::uint8_t partition, std::uint64_t index) const {
    return content_of(partition).index.filemark(index);
}

std::uint64_t TapeImage::filemarks_before(Position at) const {
    return content_of(at.partition).index.filemarks_before(at.object);
}

std::uint64_t TapeImage::stored_before(Position at) const {
    return content_of(at.partition).index.stored_before(at.object);
}

ObjectKind TapeImage::kind(Position at) const {
    const ObjectIndex& index = content_of(at.partition).index;
    if (at.object >= index.objects()) return ObjectKind::EndOfData;
    const bool is_mark = index.find(at.object).run.kind == RunKind::Filemarks;
    return is_mark ? ObjectKind::Filemark : ObjectKind::Block;
}

MediumResult<Record> TapeImage::record_of(Position at) {
    const ObjectIndex& index = content_of(at.partition).index;
    CHECK(at.object < index.objects());
    const ObjectIndex::Place place = index.find(at.object);
    CHECK(place.run.kind != RunKind::Filemarks);
    if (place.run.kind == RunKind::Lost) return unreadable(at, "lost, its record is damaged");
    auto record = reader_.at(index.offset_of(place, at.object), place.run.extension);
    if (!record) return Failure{record.error()};
    if (!*record) return unreadable(at, "its record is damaged");
    const RecordHeader& header = (*record)->header;
    const bool is_it = header.kind == RecordKind::Block && header.partition == at.partition &&
                       header.object == at.object && header.stored == place.run.stored &&
                       header.extension == place.run.extension;
    if (!is_it) return unreadable(at, "another record is in its place");
    return std::move(**record);
}

MediumResult<BlockForm> TapeImage::form(Position at) {
    const auto record = record_of(at);
    if (!record) return Failure{record.error()};
    const RecordHeader& header = record->header;
    BlockForm form;
    form.length = header.length;
    form.stored = header.stored;
    form.compression = header.compression;
    if (header.extension > 0) {
        form.encryption = decode_encryption(record->extension);
        if (!form.encryption) return unreadable(at, "how it is encrypted is damaged");
    }
    known_at_ = at;
    known_ = header;
    return form;
}

MediumResult<void> TapeImage::read(Position at, base::MutableBytes stored) {
    if (known_at_ != at) {
        const auto record = record_of(at);
        if (!record) return Failure{record.error()};
        known_at_ = at;
        known_ = record->header;
    }
    CHECK(stored.size() == known_.stored);
    if (is_discarding()) {
        fill_discarded(at, stored);
        return {};
    }
    const auto count = file_->read_at(known_.offset + kHeaderSize + known_.extension, stored);
    if (!count) return Failure{fault_of(count.error())};
    if (*count < stored.size()) return unreadable(at, "the file ends before it does");
    if (base::crc32c(stored) != known_.payload_crc) return unreadable(at, "its bytes are damaged");
    return {};
}

}  // namespace nearline::media
