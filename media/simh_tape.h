// SIMH's .tap: length(4) block, padded to even, length(4) again; a filemark is a length of 0. All
// little-endian.
#pragma once

#include "media/interchange.h"
#include "media/little_endian.h"

namespace nearline::media {

class SimhReader final : public InterchangeReader {
public:
    explicit SimhReader(base::File& file) : source_(file) {}
    InterchangeResult<std::optional<InterchangeItem>> next() override;

private:
    InterchangeResult<std::optional<InterchangeItem>> block(std::uint32_t length);

    Source source_;
};

class SimhWriter final : public InterchangeWriter {
public:
    InterchangeResult<void> add_block(base::BytesView block, base::Bytes& out) override;
    void add_filemark(base::Bytes& out) override;
    void end(base::Bytes& out) override;
};

}  // namespace nearline::media
