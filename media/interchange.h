// Tapes in the formats that other programs exchange: SIMH's .tap and AWSTAPE. Reading takes any
// bytes and tells the offset of what is wrong; nothing here holds more than one block.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace nearline::media {

class Medium;

enum class InterchangeFormat : std::uint8_t { Simh, Awstape };

// "simh" or "awstape".
std::optional<InterchangeFormat> interchange_format(std::string_view name);
// By the ending of a file's name: .tap is SIMH's, .aws AWSTAPE.
std::optional<InterchangeFormat> interchange_format_of_file(const std::string& path);

inline constexpr std::size_t kLargestBlock = (std::size_t{1} << 24) - 1;  // SSC's block lengths

template <typename T>
using InterchangeResult = base::Result<T, std::string>;  // what is wrong, with its offset

// What comes next on a tape: a block, or a filemark.
struct InterchangeItem {
    bool is_filemark = false;
    base::Bytes block;
};

class InterchangeReader {
public:
    virtual ~InterchangeReader() = default;
    // Nothing at the end of the tape.
    virtual InterchangeResult<std::optional<InterchangeItem>> next() = 0;
};
std::unique_ptr<InterchangeReader> interchange_reader(InterchangeFormat format, base::File& file);

// Appends to a buffer; who gave it empties it.
class InterchangeWriter {
public:
    virtual ~InterchangeWriter() = default;
    virtual InterchangeResult<void> add_block(base::BytesView block, base::Bytes& out) = 0;
    virtual void add_filemark(base::Bytes& out) = 0;
    virtual void end(base::Bytes& out) = 0;
};
std::unique_ptr<InterchangeWriter> interchange_writer(InterchangeFormat format);

struct Exchanged {
    std::uint64_t blocks = 0;
    std::uint64_t filemarks = 0;
    std::uint64_t bytes = 0;  // of the blocks
};

// Appends all of `from` to partition 0 of `to` and syncs it.
InterchangeResult<Exchanged> import_tape(base::File& from, InterchangeFormat format, Medium& to);
// Writes a partition to `to`, which is empty. Encrypted blocks cannot be: nobody else has the key,
// and no format has a place for what decrypting needs.
InterchangeResult<Exchanged> export_tape(Medium& from, std::uint8_t partition,
                                         InterchangeFormat format, base::File& to);

}  // namespace nearline::media
