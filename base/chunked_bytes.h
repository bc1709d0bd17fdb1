// The content of a file in memory: what it is now, and what a loss of power would leave of it. Both
// share the chunks that are equal, so that a sync costs what was written since the one before, and
// holes cost nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "base/bytes.h"

namespace nearline::base {

class ChunkedBytes {
public:
    static constexpr std::size_t kChunkSize = std::size_t{1} << 14;

    std::uint64_t size() const { return size_; }
    // Fills as much of `out` as there is from `offset` on; returns how much.
    std::size_t read(std::uint64_t offset, MutableBytes out) const;
    // Grows when `bytes` reach beyond the end; what lies between reads as zeros.
    void write(std::uint64_t offset, BytesView bytes);
    void resize(std::uint64_t size);

    void make_durable();
    void fall_back_to_durable();

private:
    using Chunk = std::vector<std::uint8_t>;             // of kChunkSize
    using Chunks = std::vector<std::shared_ptr<Chunk>>;  // shared by now_ and durable_; null: zeros

    Chunk& writable(std::size_t index, bool keeps_content);
    void clear_from(std::uint64_t size);

    Chunks now_;
    Chunks durable_;
    std::uint64_t size_ = 0;
    std::uint64_t durable_size_ = 0;
    std::set<std::size_t> changed_;  // chunks that may differ
};

}  // namespace nearline::base
