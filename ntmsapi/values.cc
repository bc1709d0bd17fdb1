#include "ntmsapi/values.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/bytes.h"
#include "base/text.h"

namespace nearline::ntmsapi {
namespace {

// One code point and the units it takes; zero units: not well-formed.
struct Decoded {
    char32_t code_point = 0;
    std::size_t units = 0;
};

bool is_surrogate(char32_t unit) {
    return unit >= 0xD800 && unit <= 0xDFFF;
}

// UTF-8 (RFC 3629 3): no surrogates, nothing longer than it must be, nothing past U+10FFFF.
Decoded decode(std::string_view text) {
    const auto byte_at = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const char32_t first = byte_at(0);
    if (first < 0x80) return {first, 1};
    const std::size_t units = first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (units == 0 || first >= 0xF8 || text.size() < units) return {};
    char32_t code_point = first & (0x7FU >> units);
    for (std::size_t at = 1; at < units; ++at) {
        if ((byte_at(at) & 0xC0U) != 0x80U) return {};
        code_point = code_point << 6 | (byte_at(at) & 0x3FU);
    }
    const char32_t least = units == 2 ? 0x80 : units == 3 ? 0x800 : 0x10000;
    if (code_point < least || code_point > 0x10FFFF || is_surrogate(code_point)) return {};
    return {code_point, units};
}

Decoded decode(std::basic_string_view<WCHAR> text) {
    const char32_t first = text.front();
    if (!is_surrogate(first)) return {first, 1};
    if (first >= 0xDC00 || text.size() < 2) return {};
    const char32_t second = text[1];
    if (second < 0xDC00 || second > 0xDFFF) return {};
    return {0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), 2};
}

void append_utf8(std::string& out, char32_t code_point) {
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto put_rest = [&](int shift) { put(0x80 | (code_point >> shift & 0x3F)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put_rest(0);
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put_rest(6);
        put_rest(0);
    } else {
        put(0xF0 | code_point >> 18);
        put_rest(12);
        put_rest(6);
        put_rest(0);
    }
}

template <typename Unit>
std::optional<std::string> checked_utf8(std::basic_string_view<Unit> text) {
    std::string utf8;
    while (!text.empty()) {
        const Decoded next = decode(text);
        if (next.units == 0) return std::nullopt;
        append_utf8(utf8, next.code_point);
        text.remove_prefix(next.units);
    }
    return utf8;
}

// A byte that is no UTF-8 becomes U+FFFD: the service's text is shown, never refused.
Decoded decode_leniently(std::string_view text) {
    const Decoded next = decode(text);
    return next.units == 0 ? Decoded{0xFFFD, 1} : next;
}

void append_utf16(std::basic_string<WCHAR>& out, char32_t code_point) {
    if (code_point < 0x10000) {
        out.push_back(static_cast<WCHAR>(code_point));
        return;
    }
    out.push_back(static_cast<WCHAR>(0xD800 + ((code_point - 0x10000) >> 10)));
    out.push_back(static_cast<WCHAR>(0xDC00 + ((code_point - 0x10000) & 0x3FF)));
}

std::string without_punctuation(std::string_view text) {
    if (text.size() >= 2 && text.front() == '{' && text.back() == '}') {
        text = text.substr(1, text.size() - 2);
    }
    constexpr std::size_t kHyphens[] = {8, 13, 18, 23};
    constexpr std::size_t kHyphenated = 36;
    std::string digits(text);
    if (text.size() != kHyphenated) return digits;
    for (auto at = std::rbegin(kHyphens); at != std::rend(kHyphens); ++at) {
        if (digits[*at] == '-') digits.erase(*at, 1);
    }
    return digits;
}

}  // namespace

std::string to_text(const GUID& id) {
    base::Bytes bytes;
    base::ByteWriter out(bytes);
    out.u32(id.Data1);
    out.u16(id.Data2);
    out.u16(id.Data3);
    for (const BYTE byte : id.Data4) out.u8(byte);
    std::string text = base::to_hex(bytes);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, 1, '-');
    return text;
}

std::optional<GUID> parse_guid(std::string_view text) {
    GUID id = NTMS_NULLGUID;
    if (text.empty()) return id;
    const auto bytes = base::from_hex(without_punctuation(text));
    if (!bytes || bytes->size() != sizeof(GUID)) return std::nullopt;
    base::ByteReader in(*bytes);
    id.Data1 = in.u32();
    id.Data2 = in.u16();
    id.Data3 = in.u16();
    for (BYTE& byte : id.Data4) byte = in.u8();
    return id;
}

std::optional<std::string> to_utf8(std::string_view text) {
    return checked_utf8(text);
}

std::optional<std::string> to_utf8(std::basic_string_view<WCHAR> text) {
    return checked_utf8(text);
}

std::basic_string<WCHAR> to_utf16(std::string_view utf8) {
    std::basic_string<WCHAR> text;
    while (!utf8.empty()) {
        const Decoded next = decode_leniently(utf8);
        append_utf16(text, next.code_point);
        utf8.remove_prefix(next.units);
    }
    return text;
}

void copy_text(std::string_view utf8, CHAR* out, std::size_t size) {
    std::size_t used = 0;
    for (std::string_view rest = utf8; !rest.empty();) {
        const std::size_t units = decode_leniently(rest).units;
        if (used + units >= size) break;
        used += units;
        rest.remove_prefix(units);
    }
    std::memcpy(out, utf8.data(), used);
    std::fill(out + used, out + size, CHAR{});
}

void copy_text(std::string_view utf8, WCHAR* out, std::size_t size) {
    const std::basic_string<WCHAR> text = to_utf16(utf8);
    std::size_t used = std::min(text.size(), size - 1);
    // Not between the two halves of a surrogate pair.
    const bool is_half =
        used < text.size() && used > 0 && text[used - 1] >= 0xD800 && text[used - 1] <= 0xDBFF;
    if (is_half) --used;
    std::copy_n(text.begin(), used, out);
    std::fill(out + used, out + size, WCHAR{});
}

SYSTEMTIME to_system_time(std::uint64_t milliseconds) {
    namespace chrono = std::chrono;
    SYSTEMTIME time = {};
    // The year 30827 is the last that a SYSTEMTIME may name.
    constexpr std::uint64_t kEnd = 910'692'730'085'477;
    if (milliseconds == 0 || milliseconds > kEnd) return time;
    const chrono::sys_time<chrono::milliseconds> moment{
        chrono::milliseconds(static_cast<std::int64_t>(milliseconds))};
    const auto day = chrono::floor<chrono::days>(moment);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(moment - day);
    time.wYear = static_cast<WORD>(static_cast<int>(date.year()));
    time.wMonth = static_cast<WORD>(static_cast<unsigned>(date.month()));
    time.wDay = static_cast<WORD>(static_cast<unsigned>(date.day()));
    time.wDayOfWeek = static_cast<WORD>(chrono::weekday(day).c_encoding());
    time.wHour = static_cast<WORD>(clock.hours().count());
    time.wMinute = static_cast<WORD>(clock.minutes().count());
    time.wSecond = static_cast<WORD>(clock.seconds().count());
    time.wMilliseconds = static_cast<WORD>(clock.subseconds().count());
    return time;
}

}  // namespace nearline::ntmsapi
