// Channels that belong to a session: notifications, and the detection of changed devices.
#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"

namespace nearline::ntmsapi {
namespace {

// More objects than one call can mean, and a bound for what is read of a program's array.
constexpr DWORD kMaxIds = 10'000;

// Runs `work` on a notification's entry.
template <typename Work>
DWORD with_notification(HANDLE handle, Work work) {
    return guarded([&]() -> DWORD {
        const auto entry = handles().find(handle, HandleKind::Notification);
        return entry.session == nullptr ? ERROR_INVALID_HANDLE : work(entry);
    });
}

// The detection that a session has begun; empty: none of this session's.
std::string detection_of(HANDLE handle, const Session& session) {
    const auto entry = handles().find(handle, HandleKind::Detection);
    return entry.session.get() == &session ? entry.name : "";
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- Notifications.

HANDLE WINAPI OpenNtmsNotification(HANDLE handle, DWORD type) {
    return opened([&](HANDLE& notification) -> DWORD {
        const auto session = handles().find(handle, HandleKind::Session).session;
        if (session == nullptr) return ERROR_INVALID_HANDLE;
        v1::OpenNotificationRequest request;
        request.set_type(type);
        v1::OpenNotificationAnswer answer;
        const DWORD error = session->call("OpenNotification", request, answer);
        if (error != ERROR_SUCCESS) return error;
        notification = handles().add({HandleKind::Notification, session, answer.notification()});
        return ERROR_SUCCESS;
    });
}

DWORD WINAPI WaitForNtmsNotification(HANDLE handle, LPNTMS_NOTIFICATIONINFORMATION information,
                                     DWORD timeout) {
    return with_notification(handle, [&](const HandleTable::Entry& entry) -> DWORD {
        if (information == nullptr) return ERROR_INVALID_PARAMETER;
        v1::WaitForNotificationRequest request;
        request.set_notification(entry.name);
        request.set_timeout_ms(timeout);
        v1::WaitForNotificationAnswer answer;
        // The channel is lost with the service, or with its session: ERROR_NO_DATA.
        const DWORD error =
            entry.session->wait("WaitForNotification", request, answer, timeout, ERROR_NO_DATA);
        if (error == ERROR_SUCCESS) {
            information->dwOperation = answer.operation();
            store(answer.object_id(), &information->ObjectId);
        }
        const bool is_lost = error != ERROR_SUCCESS && entry.session->is_closed();
        return is_lost ? ERROR_NO_DATA : error;
    });
}

DWORD WINAPI CloseNtmsNotification(HANDLE handle) {
    if (handle == nullptr) return ERROR_INVALID_PARAMETER;
    return with_notification(handle, [&](const HandleTable::Entry& entry) -> DWORD {
        v1::CloseNotificationRequest request;
        request.set_notification(entry.name);
        v1::CloseNotificationAnswer answer;
        const DWORD error = entry.session->call("CloseNotification", request, answer);
        // One that is waited for stays open.
        if (error != ERROR_BUSY) handles().take(handle, HandleKind::Notification);
        return error;
    });
}

// --- Changes of stand-alone drives.

DWORD WINAPI BeginNtmsDeviceChangeDetection(HANDLE handle, LPHANDLE detection) {
    return guarded([&]() -> DWORD {
        const auto session = handles().find(handle, HandleKind::Session).session;
        // The missing pointer's code, too, by the protocol's specification.
        if (session == nullptr || detection == nullptr) return ERROR_INVALID_HANDLE;
        v1::BeginDeviceChangeDetectionRequest request;
        v1::BeginDeviceChangeDetectionAnswer answer;
        const DWORD error = session->call("BeginDeviceChangeDetection", request, answer);
        if (error == ERROR_SUCCESS) {
            *detection = handles().add({HandleKind::Detection, session, answer.detection()});
        }
        return error;
    });
}

DWORD WINAPI SetNtmsDeviceChangeDetection(HANDLE handle, HANDLE detection, LPNTMS_GUID ids,
                                          DWORD type, DWORD count) {
    return with_session(handle, [&](Session& session) -> DWORD {
        v1::SetDeviceChangeDetectionRequest request;
        // Without a detection the devices are looked at once.
        if (detection != nullptr) {
            request.set_detection(detection_of(detection, session));
            if (request.detection().empty()) return ERROR_INVALID_HANDLE;
        }
        if (ids == nullptr || count > kMaxIds) return ERROR_INVALID_PARAMETER;
        for (DWORD at = 0; at < count; ++at) request.add_ids(to_text(ids[at]));
        request.set_type(type);
        v1::SetDeviceChangeDetectionAnswer answer;
        return session.call("SetDeviceChangeDetection", request, answer);
    });
}

DWORD WINAPI EndNtmsDeviceChangeDetection(HANDLE handle, HANDLE detection) {
    return with_session(handle, [&](Session& session) -> DWORD {
        v1::EndDeviceChangeDetectionRequest request;
        request.set_detection(detection_of(detection, session));
        if (request.detection().empty()) return ERROR_INVALID_HANDLE;
        handles().take(detection, HandleKind::Detection);
        v1::EndDeviceChangeDetectionAnswer answer;
        return session.call("EndDeviceChangeDetection", request, answer);
    });
}
