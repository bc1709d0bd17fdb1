#include "media/little_endian.h"

#include <algorithm>

namespace nearline::media {

using base::Bytes;
using base::Failure;
using base::MutableBytes;

base::Failure<std::string> wrong_at(std::uint64_t offset, const std::string& what) {
    return Failure{"offset " + std::to_string(offset) + ": " + what};
}

std::uint32_t load_little_endian(base::BytesView bytes) {
    std::uint32_t value = 0;
    for (std::size_t at = bytes.size(); at-- > 0;) value = value << 8 | bytes[at];
    return value;
}

void append_little_endian(Bytes& out, std::uint32_t value, std::size_t width) {
    for (std::size_t at = 0; at < width; ++at) {
        out.push_back(static_cast<std::uint8_t>(value >> 8 * at));
    }
}

InterchangeResult<bool> Source::is_at_end() {
    Bytes byte(1);
    const auto count = file_.read_at(offset_, byte);
    if (!count) return Failure{count.error().message};
    return *count == 0;
}

InterchangeResult<void> Source::take(std::size_t count, Bytes& out, const char* what) {
    // In steps: a file may promise more than it has.
    constexpr std::size_t kStep = std::size_t{1} << 20;
    const std::uint64_t begin = offset_;
    while (count > 0) {
        const std::size_t have = out.size();
        const std::size_t step = std::min(count, kStep);
        out.resize(have + step);
        const auto got = file_.read_at(offset_, MutableBytes(out).subspan(have));
        if (!got) return Failure{got.error().message};
        if (*got < step) return wrong_at(begin, std::string("the file ends within ") + what);
        offset_ += step;
        count -= step;
    }
    return {};
}

InterchangeResult<std::uint32_t> Source::number(std::size_t width, const char* what) {
    Bytes bytes;
    if (auto done = take(width, bytes, what); !done) return Failure{done.error()};
    return load_little_endian(bytes);
}

}  // namespace nearline::media
