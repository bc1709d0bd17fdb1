#include "base/chunked_bytes.h"

#include <algorithm>

namespace nearline::base {
namespace {

std::size_t chunk_of(std::uint64_t offset) {
    return static_cast<std::size_t>(offset / ChunkedBytes::kChunkSize);
}

std::size_t within_chunk(std::uint64_t offset) {
    return static_cast<std::size_t>(offset % ChunkedBytes::kChunkSize);
}

std::size_t chunks_for(std::uint64_t size) {
    return chunk_of(size) + (within_chunk(size) == 0 ? 0 : 1);
}

}  // namespace

std::size_t ChunkedBytes::read(std::uint64_t offset, MutableBytes out) const {
    if (offset >= size_) return 0;
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    for (std::size_t done = 0; done < count;) {
        const std::size_t from = within_chunk(offset + done);
        const std::size_t step = std::min(count - done, kChunkSize - from);
        const MutableBytes part = out.subspan(done, step);
        if (const auto& chunk = now_[chunk_of(offset + done)]) {
            std::copy_n(chunk->data() + from, step, part.data());
        } else {
            std::fill(part.begin(), part.end(), std::uint8_t{0});
        }
        done += step;
    }
    return count;
}

void ChunkedBytes::write(std::uint64_t offset, BytesView bytes) {
    if (bytes.empty()) return;
    if (offset + bytes.size() > size_) resize(offset + bytes.size());
    for (std::size_t done = 0; done < bytes.size();) {
        const std::size_t from = within_chunk(offset + done);
        const std::size_t step = std::min(bytes.size() - done, kChunkSize - from);
        Chunk& chunk = writable(chunk_of(offset + done), step < kChunkSize);
        std::copy_n(bytes.data() + done, step, chunk.data() + from);
        done += step;
    }
}

void ChunkedBytes::resize(std::uint64_t size) {
    if (size < size_) clear_from(size);
    now_.resize(chunks_for(size));
    size_ = size;
}

// What is cut off must not come back when the file grows again.
void ChunkedBytes::clear_from(std::uint64_t size) {
    const std::size_t first_gone = chunks_for(size);
    for (std::size_t index = first_gone; index < now_.size(); ++index) {
        if (now_[index]) changed_.insert(index);
    }
    if (within_chunk(size) == 0 || !now_[chunk_of(size)]) return;
    Chunk& last = writable(chunk_of(size), true);
    std::fill(last.begin() + static_cast<std::ptrdiff_t>(within_chunk(size)), last.end(),
              std::uint8_t{0});
}

void ChunkedBytes::make_durable() {
    durable_.resize(now_.size());
    for (const std::size_t index : changed_) {
        if (index < now_.size()) durable_[index] = now_[index];
    }
    changed_.clear();
    durable_size_ = size_;
}

void ChunkedBytes::fall_back_to_durable() {
    now_ = durable_;
    changed_.clear();
    size_ = durable_size_;
}

// A chunk that the durable content shares is copied first, unless all of it is about to change.
ChunkedBytes::Chunk& ChunkedBytes::writable(std::size_t index, bool keeps_content) {
    std::shared_ptr<Chunk>& chunk = now_[index];
    const bool is_shared = chunk && index < durable_.size() && chunk == durable_[index];
    if (!chunk) {
        chunk = std::make_shared<Chunk>(kChunkSize);
        changed_.insert(index);
    } else if (is_shared) {
        chunk =
            keeps_content ? std::make_shared<Chunk>(*chunk) : std::make_shared<Chunk>(kChunkSize);
        changed_.insert(index);
    }
    return *chunk;
}

}  // namespace nearline::base
