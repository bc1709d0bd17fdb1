// The functions of ntmsapi.h that the service carries out. Here stand only the checks that need no
// database, the handle first, then the pointers; all others are the service's.
#include "ntmsapi/include/ntmsapi.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/object_information.h"
#include "ntmsapi/session.h"
#include "ntmsapi/values.h"

namespace nearline::ntmsapi {
namespace {

thread_local DWORD last_error = ERROR_SUCCESS;

// Runs `work` on the handle's session. Nothing but want of memory throws below here, and no
// exception reaches a C program. A thread's cancellation is none of these, and passes.
template <typename Work>
DWORD with_session(HANDLE handle, Work work) {
    try {
        const std::shared_ptr<Session> session = sessions().find(handle);
        return session == nullptr ? ERROR_INVALID_HANDLE : work(*session);
    } catch (const std::exception&) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
}

// An id as the service takes it: empty where the program passed NULL.
std::string text_of(const GUID* id) {
    return id == nullptr ? "" : to_text(*id);
}

// Text as the service takes it. nullopt: it is not well-formed.
template <typename Character>
std::optional<std::string> text_of(const Character* text) {
    if (text == nullptr) return "";
    return to_utf8(std::basic_string_view<Character>(text));
}

// Stores an id that the service answered. Text that is none becomes the null GUID.
void store(const std::string& text, GUID* out) {
    *out = parse_guid(text).value_or(kNullGuid);
}

// A method that takes one object's id and answers an error only.
template <typename Request, typename Answer, typename SetId>
DWORD call_with_id(HANDLE handle, std::string_view method, const GUID* id, SetId set_id) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (id == nullptr) return ERROR_INVALID_PARAMETER;
        Request request;
        set_id(request, to_text(*id));
        Answer answer;
        return session.call(method, request, answer);
    });
}

template <typename Request, typename Answer>
DWORD call_with_media(HANDLE handle, std::string_view method, const GUID* media) {
    return call_with_id<Request, Answer>(
        handle, method, media,
        [](Request& request, std::string id) { request.set_media_id(std::move(id)); });
}

template <typename Character>
HANDLE open_session(const Character* server, const Character* application, DWORD options) {
    try {
        const auto server_name = text_of(server);
        const auto application_name = text_of(application);
        if (!server_name || !application_name) {
            last_error = server_name ? ERROR_INVALID_PARAMETER : ERROR_INVALID_COMPUTERNAME;
            return INVALID_HANDLE_VALUE;
        }
        auto session = Session::open(*server_name, *application_name, options);
        last_error = session ? ERROR_SUCCESS : session.error();
        return session ? sessions().add(*session) : INVALID_HANDLE_VALUE;
    } catch (const std::exception&) {
        last_error = ERROR_NOT_ENOUGH_MEMORY;
        return INVALID_HANDLE_VALUE;
    }
}

template <typename Information>
DWORD get_information(HANDLE handle, const GUID* object, Information* information) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || information == nullptr) return ERROR_INVALID_PARAMETER;
        if (information->dwSize < sizeof(Information)) return ERROR_INVALID_PARAMETER;
        v1::GetObjectInformationRequest request;
        request.set_object_id(to_text(*object));
        request.set_type(information->dwType);
        v1::GetObjectInformationAnswer answer;
        const DWORD error = session.call("GetObjectInformation", request, answer);
        if (error == ERROR_SUCCESS) fill(*information, answer.information());
        return error;
    });
}

template <typename Information>
DWORD set_information(HANDLE handle, const GUID* object, const Information* information) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || information == nullptr) return ERROR_INVALID_PARAMETER;
        if (information->dwSize < sizeof(Information)) return ERROR_INVALID_PARAMETER;
        v1::SetObjectInformationRequest request;
        request.set_object_id(to_text(*object));
        if (!read(*information, *request.mutable_information())) return ERROR_INVALID_PARAMETER;
        v1::SetObjectInformationAnswer answer;
        return session.call("SetObjectInformation", request, answer);
    });
}

template <typename Character>
DWORD create_pool(HANDLE handle, const Character* name, const GUID* media_type, DWORD action,
                  const SECURITY_ATTRIBUTES* security, GUID* pool) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (name == nullptr || pool == nullptr) return ERROR_INVALID_PARAMETER;
        // The service would have to enforce it, and cannot be told.
        if (security != nullptr && security->lpSecurityDescriptor != nullptr) {
            return ERROR_NOT_SUPPORTED;
        }
        const auto text = text_of(name);
        if (!text) return ERROR_INVALID_NAME;
        v1::CreateMediaPoolRequest request;
        request.set_name(*text);
        request.set_media_type(text_of(media_type));
        request.set_action(action);
        v1::CreateMediaPoolAnswer answer;
        const DWORD error = session.call("CreateMediaPool", request, answer);
        if (error == ERROR_SUCCESS) store(answer.pool_id(), pool);
        return error;
    });
}

// The size that a name takes, with its zero.
std::size_t size_of(const std::string& utf8, const CHAR*) {
    return utf8.size() + 1;
}
std::size_t size_of(const std::string& utf8, const WCHAR*) {
    return to_utf16(utf8).size() + 1;
}

template <typename Character>
DWORD pool_name(HANDLE handle, const GUID* pool, Character* buffer, DWORD* size) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (pool == nullptr) return ERROR_INVALID_MEDIA_POOL;
        if (size == nullptr || (buffer == nullptr && *size > 0)) return ERROR_INVALID_PARAMETER;
        v1::GetMediaPoolNameRequest request;
        request.set_pool_id(to_text(*pool));
        v1::GetMediaPoolNameAnswer answer;
        const DWORD error = session.call("GetMediaPoolName", request, answer);
        if (error != ERROR_SUCCESS) return error;
        const DWORD capacity = *size;
        *size = static_cast<DWORD>(size_of(answer.name(), buffer));
        if (*size > capacity) return ERROR_INSUFFICIENT_BUFFER;
        copy_text(answer.name(), buffer, *size);
        return ERROR_SUCCESS;
    });
}

// A batch that was queued is started without a medium; everything else needs one.
bool may_be_without_medium(DWORD eject_action) {
    return eject_action == NTMS_EJECT_START;
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

DWORD WINAPI GetLastError() {
    return last_error;
}

void WINAPI SetLastError(DWORD error) {
    last_error = error;
}

// --- Sessions.

HANDLE WINAPI OpenNtmsSessionA(LPCSTR server, LPCSTR application, DWORD options) {
    return open_session(server, application, options);
}

HANDLE WINAPI OpenNtmsSessionW(LPCWSTR server, LPCWSTR application, DWORD options) {
    return open_session(server, application, options);
}

DWORD WINAPI CloseNtmsSession(HANDLE handle) {
    try {
        const std::shared_ptr<Session> session = sessions().take(handle);
        return session == nullptr ? ERROR_INVALID_HANDLE : session->close();
    } catch (const std::exception&) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
}

// --- Objects.

DWORD WINAPI EnumerateNtmsObject(HANDLE handle, const LPNTMS_GUID container, LPNTMS_GUID list,
                                 LPDWORD list_size, DWORD type, DWORD options) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (list_size == nullptr) return ERROR_INVALID_PARAMETER;
        // Without a list the program asks how long it must be.
        const DWORD capacity = list == nullptr ? 0 : *list_size;
        v1::EnumerateObjectRequest request;
        request.set_container_id(text_of(container));
        request.set_type(type);
        request.set_options(options);
        request.set_capacity(capacity);
        v1::EnumerateObjectAnswer answer;
        const DWORD error = session.call("EnumerateObject", request, answer);
        if (error != ERROR_SUCCESS && error != ERROR_INSUFFICIENT_BUFFER) return error;
        const auto given = std::min(static_cast<DWORD>(answer.ids_size()), capacity);
        for (DWORD at = 0; at < given; ++at) store(answer.ids(static_cast<int>(at)), &list[at]);
        *list_size = answer.count();
        return answer.count() > given ? ERROR_INSUFFICIENT_BUFFER : ERROR_SUCCESS;
    });
}

DWORD WINAPI GetNtmsObjectInformationA(HANDLE handle, LPNTMS_GUID object,
                                       LPNTMS_OBJECTINFORMATIONA information) {
    return get_information(handle, object, information);
}

DWORD WINAPI GetNtmsObjectInformationW(HANDLE handle, LPNTMS_GUID object,
                                       LPNTMS_OBJECTINFORMATIONW information) {
    return get_information(handle, object, information);
}

DWORD WINAPI SetNtmsObjectInformationA(HANDLE handle, LPNTMS_GUID object,
                                       LPNTMS_OBJECTINFORMATIONA information) {
    return set_information(handle, object, information);
}

DWORD WINAPI SetNtmsObjectInformationW(HANDLE handle, LPNTMS_GUID object,
                                       LPNTMS_OBJECTINFORMATIONW information) {
    return set_information(handle, object, information);
}

DWORD WINAPI EnableNtmsObject(HANDLE handle, DWORD type, LPNTMS_GUID object) {
    return call_with_id<v1::EnableObjectRequest, v1::EnableObjectAnswer>(
        handle, "EnableObject", object, [&](auto& request, std::string id) {
            request.set_type(type);
            request.set_object_id(std::move(id));
        });
}

DWORD WINAPI DisableNtmsObject(HANDLE handle, DWORD type, LPNTMS_GUID object) {
    return call_with_id<v1::DisableObjectRequest, v1::DisableObjectAnswer>(
        handle, "DisableObject", object, [&](auto& request, std::string id) {
            request.set_type(type);
            request.set_object_id(std::move(id));
        });
}

// --- Pools.

DWORD WINAPI CreateNtmsMediaPoolA(HANDLE handle, LPCSTR name, LPNTMS_GUID media_type, DWORD action,
                                  LPSECURITY_ATTRIBUTES security, LPNTMS_GUID pool) {
    return create_pool(handle, name, media_type, action, security, pool);
}

DWORD WINAPI CreateNtmsMediaPoolW(HANDLE handle, LPCWSTR name, LPNTMS_GUID media_type, DWORD action,
                                  LPSECURITY_ATTRIBUTES security, LPNTMS_GUID pool) {
    return create_pool(handle, name, media_type, action, security, pool);
}

DWORD WINAPI GetNtmsMediaPoolNameA(HANDLE handle, LPNTMS_GUID pool, LPSTR buffer, LPDWORD size) {
    return pool_name(handle, pool, buffer, size);
}

DWORD WINAPI GetNtmsMediaPoolNameW(HANDLE handle, LPNTMS_GUID pool, LPWSTR buffer, LPDWORD size) {
    return pool_name(handle, pool, buffer, size);
}

DWORD WINAPI DeleteNtmsMediaPool(HANDLE handle, LPNTMS_GUID pool) {
    return call_with_id<v1::DeleteMediaPoolRequest, v1::DeleteMediaPoolAnswer>(
        handle, "DeleteMediaPool", pool,
        [](auto& request, std::string id) { request.set_pool_id(std::move(id)); });
}

DWORD WINAPI MoveToNtmsMediaPool(HANDLE handle, LPNTMS_GUID media, LPNTMS_GUID pool) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (media == nullptr || pool == nullptr) return ERROR_INVALID_PARAMETER;
        v1::MoveToMediaPoolRequest request;
        request.set_media_id(to_text(*media));
        request.set_pool_id(to_text(*pool));
        v1::MoveToMediaPoolAnswer answer;
        return session.call("MoveToMediaPool", request, answer);
    });
}

// --- Media.

DWORD WINAPI AllocateNtmsMedia(HANDLE handle, LPNTMS_GUID pool, LPNTMS_GUID partition,
                               LPNTMS_GUID media, DWORD options, DWORD timeout,
                               LPNTMS_ALLOCATION_INFORMATION allocation) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (pool == nullptr || media == nullptr) return ERROR_INVALID_PARAMETER;
        v1::AllocateMediaRequest request;
        request.set_pool_id(to_text(*pool));
        request.set_partition_id(text_of(partition));
        // Without NEXT the parameter is only written, and may hold anything.
        if ((options & NTMS_ALLOCATE_NEXT) != 0) request.set_media_id(to_text(*media));
        request.set_options(options);
        request.set_timeout_ms(timeout);
        v1::AllocateMediaAnswer answer;
        const DWORD error = session.call("AllocateMedia", request, answer);
        // The null GUID when nothing was allocated.
        store(answer.media_id(), media);
        if (error == ERROR_SUCCESS && allocation != nullptr) {
            store(answer.allocated_from(), &allocation->AllocatedFrom);
        }
        return error;
    });
}

DWORD WINAPI DeallocateNtmsMedia(HANDLE handle, LPNTMS_GUID media, DWORD options) {
    return call_with_id<v1::DeallocateMediaRequest, v1::DeallocateMediaAnswer>(
        handle, "DeallocateMedia", media, [&](auto& request, std::string id) {
            request.set_media_id(std::move(id));
            request.set_options(options);
        });
}

DWORD WINAPI SetNtmsMediaComplete(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::SetMediaCompleteRequest, v1::SetMediaCompleteAnswer>(
        handle, "SetMediaComplete", media);
}

DWORD WINAPI DecommissionNtmsMedia(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::DecommissionMediaRequest, v1::DecommissionMediaAnswer>(
        handle, "DecommissionMedia", media);
}

DWORD WINAPI DeleteNtmsMedia(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::DeleteMediaRequest, v1::DeleteMediaAnswer>(handle, "DeleteMedia",
                                                                          media);
}

// --- Libraries.

DWORD WINAPI InventoryNtmsLibrary(HANDLE handle, LPNTMS_GUID library, DWORD action) {
    return call_with_id<v1::InventoryLibraryRequest, v1::InventoryLibraryAnswer>(
        handle, "InventoryLibrary", library, [&](auto& request, std::string id) {
            request.set_library_id(std::move(id));
            request.set_action(action);
        });
}

DWORD WINAPI EjectNtmsMedia(HANDLE handle, LPNTMS_GUID media, LPNTMS_GUID operation, DWORD action) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (operation == nullptr) return ERROR_INVALID_PARAMETER;
        if (media == nullptr && !may_be_without_medium(action)) return ERROR_INVALID_PARAMETER;
        v1::EjectMediaRequest request;
        request.set_media_id(text_of(media));
        if (action == NTMS_EJECT_STOP) request.set_eject_operation(to_text(*operation));
        request.set_action(action);
        v1::EjectMediaAnswer answer;
        const DWORD error = session.call("EjectMedia", request, answer);
        if (error == ERROR_SUCCESS && !answer.eject_operation().empty()) {
            store(answer.eject_operation(), operation);
        }
        return error;
    });
}
