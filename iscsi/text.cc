#include "iscsi/text.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace nearline::iscsi {
namespace {

bool is_key_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '+' || c == '@' || c == '_' || c == '#';
}

std::size_t value_limit(std::string_view key) {
    return key == "CHAP_C" || key == "CHAP_R" ? kMaximumBinaryTextLength : kMaximumValueLength;
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    for (std::size_t at = 1; at < length; ++at) {
        if ((byte(at) & 0xC0) != 0x80) return 0;
    }
    const bool is_overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool is_surrogate = lead == 0xED && byte(1) >= 0xA0;
    const bool is_beyond = lead == 0xF4 && byte(1) >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

}  // namespace

base::Result<std::vector<KeyValue>, TextError> parse_text(BytesView text) {
    std::vector<KeyValue> pairs;
    std::set<std::string_view> seen;
    std::string_view rest = base::as_text(text);
    while (!rest.empty()) {
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos) return base::Failure{TextError::MissingNul};
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) return base::Failure{TextError::MissingEquals};
        const std::string_view key = pair.substr(0, equals);
        const std::string_view value = pair.substr(equals + 1);
        if (!is_valid_key(key)) return base::Failure{TextError::BadKey};
        if (value.size() > value_limit(key)) return base::Failure{TextError::ValueTooLong};
        if (!seen.insert(key).second) return base::Failure{TextError::DuplicateKey};
        pairs.push_back({std::string(key), std::string(value)});
    }
    return pairs;
}

void append_pair(Bytes& text, std::string_view key, std::string_view value) {
    base::ByteWriter(text).text(key).u8('=').text(value).u8(0);
}

bool is_valid_key(std::string_view key) {
    return !key.empty() && key.size() <= kMaximumKeyLength &&
           std::all_of(key.begin(), key.end(), is_key_character);
}

bool is_valid_name(std::string_view name) {
    const auto is_excluded = [](char c) {
        const auto byte = static_cast<std::uint8_t>(c);
        return byte <= ' ' || byte == 0x7F || (c >= 'A' && c <= 'Z');
    };
    return !name.empty() && name.size() <= kMaximumNameLength &&
           std::none_of(name.begin(), name.end(), is_excluded) && is_valid_utf8(name);
}

bool is_valid_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    return base::parse_unsigned(text);
}

std::optional<Bytes> parse_binary(std::string_view text) {
    if (text.size() < 3 || text.size() > kMaximumBinaryTextLength) return std::nullopt;
    const std::string prefix = base::to_lower(text.substr(0, 2));
    const std::string digits(text.substr(2));
    if (prefix == "0x") return base::from_hex(digits.size() % 2 == 0 ? digits : "0" + digits);
    if (prefix == "0b") return base::from_base64(digits);
    return std::nullopt;
}

std::string binary_text(BytesView bytes) {
    return "0x" + base::to_hex(bytes);
}

}  // namespace nearline::iscsi
