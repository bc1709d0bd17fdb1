#include "apps/tape/tape_key.h"

#include <utility>

#include "apps/tape/tape_stream.h"
#include "base/text.h"

namespace nearline::apps {

base::Result<base::Bytes, std::string> read_tape_key(const std::string& path) {
    constexpr std::size_t kSize = 32;
    constexpr std::size_t kLongestFile = 256;
    auto source = TapeSource::open(path);
    if (!source) return base::Failure{source.error()};
    auto contents = source->read(kLongestFile);
    if (!contents) return base::Failure{contents.error()};
    if (contents->size() == kSize) return std::move(*contents);
    auto key = base::from_hex(base::trim(base::as_text(*contents)));
    if (key && key->size() == kSize) return std::move(*key);
    return base::Failure{path + ": a key is 64 hexadecimal digits, or 32 bytes"};
}

}  // namespace nearline::apps
