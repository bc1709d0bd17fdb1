// Memory, names of the computer and its user, and new GUIDs with their texts.
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "base/text.h"
#include "ntmsapi/service_address.h"
#include "ntmsapi/values.h"
#include "ntmsapi/windows_objects.h"

namespace nearline::ntmsapi {
namespace {

std::string converted(const std::string& utf8, const CHAR*) {
    return utf8;
}
std::basic_string<WCHAR> converted(const std::string& utf8, const WCHAR*) {
    return to_utf16(utf8);
}

// A name with its zero into a buffer of *size units. GetComputerName reports what is needed with
// the zero and what was given without, GetUserName both with it.
enum class Counting { WithoutZero, WithZero };

template <typename Character>
BOOL give_name(const std::string& utf8, Character* out, DWORD* size, Counting counting) {
    if (out == nullptr || size == nullptr) return succeed_or(false, ERROR_INVALID_PARAMETER);
    const auto name = converted(utf8, out);
    const DWORD needed = static_cast<DWORD>(name.size()) + 1;
    const bool fits = needed <= *size;
    *size = fits && counting == Counting::WithoutZero ? needed - 1 : needed;
    if (!fits) return succeed_or(false, ERROR_INSUFFICIENT_BUFFER);
    std::copy(name.begin(), name.end(), out);
    out[name.size()] = 0;
    return TRUE;
}

void* allocate(SIZE_T size, bool is_cleared) {
    return is_cleared ? std::calloc(1, std::max<SIZE_T>(size, 1)) : std::malloc(size);
}

template <typename Character>
RPC_STATUS give_text(const GUID* id, Character** out) {
    if (id == nullptr || out == nullptr) return ERROR_INVALID_PARAMETER;
    const auto text = converted(to_text(*id), static_cast<const Character*>(nullptr));
    *out = static_cast<Character*>(std::calloc(text.size() + 1, sizeof(Character)));
    if (*out == nullptr) return RPC_S_OUT_OF_MEMORY;
    std::copy(text.begin(), text.end(), *out);
    return RPC_S_OK;
}

template <typename Character>
RPC_STATUS take_text(const Character* text, GUID* out) {
    if (out == nullptr) return ERROR_INVALID_PARAMETER;
    if (text == nullptr) {
        *out = kNullGuid;
        return RPC_S_OK;
    }
    const auto utf8 = to_utf8(std::basic_string_view<Character>(text));
    const auto id = utf8 && !utf8->empty() ? parse_guid(*utf8) : std::nullopt;
    if (!id) return RPC_S_INVALID_STRING_UUID;
    *out = *id;
    return RPC_S_OK;
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- Memory.

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T size) {
    return allocate(size, (flags & LMEM_ZEROINIT) != 0);
}

HLOCAL WINAPI LocalFree(HLOCAL memory) {
    std::free(memory);
    return nullptr;
}

HANDLE WINAPI GetProcessHeap() {
    // There is one heap, and its handle is good for nothing else.
    return reinterpret_cast<HANDLE>(std::uintptr_t{4});
}

LPVOID WINAPI HeapAlloc(HANDLE, DWORD flags, SIZE_T size) {
    return allocate(size, (flags & HEAP_ZERO_MEMORY) != 0);
}

BOOL WINAPI HeapFree(HANDLE, DWORD, LPVOID memory) {
    std::free(memory);
    return TRUE;
}

// --- Names.

BOOL WINAPI GetComputerNameA(LPSTR name, LPDWORD size) {
    return give_name(computer_name(), name, size, Counting::WithoutZero);
}

BOOL WINAPI GetComputerNameW(LPWSTR name, LPDWORD size) {
    return give_name(computer_name(), name, size, Counting::WithoutZero);
}

BOOL WINAPI GetUserNameA(LPSTR name, LPDWORD size) {
    return give_name(user_name(), name, size, Counting::WithZero);
}

BOOL WINAPI GetUserNameW(LPWSTR name, LPDWORD size) {
    return give_name(user_name(), name, size, Counting::WithZero);
}

// --- GUIDs.

RPC_STATUS WINAPI UuidCreate(GUID* id) {
    if (id == nullptr) return ERROR_INVALID_PARAMETER;
    if (::getrandom(id, sizeof(*id), 0) != static_cast<ssize_t>(sizeof(*id))) {
        return RPC_S_OUT_OF_MEMORY;
    }
    // RFC 9562 5.4: version 4, variant 10b.
    id->Data3 = static_cast<WORD>((id->Data3 & 0x0FFFU) | 0x4000U);
    BYTE& variant = *id->Data4;
    variant = static_cast<BYTE>((variant & 0x3FU) | 0x80U);
    return RPC_S_OK;
}

HRESULT WINAPI CoCreateGuid(GUID* id) {
    return UuidCreate(id) == RPC_S_OK ? S_OK : E_INVALIDARG;
}

RPC_STATUS WINAPI UuidToStringA(const GUID* id, RPC_CSTR* text) {
    return give_text(id, reinterpret_cast<CHAR**>(text));
}

RPC_STATUS WINAPI UuidToStringW(const GUID* id, RPC_WSTR* text) {
    return give_text(id, text);
}

RPC_STATUS WINAPI RpcStringFreeA(RPC_CSTR* text) {
    std::free(*text);
    *text = nullptr;
    return RPC_S_OK;
}

RPC_STATUS WINAPI RpcStringFreeW(RPC_WSTR* text) {
    std::free(*text);
    *text = nullptr;
    return RPC_S_OK;
}

RPC_STATUS WINAPI UuidFromStringA(RPC_CSTR text, GUID* id) {
    return take_text(reinterpret_cast<const CHAR*>(text), id);
}

RPC_STATUS WINAPI UuidFromStringW(RPC_WSTR text, GUID* id) {
    return take_text(static_cast<const WCHAR*>(text), id);
}

// In braces and capitals; the number of units with the zero, 0 when there is no room.
int WINAPI NearlineStringFromGuid(const GUID* id, LPWSTR out, int size) {
    const auto text = to_utf16("{" + nearline::base::to_upper(to_text(*id)) + "}");
    const int needed = static_cast<int>(text.size()) + 1;
    if (size < needed) return 0;
    std::copy(text.begin(), text.end(), out);
    out[text.size()] = 0;
    return needed;
}
