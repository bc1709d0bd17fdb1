// A tape in a file: media::Medium as an append-only log that survives a loss of power, and damage
// with no more loss than the damaged objects. docs/formats/tape-image.md has the format.
//
// Cost: writing and reading a block are one system call each and its checksum; finding a position
// is a logarithm; memory is a few bytes a block, none for blocks of one size. Writing over
// objects begins with one sync.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "media/log_writer.h"
#include "media/medium.h"
#include "media/record_reader.h"
#include "media/tape_image_content.h"

namespace nearline::media {

class TapeImage final : public Medium {
public:
    struct Options {
        std::string identity;        // for people: a label; at most 255 bytes
        std::uint64_t capacity = 0;  // nominal, bytes; the size of the one partition
        bool is_discarding = false;  // for ever
    };
    // Makes a new file, durable when it returns; `path` must not exist.
    static MediumResult<std::unique_ptr<TapeImage>> create(base::FileSystem& files,
                                                           const std::string& path,
                                                           const Options& options);
    // Changes nothing in the file until something is written. ReadOnly: then that fails.
    static MediumResult<std::unique_ptr<TapeImage>> open(
        base::FileSystem& files, const std::string& path,
        base::OpenMode mode = base::OpenMode::ReadWrite);

    // What opening found lost. Damage inside a block is found by reading, or by verify().
    const std::vector<Loss>& losses() const { return content_.losses; }
    // Reads everything and says what is lost, losses() among it.
    MediumResult<std::vector<Loss>> verify();

    const std::string& identity() const { return content_.head.identity; }
    std::uint64_t capacity() const { return content_.head.capacity; }
    MediumResult<std::uint64_t> file_size();
    // Bytes of the file that hold nothing any more: what was written over while another partition
    // lay behind it, and old indexes.
    std::uint64_t dead_bytes() const;
    std::uint64_t index_memory() const;

    std::uint8_t partition_count() const override;
    std::uint64_t partition_size(std::uint8_t partition) const override;
    std::uint64_t end_of_data(std::uint8_t partition) const override;
    std::uint64_t filemark_count(std::uint8_t partition) const override;
    std::uint64_t filemark(std::uint8_t partition, std::uint64_t index) const override;
    std::uint64_t filemarks_before(Position at) const override;
    ObjectKind kind(Position at) const override;  // of a lost object: Block
    std::uint64_t stored_before(Position at) const override;

    MediumResult<BlockForm> form(Position at) override;
    MediumResult<void> read(Position at, base::MutableBytes stored) override;
    bool is_discarding() const override { return content_.head.is_discarding; }

    MediumResult<void> write_block(Position at, const BlockForm& form,
                                   base::BytesView stored) override;
    MediumResult<void> write_filemarks(Position at, std::uint64_t count) override;
    MediumResult<void> erase_from(Position at) override;
    MediumResult<void> format(const std::vector<std::uint64_t>& sizes) override;
    MediumResult<void> sync() override;

    const CartridgeMemory& memory() const override { return content_.memory.memory; }
    MediumResult<void> keep_memory(CartridgeMemory memory) override;

    TapeImage(std::unique_ptr<base::File> file, TapeContent content);  // for create() and open()
    TapeImage(const TapeImage&) = delete;
    TapeImage& operator=(const TapeImage&) = delete;

private:
    PartitionContent& content_of(std::uint8_t partition);
    const PartitionContent& content_of(std::uint8_t partition) const;

    // The whole record of the block at `at`.
    MediumResult<Record> record_of(Position at);
    // Makes `at` the end of data.
    MediumResult<void> end_at(Position at);
    MediumResult<void> append_objects(Position at, RecordHeader header, base::BytesView extension,
                                      base::BytesView payload);
    MediumResult<void> leave_failure_behind();
    // Appends what a head would say now.
    MediumResult<Head> log_commit();
    MediumResult<void> write_indexes();
    MediumResult<void> write_index(std::uint8_t partition);
    void settle();
    void count_unindexed();
    Head head_now() const;
    std::uint64_t scan_from() const;

    MediumResult<bool> is_whole(Position at, const ObjectIndex::Place& place);

    // Records worth an index at a durable point.
    static constexpr std::uint64_t kRecordsWorthAnIndex = 256;

    std::unique_ptr<base::File> file_;
    TapeContent content_;
    RecordReader reader_;
    LogWriter writer_;
    std::uint64_t unindexed_ = 0;  // records since the last indexes
    // Since the last durable point: an end of data has moved, and no record says so; a commit
    // record says something that no other does.
    bool owes_commit_ = false;
    bool has_logged_commit_ = false;
    // The block that form() told of, for the read() that follows.
    std::optional<Position> known_at_;
    RecordHeader known_;
};

}  // namespace nearline::media
