// AWSTAPE: chunks of at most 65535 bytes, each behind length(2) length_before(2) flags(2), the
// numbers little-endian. A block is one chunk or several.
#pragma once

#include "media/interchange.h"
#include "media/little_endian.h"

namespace nearline::media {

class AwstapeReader final : public InterchangeReader {
public:
    explicit AwstapeReader(base::File& file) : source_(file) {}
    InterchangeResult<std::optional<InterchangeItem>> next() override;

private:
    struct Chunk {
        std::uint64_t offset = 0;
        std::uint32_t length = 0;
        std::uint32_t flags = 0;
    };
    InterchangeResult<Chunk> chunk();
    InterchangeResult<std::optional<InterchangeItem>> block(Chunk first);

    Source source_;
    std::uint32_t length_before_ = 0;
};

class AwstapeWriter final : public InterchangeWriter {
public:
    InterchangeResult<void> add_block(base::BytesView block, base::Bytes& out) override;
    void add_filemark(base::Bytes& out) override;
    void end(base::Bytes&) override {}  // the end of the file

private:
    void add_chunk(base::BytesView part, std::uint32_t flags, base::Bytes& out);

    std::uint32_t length_before_ = 0;
};

}  // namespace nearline::media
