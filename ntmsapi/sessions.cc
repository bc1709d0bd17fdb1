// Opening and closing sessions.
#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"

namespace nearline::ntmsapi {
namespace {

template <typename Character>
HANDLE open_session(const Character* server, const Character* application, DWORD options) {
    return opened([&](HANDLE& handle) -> DWORD {
        const auto server_name = text_of(server);
        const auto application_name = text_of(application);
        if (!server_name) return ERROR_INVALID_COMPUTERNAME;
        if (!application_name) return ERROR_INVALID_PARAMETER;
        auto session = Session::open(*server_name, *application_name, options);
        if (!session) return session.error();
        handle = handles().add({HandleKind::Session, *session, ""});
        return ERROR_SUCCESS;
    });
}

}  // namespace
}  // namespace nearline::ntmsapi

using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

HANDLE WINAPI OpenNtmsSessionA(LPCSTR server, LPCSTR application, DWORD options) {
    return open_session(server, application, options);
}

HANDLE WINAPI OpenNtmsSessionW(LPCWSTR server, LPCWSTR application, DWORD options) {
    return open_session(server, application, options);
}

DWORD WINAPI CloseNtmsSession(HANDLE handle) {
    return guarded([&]() -> DWORD {
        const auto session = handles().take(handle, HandleKind::Session).session;
        if (session == nullptr) return ERROR_INVALID_HANDLE;
        const DWORD error = session->close();
        handles().remove_all_of(*session);
        return error;
    });
}
