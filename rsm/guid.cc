#include "rsm/guid.h"

#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace nearline::rsm {
namespace {

constexpr std::size_t kDigits = 32;
constexpr std::string_view kNull = "00000000000000000000000000000000";

std::string with_hyphens(const std::string& digits) {
    std::string text;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at == 8 || at == 12 || at == 16 || at == 20) text += '-';
        text += digits[at];
    }
    return text;
}

bool is_hexadecimal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

Guid::Guid(std::uint64_t high, std::uint64_t low) {
    constexpr std::uint64_t kVersion4 = 0x4000;
    constexpr std::uint64_t kVariant = 0x8000'0000'0000'0000;
    base::Bytes bytes;
    base::ByteWriter(bytes)
        .u64((high & ~std::uint64_t{0xF000}) | kVersion4)
        .u64((low & 0x3FFF'FFFF'FFFF'FFFF) | kVariant);
    text_ = with_hyphens(base::to_hex(bytes));
}

std::optional<Guid> Guid::parse(std::string_view text) {
    if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
    std::string digits;
    for (const char c : base::to_lower(text)) {
        if (c == '-') continue;
        if (!is_hexadecimal(c) || digits.size() == kDigits) return std::nullopt;
        digits += c;
    }
    if (digits.size() != kDigits) return std::nullopt;
    if (digits == kNull) return Guid();
    return from_canonical(with_hyphens(digits));
}

Guid Guid::from_canonical(std::string text) {
    Guid guid;
    guid.text_ = std::move(text);
    return guid;
}

}  // namespace nearline::rsm
