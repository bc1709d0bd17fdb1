// Small text helpers: hexadecimal, base64, splitting, numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace nearline::base {

std::string to_hex(BytesView bytes);                        // "0a1bff", lower case
std::optional<Bytes> from_hex(std::string_view digits);     // even count of digits, either case
std::string to_base64(BytesView bytes);                     // RFC 4648 4, padded
std::optional<Bytes> from_base64(std::string_view text);    // nullopt for anything else

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);               // blanks, tabs, CR, LF at both ends
std::string_view trim_right(std::string_view text, char padding);
std::string to_lower(std::string_view text);               // ASCII only
std::string to_upper(std::string_view text);

// The whole of `text` as an unsigned decimal or, with 0x, hexadecimal number.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

}  // namespace nearline::base
