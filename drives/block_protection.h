// Logical block protection (SSC-4 4.2.29): a check behind each block on its way between host and
// drive. On the tape it is not kept: the medium has checksums of its own, and what READ gives is
// made anew from what they vouch for.
#pragma once

#include <cstdint>

#include "drives/block_codec.h"

namespace nearline::drives {

enum class ProtectionMethod : std::uint8_t {  // page 0Ah/F0h
    None = 0,
    ReedSolomon = 1,  // the CRC of Ultrium tapes: LTO-5 and LTO-6
    Crc32c = 2,       // Castagnoli's: from LTO-7 on
};

// Bytes of either check.
inline constexpr std::uint32_t kProtectionLength = 4;

// The check as it stands behind `block`.
std::uint32_t reed_solomon_crc(base::BytesView block);
base::Bytes protection_of(ProtectionMethod method, base::BytesView block);

// Takes the check from what WRITE brings, and gives READ its own; `inner` does the rest.
class ProtectingCodec final : public BlockCodec {
public:
    explicit ProtectingCodec(BlockCodec& inner) : inner_(inner) {}
    void protect(ProtectionMethod writes, ProtectionMethod reads) {
        writes_ = writes;
        reads_ = reads;
    }
    // What a block that WRITE brings has of it.
    std::uint32_t length_on_write() const {
        return writes_ == ProtectionMethod::None ? 0 : kProtectionLength;
    }

    Result<EncodedBlock, Sense> encode(base::BytesView block) override;
    std::optional<Sense> why_not_decode(const media::BlockForm& form) const override;
    Result<void, Sense> decode(const media::BlockForm& form, base::BytesView stored,
                               base::MutableBytes block) override;
    std::uint32_t host_length(const media::BlockForm& form) const override {
        return inner_.host_length(form);
    }
    std::uint32_t appended_length() const override;
    void append(base::BytesView block, base::MutableBytes appended) const override;

private:
    BlockCodec& inner_;
    ProtectionMethod writes_ = ProtectionMethod::None;
    ProtectionMethod reads_ = ProtectionMethod::None;
};

}  // namespace nearline::drives
