// What a drive does to a block on its way to the tape and back: compression, then encryption.
#pragma once

#include "media/medium.h"
#include "scsi/sense.h"

namespace nearline::drives {

using base::Result;
using scsi::Sense;

// A block as it goes onto the tape. It looks at the host's bytes where nothing was done to them,
// and at the codec's room where they were compressed, which the next block takes.
struct EncodedBlock {
    media::BlockForm form;
    base::Bytes made;       // empty: they are elsewhere
    base::BytesView there;  // must outlive it
    base::BytesView stored() const { return made.empty() ? there : base::BytesView(made); }
};

class BlockCodec {
public:
    virtual ~BlockCodec() = default;
    virtual Result<EncodedBlock, Sense> encode(base::BytesView block) = 0;
    // Why a block of this form cannot be given to the host: no key, another key, no key wanted.
    virtual std::optional<Sense> why_not_decode(const media::BlockForm& form) const = 0;
    // What the host gets of a block of this form, bytes.
    virtual std::uint32_t host_length(const media::BlockForm& form) const { return form.length; }
    // `block` has exactly host_length(form) bytes.
    virtual Result<void, Sense> decode(const media::BlockForm& form, base::BytesView stored,
                                       base::MutableBytes block) = 0;
    // What READ gives behind each block, and how it is filled: `block` has the bytes before it.
    virtual std::uint32_t appended_length() const { return 0; }
    virtual void append(base::BytesView block, base::MutableBytes appended) const {
        (void)block, (void)appended;
    }
};

// Leaves every block as it is.
class PlainCodec final : public BlockCodec {
public:
    Result<EncodedBlock, Sense> encode(base::BytesView block) override;
    std::optional<Sense> why_not_decode(const media::BlockForm& form) const override;
    Result<void, Sense> decode(const media::BlockForm& form, base::BytesView stored,
                               base::MutableBytes block) override;
};

// Compresses what becomes smaller by it, while it is told to, and reads what any drive made.
class CompressingCodec final : public BlockCodec {
public:
    void compress_with(media::Compression method) { method_ = method; }
    media::Compression method() const { return method_; }

    Result<EncodedBlock, Sense> encode(base::BytesView block) override;
    std::optional<Sense> why_not_decode(const media::BlockForm& form) const override;
    Result<void, Sense> decode(const media::BlockForm& form, base::BytesView stored,
                               base::MutableBytes block) override;

private:
    media::Compression method_ = media::Compression::None;
    base::Bytes room_;  // of the block compressed last
};

}  // namespace nearline::drives
