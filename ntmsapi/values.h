// Values on their way between the C interface and the service: GUIDs, text, times.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ntmsapi/include/ntmsapi.h"

namespace nearline::ntmsapi {

inline constexpr GUID kNullGuid = NTMS_NULLGUID;

std::string to_text(const GUID& id);  // "6e9a0c1e-0f5b-4c1d-9b7e-1f2a3b4c5d6e"
// Any case, with or without hyphens and braces. Empty text is the null GUID.
std::optional<GUID> parse_guid(std::string_view text);

// The A forms hold UTF-8, the W forms UTF-16. nullopt: the text is not well-formed.
std::optional<std::string> to_utf8(std::string_view text);
std::optional<std::string> to_utf8(std::basic_string_view<WCHAR> text);
std::basic_string<WCHAR> to_utf16(std::string_view utf8);

// The characters of an array up to its zero, or all of it.
template <typename Character, std::size_t Size>
std::basic_string_view<Character> text_of(const Character (&array)[Size]) {
    const std::basic_string_view<Character> whole(array, Size);
    return whole.substr(0, whole.find(Character{}));
}

// Cuts text that is too long before the first character that does not fit with a zero behind it.
void copy_text(std::string_view utf8, CHAR* out, std::size_t size);
void copy_text(std::string_view utf8, WCHAR* out, std::size_t size);
template <typename Character, std::size_t Size>
void copy_text(std::string_view utf8, Character (&out)[Size]) {
    copy_text(utf8, out, Size);
}

// Milliseconds since 1970-01-01 as UTC; 0 is never, which is all zeros.
SYSTEMTIME to_system_time(std::uint64_t milliseconds);

}  // namespace nearline::ntmsapi
