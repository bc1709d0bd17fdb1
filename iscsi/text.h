// Text as login and text negotiation carry it (RFC 7143 6.1): key=value pairs, each ended by NUL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace nearline::iscsi {

using base::Bytes;
using base::BytesView;

struct KeyValue {
    std::string key;
    std::string value;
    bool operator==(const KeyValue&) const = default;
};

inline constexpr std::size_t kMaximumKeyLength = 63;     // RFC 7143 6.1
inline constexpr std::size_t kMaximumValueLength = 255;  // unless stated otherwise there
inline constexpr std::size_t kMaximumNameLength = 223;   // RFC 7143 4.2.7.1
// Large binary values: 1024 bytes in hexadecimal with "0x" (RFC 7143 12.1.3).
inline constexpr std::size_t kMaximumBinaryTextLength = 2050;

enum class TextError { MissingEquals, MissingNul, BadKey, DuplicateKey, ValueTooLong };

// The pairs in order. Empty strings between them are skipped: some initiators pad with NULs.
base::Result<std::vector<KeyValue>, TextError> parse_text(BytesView text);

void append_pair(Bytes& text, std::string_view key, std::string_view value);

bool is_valid_key(std::string_view key);
// 1 to 223 bytes of UTF-8, nothing that iSCSI names lower-case or exclude (RFC 3722).
bool is_valid_name(std::string_view name);
bool is_valid_utf8(std::string_view text);

// Decimal or 0x hexadecimal, below 2^64, nothing else around it (RFC 7143 6.1).
std::optional<std::uint64_t> parse_number(std::string_view text);
// 0x hexadecimal (an odd count has an implied leading 0) or 0b base64 (RFC 7143 6.1). At most
// kMaximumBinaryTextLength characters are looked at.
std::optional<Bytes> parse_binary(std::string_view text);
std::string binary_text(BytesView bytes);  // "0x…", lower case

}  // namespace nearline::iscsi
