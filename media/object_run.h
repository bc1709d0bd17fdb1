// A run: objects of one partition that lie one behind the other and are alike. Runs are what an
// index is made of, in memory and in the image's index records, in the same few bytes each.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace nearline::media {

enum class RunKind : std::uint8_t {
    Blocks = 0,     // a record each, all of one size
    Filemarks = 1,  // one record for all of them
    Lost = 2,       // objects that damage took: nothing is known of them but their numbers
};

struct Run {
    RunKind kind = RunKind::Blocks;
    std::uint64_t count = 0;
    std::uint64_t offset = 0;     // of the first record in the file
    std::uint32_t stored = 0;     // of each block, bytes on tape
    std::uint16_t extension = 0;  // of each block's record
    bool operator==(const Run&) const = default;
};

// How large the records of an image are.
class RecordSizes {
public:
    explicit RecordSizes(bool is_discarding) : is_discarding_(is_discarding) {}

    std::uint64_t of_block(const Run& run) const;
    // The offset behind the last record of `run`.
    std::uint64_t end(const Run& run) const;

private:
    bool is_discarding_;
};

// run = gap? varint(count - 1, kind) (varint(stored, has_extension) varint(extension)?)?
// `end` is where the run before ended, and then where this one does.
void write_run(base::Bytes& out, const Run& run, const RecordSizes& sizes, std::uint64_t& end);
// The run at `position`, which moves behind it; nothing when there is none.
std::optional<Run> read_run(base::BytesView bytes, std::size_t& position, const RecordSizes& sizes,
                            std::uint64_t& end);

}  // namespace nearline::media
