#include "drives/block_protection.h"

#include <algorithm>
#include <array>

#include "base/crc32c.h"
#include "drives/tape_sense.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using base::BytesView;

// Twice `value` in the field of 256 elements made by x^8 + x^4 + x^3 + x^2 + 1.
constexpr std::uint8_t doubled(std::uint8_t value) {
    return static_cast<std::uint8_t>(value << 1 ^ ((value & 0x80) != 0 ? 0x1D : 0));
}

constexpr std::uint8_t product(std::uint8_t a, std::uint8_t b) {
    std::uint8_t sum = 0;
    for (; b != 0; b = static_cast<std::uint8_t>(b >> 1)) {
        if ((b & 1) != 0) sum ^= a;
        a = doubled(a);
    }
    return sum;
}

// What a byte leaves of the generator x^4 + a^201 x^3 + a^246 x^2 + a^201 x + 1, a being 2: the CRC
// of a logical block on Ultrium tape (ECMA-319).
constexpr std::uint32_t remainder_of(std::uint8_t byte) {
    constexpr std::array<std::uint8_t, 4> kGenerator = {0x38, 0xCF, 0x38, 0x01};
    std::uint32_t remainder = 0;
    for (const std::uint8_t coefficient : kGenerator) {
        remainder = remainder << 8 | product(byte, coefficient);
    }
    return remainder;
}

constexpr std::array<std::uint32_t, 256> kRemainders = [] {
    std::array<std::uint32_t, 256> remainders{};
    for (std::size_t byte = 0; byte < remainders.size(); ++byte) {
        remainders[byte] = remainder_of(static_cast<std::uint8_t>(byte));
    }
    return remainders;
}();

}  // namespace

std::uint32_t reed_solomon_crc(BytesView block) {
    std::uint32_t remainder = 0;
    for (const std::uint8_t byte : block) {
        const auto leading = static_cast<std::uint8_t>(remainder >> 24);
        remainder = remainder << 8 ^ kRemainders[leading ^ byte];
    }
    return remainder;
}

// CRC32C goes out as iSCSI's digests do, its least significant byte first; the other in the order
// of its coefficients.
Bytes protection_of(ProtectionMethod method, BytesView block) {
    if (method == ProtectionMethod::None) return {};
    Bytes check(kProtectionLength);
    if (method == ProtectionMethod::ReedSolomon) {
        base::store_big_endian(check, 0, kProtectionLength, reed_solomon_crc(block));
        return check;
    }
    base::store_big_endian(check, 0, kProtectionLength, base::crc32c(block));
    std::reverse(check.begin(), check.end());
    return check;
}

Result<EncodedBlock, Sense> ProtectingCodec::encode(BytesView block) {
    if (writes_ == ProtectionMethod::None) return inner_.encode(block);
    if (block.size() <= kProtectionLength) return base::Failure{kBlockGuardCheckFailed};
    const BytesView data = block.first(block.size() - kProtectionLength);
    const BytesView came = block.last(kProtectionLength);
    const Bytes check = protection_of(writes_, data);
    if (!std::equal(check.begin(), check.end(), came.begin(), came.end())) {
        return base::Failure{kBlockGuardCheckFailed};
    }
    return inner_.encode(data);
}

std::optional<Sense> ProtectingCodec::why_not_decode(const media::BlockForm& form) const {
    return inner_.why_not_decode(form);
}

Result<void, Sense> ProtectingCodec::decode(const media::BlockForm& form, BytesView stored,
                                            base::MutableBytes block) {
    return inner_.decode(form, stored, block);
}

std::uint32_t ProtectingCodec::appended_length() const {
    return reads_ == ProtectionMethod::None ? 0 : kProtectionLength;
}

void ProtectingCodec::append(BytesView block, base::MutableBytes appended) const {
    const Bytes check = protection_of(reads_, block);
    std::copy(check.begin(), check.end(), appended.begin());
}

}  // namespace nearline::drives
