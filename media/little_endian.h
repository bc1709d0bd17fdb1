// Numbers of the exchange formats, which are little-endian, and their files read in order.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "media/interchange.h"

namespace nearline::media {

std::uint32_t load_little_endian(base::BytesView bytes);
void append_little_endian(base::Bytes& out, std::uint32_t value, std::size_t width);

// A file from its beginning to its end. Fails with a sentence that names the offset.
class Source {
public:
    explicit Source(base::File& file) : file_(file) {}

    std::uint64_t offset() const { return offset_; }
    // Whether nothing is left.
    InterchangeResult<bool> is_at_end();
    // Exactly `count` bytes, appended to `out`; `what` they are, for who misses them.
    InterchangeResult<void> take(std::size_t count, base::Bytes& out, const char* what);
    InterchangeResult<std::uint32_t> number(std::size_t width, const char* what);

private:
    base::File& file_;
    std::uint64_t offset_ = 0;
};

base::Failure<std::string> wrong_at(std::uint64_t offset, const std::string& what);

}  // namespace nearline::media
