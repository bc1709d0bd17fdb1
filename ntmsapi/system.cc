// The computer's own affairs: where its messages go, and its database.
#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"

namespace nearline::ntmsapi {
namespace {

template <typename Character>
std::basic_string<Character> converted(const std::string& utf8);
template <>
std::basic_string<CHAR> converted<CHAR>(const std::string& utf8) {
    return utf8;
}
template <>
std::basic_string<WCHAR> converted<WCHAR>(const std::string& utf8) {
    return to_utf16(utf8);
}

// Each with its zero, and another zero behind the last. No destinations at all: nothing.
template <typename Character, typename Destinations>
std::basic_string<Character> as_list(const Destinations& destinations) {
    std::basic_string<Character> list;
    for (const std::string& destination : destinations) {
        list += converted<Character>(destination);
        list += Character{};
    }
    if (!list.empty()) list += Character{};
    return list;
}

template <typename Character>
DWORD get_ui_options(HANDLE handle, const GUID* object, DWORD type, Character* list, DWORD* size) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (list == nullptr || size == nullptr) return ERROR_INVALID_PARAMETER;
        v1::GetUIOptionsRequest request;
        request.set_object_id(text_of(object));
        request.set_type(type);
        v1::GetUIOptionsAnswer answer;
        const DWORD error = session.call("GetUIOptions", request, answer);
        if (error != ERROR_SUCCESS) return error;
        const auto destinations = as_list<Character>(answer.destinations());
        const DWORD capacity = *size;
        *size = static_cast<DWORD>(destinations.size());
        if (*size > capacity) return ERROR_INSUFFICIENT_BUFFER;
        destinations.copy(list, destinations.size());
        return ERROR_SUCCESS;
    });
}

template <typename Character>
DWORD set_ui_options(HANDLE handle, const GUID* object, DWORD type, DWORD operation,
                     const Character* destination) {
    return with_session(handle, [&](Session& session) -> DWORD {
        // Whoever deletes all names none.
        const bool needs_destination = operation != NTMS_UIDEST_DELETEALL;
        if (destination == nullptr && needs_destination) return ERROR_INVALID_PARAMETER;
        const auto text = needs_destination ? text_of(destination) : std::string();
        if (!text) return ERROR_INVALID_PARAMETER;
        v1::SetUIOptionsRequest request;
        request.set_object_id(text_of(object));
        request.set_type(type);
        request.set_operation(operation);
        request.set_destination(*text);
        v1::SetUIOptionsAnswer answer;
        return session.call("SetUIOptions", request, answer);
    });
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

DWORD WINAPI GetNtmsUIOptionsA(HANDLE handle, const LPNTMS_GUID object, DWORD type, LPSTR list,
                               LPDWORD size) {
    return get_ui_options(handle, object, type, list, size);
}

DWORD WINAPI GetNtmsUIOptionsW(HANDLE handle, const LPNTMS_GUID object, DWORD type, LPWSTR list,
                               LPDWORD size) {
    return get_ui_options(handle, object, type, list, size);
}

DWORD WINAPI SetNtmsUIOptionsA(HANDLE handle, const LPNTMS_GUID object, DWORD type, DWORD operation,
                               LPCSTR destination) {
    return set_ui_options(handle, object, type, operation, destination);
}

DWORD WINAPI SetNtmsUIOptionsW(HANDLE handle, const LPNTMS_GUID object, DWORD type, DWORD operation,
                               LPCWSTR destination) {
    return set_ui_options(handle, object, type, operation, destination);
}

DWORD WINAPI ExportNtmsDatabase(HANDLE handle) {
    return with_session(handle, [](Session& session) {
        v1::ExportDatabaseRequest request;
        v1::ExportDatabaseAnswer answer;
        return session.call("ExportDatabase", request, answer);
    });
}

DWORD WINAPI ImportNtmsDatabase(HANDLE handle) {
    return with_session(handle, [](Session& session) {
        v1::ImportDatabaseRequest request;
        v1::ImportDatabaseAnswer answer;
        return session.call("ImportDatabase", request, answer);
    });
}
