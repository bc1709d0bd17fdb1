// Objects of every type: listed, looked at, changed, with their attributes.
#include <algorithm>
#include <cstring>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"
#include "ntmsapi/object_information.h"

namespace nearline::ntmsapi {
namespace {

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
DWORD get_attribute(HANDLE handle, const GUID* object, DWORD type, const Character* name,
                    void* data, DWORD* size) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || name == nullptr || size == nullptr) return ERROR_INVALID_PARAMETER;
        if (data == nullptr && *size > 0) return ERROR_INVALID_PARAMETER;
        const auto text = text_of(name);
        // No attribute has a name that is no text.
        if (!text) return ERROR_OBJECT_NOT_FOUND;
        v1::GetObjectAttributeRequest request;
        request.set_object_id(to_text(*object));
        request.set_type(type);
        request.set_name(*text);
        v1::GetObjectAttributeAnswer answer;
        const DWORD error = session.call("GetObjectAttribute", request, answer);
        if (error != ERROR_SUCCESS) return error;
        const DWORD capacity = *size;
        *size = static_cast<DWORD>(answer.data().size());
        if (*size > capacity) return ERROR_INSUFFICIENT_BUFFER;
        if (*size > 0) std::memcpy(data, answer.data().data(), *size);
        return ERROR_SUCCESS;
    });
}

// Characters of a name, as the program counts them.
template <typename Character>
std::size_t length_of(const Character* name) {
    return std::char_traits<Character>::length(name);
}

template <typename Character>
DWORD set_attribute(HANDLE handle, const GUID* object, DWORD type, const Character* name,
                    const void* data, DWORD size) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || name == nullptr) return ERROR_INVALID_PARAMETER;
        // Without bytes the attribute goes, and nothing is read.
        if (data == nullptr && size > 0) return ERROR_INVALID_PARAMETER;
        const auto text = text_of(name);
        if (!text || text->empty() || length_of(name) >= NTMS_MAXATTR_NAMELEN) {
            return ERROR_INVALID_NAME;
        }
        if (size >= NTMS_MAXATTR_LENGTH) return ERROR_NO_DATA;
        v1::SetObjectAttributeRequest request;
        request.set_object_id(to_text(*object));
        request.set_type(type);
        request.set_name(*text);
        if (size > 0) request.set_data(data, size);
        v1::SetObjectAttributeAnswer answer;
        return session.call("SetObjectAttribute", request, answer);
    });
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

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

DWORD WINAPI GetNtmsObjectAttributeA(HANDLE handle, LPNTMS_GUID object, DWORD type, LPCSTR name,
                                     LPVOID data, LPDWORD size) {
    return get_attribute(handle, object, type, name, data, size);
}

DWORD WINAPI GetNtmsObjectAttributeW(HANDLE handle, LPNTMS_GUID object, DWORD type, LPCWSTR name,
                                     LPVOID data, LPDWORD size) {
    return get_attribute(handle, object, type, name, data, size);
}

DWORD WINAPI SetNtmsObjectAttributeA(HANDLE handle, LPNTMS_GUID object, DWORD type, LPCSTR name,
                                     LPVOID data, DWORD size) {
    return set_attribute(handle, object, type, name, data, size);
}

DWORD WINAPI SetNtmsObjectAttributeW(HANDLE handle, LPNTMS_GUID object, DWORD type, LPCWSTR name,
                                     LPVOID data, DWORD size) {
    return set_attribute(handle, object, type, name, data, size);
}
