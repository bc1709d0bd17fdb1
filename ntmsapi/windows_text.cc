// Text in units of 16 bits, whatever the C library's own wide characters are: the functions of
// wchar.h and strsafe.h for it, printing, and conversion from and to UTF-8.
#include <algorithm>
#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "ntmsapi/error_names.h"
#include "ntmsapi/include/strsafe.h"
#include "ntmsapi/values.h"

namespace nearline::ntmsapi {
namespace {

using WideView = std::basic_string_view<WCHAR>;
using WideText = std::basic_string<WCHAR>;

int sign_of(int number) {
    return number < 0 ? -1 : number > 0 ? 1 : 0;
}

// Only the letters of ASCII have two cases here.
WCHAR lower(WCHAR unit) {
    return unit >= 'A' && unit <= 'Z' ? static_cast<WCHAR>(unit + ('a' - 'A')) : unit;
}

std::string utf8_or_marks(WideView text) {
    // What is no UTF-16 is shown, not refused.
    return to_utf8(text).value_or(std::string(text.size(), '?'));
}

// --- Formats: those of printf, where %s means text of the format's own kind, %S of the other, and
// h and l say which.

enum class Kind { Narrow, Wide };

std::string text_for(va_list& arguments, Kind kind) {
    if (kind == Kind::Wide) {
        const auto* text = va_arg(arguments, const WCHAR*);
        return text == nullptr ? "(null)" : utf8_or_marks(WideView(text));
    }
    const auto* text = va_arg(arguments, const char*);
    return text == nullptr ? "(null)" : text;
}

std::string printed(const char* format, ...) __attribute__((format(printf, 1, 0)));
std::string printed(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char* text = nullptr;
    const int length = ::vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) return "";
    std::string result(text, static_cast<std::size_t>(length));
    std::free(text);
    return result;
}

// One conversion of a format: "%-8.3lls" without the letter that ends it.
struct Conversion {
    std::string flags;  // "%-8.3" and what a '*' in it stood for
    std::string length;
    char letter = 0;
};

// Windows has I64 for ll, and w for l.
std::string length_of(std::string_view length) {
    if (length == "I64") return "ll";
    return length == "w" ? "l" : std::string(length);
}

Conversion next_conversion(std::string_view& rest, va_list& arguments) {
    Conversion conversion;
    conversion.flags = "%";
    constexpr std::string_view kFlags = "-+ #0123456789.*";
    while (!rest.empty() && kFlags.find(rest.front()) != std::string_view::npos) {
        if (rest.front() == '*') {
            conversion.flags += std::to_string(va_arg(arguments, int));
        } else {
            conversion.flags += rest.front();
        }
        rest.remove_prefix(1);
    }
    const std::size_t end = rest.starts_with("I64") ? 3 : rest.find_first_not_of("hlLzjtw");
    conversion.length = length_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end, rest.size()));
    if (!rest.empty()) {
        conversion.letter = rest.front();
        rest.remove_prefix(1);
    }
    return conversion;
}

std::string integer(const Conversion& conversion, va_list& arguments) {
    const bool is_long = conversion.length == "ll" || conversion.length == "z" ||
                         conversion.length == "j" || conversion.length == "t";
    // long is 32 bits on Windows: what was passed is an int.
    const long long number = is_long ? va_arg(arguments, long long) : va_arg(arguments, int);
    const bool is_signed = conversion.letter == 'd' || conversion.letter == 'i';
    const bool is_short = conversion.length == "h";
    const std::string format = conversion.flags + "ll" + conversion.letter;
    if (is_signed) {
        return printed(format.c_str(),
                       is_short ? static_cast<long long>(static_cast<short>(number)) : number);
    }
    const auto all = static_cast<unsigned long long>(number);
    const auto shown = is_long    ? all
                       : is_short ? static_cast<unsigned short>(number)
                                  : static_cast<unsigned int>(number);
    return printed(format.c_str(), static_cast<unsigned long long>(shown));
}

Kind kind_of(const Conversion& conversion, Kind own) {
    const bool is_other = conversion.letter == 'S' || conversion.letter == 'C';
    if (conversion.length == "h") return Kind::Narrow;
    if (conversion.length == "l") return Kind::Wide;
    if (!is_other) return own;
    return own == Kind::Wide ? Kind::Narrow : Kind::Wide;
}

std::string convert(const Conversion& conversion, va_list& arguments, Kind own) {
    switch (conversion.letter) {
        case '%':
            return "%";
        case 's':
        case 'S':
            return printed((conversion.flags + "s").c_str(),
                           text_for(arguments, kind_of(conversion, own)).c_str());
        case 'c':
        case 'C': {
            const auto unit = static_cast<WCHAR>(va_arg(arguments, int));
            return printed((conversion.flags + "s").c_str(), utf8_or_marks({&unit, 1}).c_str());
        }
        case 'd':
        case 'i':
        case 'u':
        case 'x':
        case 'X':
        case 'o':
            return integer(conversion, arguments);
        case 'p':
            return printed((conversion.flags + "p").c_str(), va_arg(arguments, void*));
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
            return printed((conversion.flags + conversion.letter).c_str(),
                           va_arg(arguments, double));
        default:
            return "";
    }
}

std::string format_text(WideView format, va_list& arguments) {
    const std::string utf8 = utf8_or_marks(format);
    std::string_view rest = utf8;
    std::string text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('%'), rest.size());
        text.append(rest.substr(0, end));
        rest.remove_prefix(end);
        if (rest.empty()) break;
        rest.remove_prefix(1);
        text += convert(next_conversion(rest, arguments), arguments, Kind::Wide);
    }
    return text;
}

// Puts as much into a buffer of `size` units as fits with a zero. False: not all did.
bool put(const WideText& text, WCHAR* buffer, std::size_t size) {
    const std::size_t count = std::min(text.size(), size - 1);
    std::copy_n(text.begin(), count, buffer);
    buffer[count] = 0;
    return count == text.size();
}

constexpr std::size_t kMostCharacters = 0x7FFFFFFF;  // STRSAFE_MAX_CCH

template <typename Character>
HRESULT append_at(Character* to, std::size_t size, std::size_t used, const Character* from) {
    if (size == 0 || size > kMostCharacters || used >= size) return STRSAFE_E_INVALID_PARAMETER;
    const std::basic_string_view<Character> text(from);
    const std::size_t count = std::min(text.size(), size - used - 1);
    std::copy_n(text.begin(), count, to + used);
    to[used + count] = 0;
    return count == text.size() ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

// Units before the zero, or `size` when there is none among them.
template <typename Character>
std::size_t length_within(const Character* text, std::size_t size) {
    std::size_t length = 0;
    while (length < size && text[length] != 0) ++length;
    return length;
}

template <typename Character>
HRESULT length_checked(const Character* text, std::size_t most, std::size_t* length) {
    if (text == nullptr || most == 0 || most > kMostCharacters) return STRSAFE_E_INVALID_PARAMETER;
    const std::size_t found = length_within(text, most);
    if (found == most) return STRSAFE_E_INVALID_PARAMETER;
    if (length != nullptr) *length = found;
    return S_OK;
}

bool is_utf8_page(UINT page) {
    return page == CP_UTF8 || page == CP_ACP || page == CP_OEMCP;
}

// Copies a conversion's result, or counts it when there is no room asked for.
template <typename Character>
int give_converted(const std::basic_string<Character>& text, Character* out, int size) {
    if (size == 0) return static_cast<int>(text.size());
    if (text.size() > static_cast<std::size_t>(size)) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    std::copy(text.begin(), text.end(), out);
    return static_cast<int>(text.size());
}

// What FormatMessage says of an error.
std::string message_of(DWORD error) {
    const char* name = name_of_error(error);
    return std::string(name == nullptr ? "error" : name) + " (" + std::to_string(error) + ")";
}

template <typename Character>
DWORD give_message(const std::basic_string<Character>& text, DWORD flags, Character* out,
                   DWORD size) {
    if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) {
        auto* buffer = static_cast<Character*>(std::calloc(text.size() + 1, sizeof(Character)));
        if (buffer == nullptr) return 0;
        std::copy(text.begin(), text.end(), buffer);
        std::memcpy(out, &buffer, sizeof(buffer));  // `out` is where a pointer goes.
        return static_cast<DWORD>(text.size());
    }
    if (text.size() >= size) {
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    std::copy(text.begin(), text.end(), out);
    out[text.size()] = 0;
    return static_cast<DWORD>(text.size());
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- wchar.h.

size_t WINAPI NearlineWcslen(LPCWSTR text) {
    return WideView(text).size();
}

LPWSTR WINAPI NearlineWcscpy(LPWSTR to, LPCWSTR from) {
    const WideView text(from);
    std::copy(text.begin(), text.end(), to);
    to[text.size()] = 0;
    return to;
}

LPWSTR WINAPI NearlineWcsncpy(LPWSTR to, LPCWSTR from, size_t size) {
    const std::size_t length = length_within(from, size);
    std::copy_n(from, length, to);
    std::fill(to + length, to + size, WCHAR{});
    return to;
}

LPWSTR WINAPI NearlineWcscat(LPWSTR to, LPCWSTR from) {
    NearlineWcscpy(to + WideView(to).size(), from);
    return to;
}

int WINAPI NearlineWcscmp(LPCWSTR one, LPCWSTR other) {
    return sign_of(WideView(one).compare(WideView(other)));
}

int WINAPI NearlineWcsncmp(LPCWSTR one, LPCWSTR other, size_t size) {
    return sign_of(WideView(one, length_within(one, size))
                       .compare(WideView(other, length_within(other, size))));
}

int WINAPI NearlineWcsicmp(LPCWSTR one, LPCWSTR other) {
    WideText left(one);
    WideText right(other);
    std::transform(left.begin(), left.end(), left.begin(), lower);
    std::transform(right.begin(), right.end(), right.begin(), lower);
    return sign_of(left.compare(right));
}

LPWSTR WINAPI NearlineWcschr(LPCWSTR text, WCHAR unit) {
    const WideView view(text);
    const std::size_t at = unit == 0 ? view.size() : view.find(unit);
    return at == WideView::npos ? nullptr : const_cast<LPWSTR>(text + at);
}

LPWSTR WINAPI NearlineWcsrchr(LPCWSTR text, WCHAR unit) {
    const WideView view(text);
    const std::size_t at = unit == 0 ? view.size() : view.rfind(unit);
    return at == WideView::npos ? nullptr : const_cast<LPWSTR>(text + at);
}

LPWSTR WINAPI NearlineWcsstr(LPCWSTR text, LPCWSTR part) {
    const std::size_t at = WideView(text).find(WideView(part));
    return at == WideView::npos ? nullptr : const_cast<LPWSTR>(text + at);
}

// --- Printing.

int WINAPI NearlineWprintf(LPCWSTR format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const std::string text = format_text(WideView(format), arguments);
    va_end(arguments);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return static_cast<int>(text.size());
}

int WINAPI NearlineFwprintf(void* stream, LPCWSTR format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const std::string text = format_text(WideView(format), arguments);
    va_end(arguments);
    std::fwrite(text.data(), 1, text.size(), static_cast<std::FILE*>(stream));
    return static_cast<int>(text.size());
}

int WINAPI NearlineSwprintf(LPWSTR buffer, size_t size, LPCWSTR format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const WideText text = to_utf16(format_text(WideView(format), arguments));
    va_end(arguments);
    if (size == 0) return -1;
    return put(text, buffer, size) ? static_cast<int>(text.size()) : -1;
}

// --- strsafe.h.

HRESULT WINAPI StringCchCopyA(LPSTR to, size_t size, LPCSTR from) {
    return append_at(to, size, 0, from);
}

HRESULT WINAPI StringCchCopyW(LPWSTR to, size_t size, LPCWSTR from) {
    return append_at(to, size, 0, from);
}

HRESULT WINAPI StringCchCatA(LPSTR to, size_t size, LPCSTR from) {
    return append_at(to, size, length_within(to, size), from);
}

HRESULT WINAPI StringCchCatW(LPWSTR to, size_t size, LPCWSTR from) {
    return append_at(to, size, length_within(to, size), from);
}

HRESULT WINAPI StringCchLengthA(LPCSTR text, size_t most, size_t* length) {
    return length_checked(text, most, length);
}

HRESULT WINAPI StringCchLengthW(LPCWSTR text, size_t most, size_t* length) {
    return length_checked(text, most, length);
}

HRESULT WINAPI StringCchPrintfA(LPSTR buffer, size_t size, LPCSTR format, ...) {
    if (size == 0 || size > kMostCharacters) return STRSAFE_E_INVALID_PARAMETER;
    va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    if (length < 0) return STRSAFE_E_INVALID_PARAMETER;
    return static_cast<std::size_t>(length) < size ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

HRESULT WINAPI StringCchPrintfW(LPWSTR buffer, size_t size, LPCWSTR format, ...) {
    if (size == 0 || size > kMostCharacters) return STRSAFE_E_INVALID_PARAMETER;
    va_list arguments;
    va_start(arguments, format);
    const WideText text = to_utf16(format_text(WideView(format), arguments));
    va_end(arguments);
    return put(text, buffer, size) ? S_OK : STRSAFE_E_INSUFFICIENT_BUFFER;
}

// --- winbase.h.

int WINAPI lstrlenA(LPCSTR text) {
    return text == nullptr ? 0 : static_cast<int>(std::strlen(text));
}

int WINAPI lstrlenW(LPCWSTR text) {
    return text == nullptr ? 0 : static_cast<int>(WideView(text).size());
}

LPSTR WINAPI lstrcpyA(LPSTR to, LPCSTR from) {
    return std::strcpy(to, from);
}

LPWSTR WINAPI lstrcpyW(LPWSTR to, LPCWSTR from) {
    return NearlineWcscpy(to, from);
}

LPSTR WINAPI lstrcatA(LPSTR to, LPCSTR from) {
    return std::strcat(to, from);
}

LPWSTR WINAPI lstrcatW(LPWSTR to, LPCWSTR from) {
    return NearlineWcscat(to, from);
}

int WINAPI lstrcmpA(LPCSTR one, LPCSTR other) {
    return sign_of(std::strcmp(one, other));
}

int WINAPI lstrcmpW(LPCWSTR one, LPCWSTR other) {
    return NearlineWcscmp(one, other);
}

int WINAPI lstrcmpiA(LPCSTR one, LPCSTR other) {
    return sign_of(nearline::base::to_lower(one).compare(nearline::base::to_lower(other)));
}

int WINAPI lstrcmpiW(LPCWSTR one, LPCWSTR other) {
    return NearlineWcsicmp(one, other);
}

int WINAPI MultiByteToWideChar(UINT page, DWORD flags, LPCSTR text, int length, LPWSTR out,
                               int size) {
    if (text == nullptr || length == 0 || size < 0 || !is_utf8_page(page)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    // With a length of -1 the zero is part of the text.
    const std::string_view view = length < 0
                                      ? std::string_view(text, std::strlen(text) + 1)
                                      : std::string_view(text, static_cast<std::size_t>(length));
    if ((flags & MB_ERR_INVALID_CHARS) != 0 && !to_utf8(view)) {
        SetLastError(ERROR_NO_UNICODE_TRANSLATION);
        return 0;
    }
    return give_converted(to_utf16(view), out, size);
}

int WINAPI WideCharToMultiByte(UINT page, DWORD, LPCWSTR text, int length, LPSTR out, int size,
                               LPCSTR, LPBOOL used_default) {
    if (text == nullptr || length == 0 || size < 0 || !is_utf8_page(page)) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return 0;
    }
    const WideView view = length < 0 ? WideView(text, WideView(text).size() + 1)
                                     : WideView(text, static_cast<std::size_t>(length));
    const auto utf8 = to_utf8(view);
    if (used_default != nullptr) *used_default = utf8 ? FALSE : TRUE;
    return give_converted(utf8_or_marks(view), out, size);
}

DWORD WINAPI FormatMessageA(DWORD flags, LPCVOID, DWORD error, DWORD, LPSTR out, DWORD size,
                            va_list*) {
    return give_message(message_of(error), flags, out, size);
}

DWORD WINAPI FormatMessageW(DWORD flags, LPCVOID, DWORD error, DWORD, LPWSTR out, DWORD size,
                            va_list*) {
    return give_message(to_utf16(message_of(error)), flags, out, size);
}

int WINAPI MessageBoxA(HWND, LPCSTR text, LPCSTR caption, UINT) {
    std::fprintf(stderr, "%s: %s\n", caption == nullptr ? "Error" : caption,
                 text == nullptr ? "" : text);
    return IDOK;
}

int WINAPI MessageBoxW(HWND window, LPCWSTR text, LPCWSTR caption, UINT type) {
    const std::string narrow = text == nullptr ? "" : utf8_or_marks(WideView(text));
    const std::string title = caption == nullptr ? "Error" : utf8_or_marks(WideView(caption));
    return MessageBoxA(window, narrow.c_str(), title.c_str(), type);
}
