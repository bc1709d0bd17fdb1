// A tape as simple as can be: a list of blocks and filemarks for each partition and a place in one
// of them. Every command is a walk along the list, step by step, as SSC-4 tells it. What hosts may
// expect of a drive is read off here, and nothing is shared with the drive but the sense codes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "scsi/outcome.h"

namespace nearline::tape_model {

// What a host gets: a status with sense, and the data of a READ.
struct Expected {
    scsi::Outcome outcome;
    base::Bytes data;
};

// What READ POSITION tells.
struct Whereabouts {
    std::uint8_t partition = 0;
    std::uint64_t object = 0;
    std::uint64_t file = 0;
    bool is_at_beginning = false;
    bool is_in_end_zone = false;
};

class TapeModel {
public:
    // A partition takes its size in bytes, then warns, and has room for `end_zone` bytes more. A
    // filemark takes `mark` bytes.
    struct Limits {
        std::uint64_t size = 0;
        std::uint64_t end_zone = 0;
        std::uint64_t mark = 0;
    };
    explicit TapeModel(Limits limits) : limits_(limits) { format({limits.size}); }

    void format(const std::vector<std::uint64_t>& sizes);
    // Unloaded, and loaded again.
    void load() { here_ = 0, at_ = 0; }
    void set_block_length(std::uint32_t length) { block_length_ = length; }
    std::uint32_t block_length() const { return block_length_; }
    std::uint8_t partitions() const { return static_cast<std::uint8_t>(tape_.size()); }
    std::uint64_t objects() const { return tape_[here_].objects.size(); }
    std::uint64_t object() const { return at_; }

    Expected read(bool is_fixed, bool suppresses, std::uint32_t count);
    Expected verify(bool is_fixed, std::uint32_t count);
    Expected write(bool is_fixed, std::uint32_t count, const base::Bytes& data);
    Expected write_filemarks(std::uint32_t count);
    Expected space_blocks(std::int64_t count);
    Expected space_filemarks(std::int64_t count);
    Expected space_to_end();
    // To another partition only when it is named.
    Expected locate(std::optional<std::uint8_t> partition, std::uint64_t object);
    Expected locate_file(std::optional<std::uint8_t> partition, std::uint64_t file);
    Expected locate_end(std::optional<std::uint8_t> partition);
    Expected rewind();
    Expected erase();
    Whereabouts whereabouts() const;

    // Of the partition it is in, in order: a block, or nothing for a filemark.
    using Contents = std::vector<std::optional<base::Bytes>>;
    Contents contents() const;

private:
    struct Object {
        bool is_mark = false;
        base::Bytes block;
    };
    struct Partition {
        std::uint64_t size = 0;
        std::vector<Object> objects;
    };

    std::vector<Object>& list() { return tape_[here_].objects; }
    bool is_at_end() const { return at_ == objects(); }
    bool is_refused(std::optional<std::uint8_t> partition) const;
    // Bytes of capacity before the place.
    std::uint64_t taken() const;
    std::uint64_t room() const;
    void put(Object object);
    Expected warned() const;

    Limits limits_;
    std::vector<Partition> tape_;
    std::size_t here_ = 0;
    std::uint64_t at_ = 0;
    std::uint32_t block_length_ = 0;  // 0: blocks of any length only
};

}  // namespace nearline::tape_model
