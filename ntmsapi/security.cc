// Who may do what with an object.
#include <cstring>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"
#include "ntmsapi/security_descriptor.h"

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

DWORD WINAPI GetNtmsObjectSecurity(HANDLE handle, LPNTMS_GUID object, DWORD type,
                                   SECURITY_INFORMATION information,
                                   PSECURITY_DESCRIPTOR descriptor, DWORD length,
                                   LPDWORD length_needed) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || descriptor == nullptr || length_needed == nullptr) {
            return ERROR_INVALID_PARAMETER;
        }
        v1::GetObjectSecurityRequest request;
        request.set_object_id(to_text(*object));
        request.set_type(type);
        request.set_information(information);
        v1::GetObjectSecurityAnswer answer;
        const DWORD error = session.call("GetObjectSecurity", request, answer);
        if (error != ERROR_SUCCESS) return error;
        // Programs pass one variable for both lengths: this one's value is read no more.
        const std::string& bytes = answer.security_descriptor();
        *length_needed = static_cast<DWORD>(bytes.size());
        if (bytes.size() > length) return ERROR_INSUFFICIENT_BUFFER;
        std::memcpy(descriptor, bytes.data(), bytes.size());
        return ERROR_SUCCESS;
    });
}

DWORD WINAPI SetNtmsObjectSecurity(HANDLE handle, LPNTMS_GUID object, DWORD type,
                                   SECURITY_INFORMATION information,
                                   PSECURITY_DESCRIPTOR descriptor) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (object == nullptr || descriptor == nullptr) return ERROR_INVALID_PARAMETER;
        const auto bytes = to_self_relative(descriptor);
        if (!bytes) return ERROR_INVALID_PARAMETER;
        v1::SetObjectSecurityRequest request;
        request.set_object_id(to_text(*object));
        request.set_type(type);
        request.set_information(information);
        request.set_security_descriptor(*bytes);
        v1::SetObjectSecurityAnswer answer;
        return session.call("SetObjectSecurity", request, answer);
    });
}
