// What the functions of ntmsapi.h have in common: they look their handle up, check what needs no
// database, ask the service, and give its answer. The order is the documented one: the handle, the
// pointers, sizes and names; all other rules are the service's.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ntmsapi/include/ntmsapi.h"
#include "ntmsapi/session.h"
#include "ntmsapi/values.h"

namespace nearline::ntmsapi {

// Runs `work`, which returns an error. Nothing but want of memory throws below here, and no
// exception reaches a C program.
template <typename Work>
DWORD guarded(Work work) {
    try {
        return work();
    } catch (const std::exception&) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
}

// Runs `work` on the handle's session.
template <typename Work>
DWORD with_session(HANDLE handle, Work work) {
    return guarded([&]() -> DWORD {
        const auto session = handles().find(handle, HandleKind::Session).session;
        return session == nullptr ? ERROR_INVALID_HANDLE : work(*session);
    });
}

// Runs `work`, which stores a handle in what it is given, for a function that returns a handle and
// leaves its error to GetLastError.
template <typename Work>
HANDLE opened(Work work) {
    HANDLE handle = INVALID_HANDLE_VALUE;
    const DWORD error = guarded([&] { return work(handle); });
    SetLastError(error);
    return error == ERROR_SUCCESS ? handle : INVALID_HANDLE_VALUE;
}

// An id as the service takes it: empty where the program passed NULL.
inline std::string text_of(const GUID* id) {
    return id == nullptr ? "" : to_text(*id);
}

// Text as the service takes it. nullopt: it is not well-formed.
template <typename Character>
std::optional<std::string> text_of(const Character* text) {
    if (text == nullptr) return "";
    return to_utf8(std::basic_string_view<Character>(text));
}

// Stores an id that the service answered. Text that is none becomes the null GUID.
inline void store(const std::string& text, GUID* out) {
    *out = parse_guid(text).value_or(kNullGuid);
}

// A method that takes one object's id and perhaps more, and answers an error only. `fill` puts them
// into the request.
template <typename Request, typename Answer, typename Fill>
DWORD call_with_id(HANDLE handle, std::string_view method, const GUID* id, Fill fill) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (id == nullptr) return ERROR_INVALID_PARAMETER;
        Request request;
        fill(request, to_text(*id));
        Answer answer;
        return session.call(method, request, answer);
    });
}

// The same with two ids, neither of them missing.
template <typename Request, typename Answer, typename Fill>
DWORD call_with_ids(HANDLE handle, std::string_view method, const GUID* one, const GUID* other,
                    Fill fill) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (one == nullptr || other == nullptr) return ERROR_INVALID_PARAMETER;
        Request request;
        fill(request, to_text(*one), to_text(*other));
        Answer answer;
        return session.call(method, request, answer);
    });
}

}  // namespace nearline::ntmsapi
