// Media pools, and the media types that libraries take.
#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"
#include "ntmsapi/security_descriptor.h"

namespace nearline::ntmsapi {
namespace {

// The longest path with its zero; the last level's own limit is the service's to know.
template <typename Character>
bool is_too_long(const Character* path) {
    return std::char_traits<Character>::length(path) >= NTMS_POOLHIERARCHY_LENGTH;
}

template <typename Character>
DWORD create_pool(HANDLE handle, const Character* name, const GUID* media_type, DWORD action,
                  const SECURITY_ATTRIBUTES* security, GUID* pool) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (name == nullptr || pool == nullptr) return ERROR_INVALID_PARAMETER;
        v1::CreateMediaPoolRequest request;
        if (security != nullptr && security->lpSecurityDescriptor != nullptr) {
            const auto descriptor = to_self_relative(security->lpSecurityDescriptor);
            if (!descriptor) return ERROR_INVALID_PARAMETER;
            request.set_security_descriptor(*descriptor);
        }
        const auto text = text_of(name);
        if (!text || is_too_long(name)) return ERROR_INVALID_NAME;
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

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

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
    return call_with_ids<v1::MoveToMediaPoolRequest, v1::MoveToMediaPoolAnswer>(
        handle, "MoveToMediaPool", media, pool,
        [](auto& request, std::string media_id, std::string pool_id) {
            request.set_media_id(std::move(media_id));
            request.set_pool_id(std::move(pool_id));
        });
}

DWORD WINAPI AddNtmsMediaType(HANDLE handle, LPNTMS_GUID media_type, LPNTMS_GUID library) {
    return call_with_ids<v1::AddMediaTypeRequest, v1::AddMediaTypeAnswer>(
        handle, "AddMediaType", media_type, library,
        [](auto& request, std::string type_id, std::string library_id) {
            request.set_media_type_id(std::move(type_id));
            request.set_library_id(std::move(library_id));
        });
}

DWORD WINAPI DeleteNtmsMediaType(HANDLE handle, LPNTMS_GUID media_type, LPNTMS_GUID library) {
    return call_with_ids<v1::DeleteMediaTypeRequest, v1::DeleteMediaTypeAnswer>(
        handle, "DeleteMediaType", media_type, library,
        [](auto& request, std::string type_id, std::string library_id) {
            request.set_media_type_id(std::move(type_id));
            request.set_library_id(std::move(library_id));
        });
}

DWORD WINAPI ChangeNtmsMediaType(HANDLE handle, LPNTMS_GUID media, LPNTMS_GUID pool) {
    return call_with_ids<v1::ChangeMediaTypeRequest, v1::ChangeMediaTypeAnswer>(
        handle, "ChangeMediaType", media, pool,
        [](auto& request, std::string media_id, std::string pool_id) {
            request.set_media_id(std::move(media_id));
            request.set_pool_id(std::move(pool_id));
        });
}
