// Requests: those in a library's queue, and those to the operator.
#include <algorithm>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"

namespace nearline::ntmsapi {
namespace {

// So many ids fit a request to the service many times over.
constexpr DWORD kMaxIds = 10'000;

template <typename Request, typename Answer>
DWORD call_with_request(HANDLE handle, std::string_view method, const GUID* request_id) {
    return call_with_id<Request, Answer>(
        handle, method, request_id,
        [](Request& request, std::string id) { request.set_request_id(std::move(id)); });
}

template <typename Character>
DWORD submit(HANDLE handle, DWORD command, const Character* message, const GUID* argument1,
             const GUID* argument2, GUID* request_id) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (request_id == nullptr) return ERROR_INVALID_PARAMETER;
        const auto text = text_of(message);
        if (!text) return ERROR_INVALID_PARAMETER;
        v1::SubmitOperatorRequestRequest request;
        request.set_request(command);
        request.set_message(*text);
        request.set_argument1_id(text_of(argument1));
        request.set_argument2_id(text_of(argument2));
        v1::SubmitOperatorRequestAnswer answer;
        const DWORD error = session.call("SubmitOperatorRequest", request, answer);
        if (error == ERROR_SUCCESS) store(answer.request_id(), request_id);
        return error;
    });
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- In a library's queue.

DWORD WINAPI CancelNtmsLibraryRequest(HANDLE handle, LPNTMS_GUID request) {
    return call_with_request<v1::CancelLibraryRequestRequest, v1::CancelLibraryRequestAnswer>(
        handle, "CancelLibraryRequest", request);
}

DWORD WINAPI GetNtmsRequestOrder(HANDLE handle, LPNTMS_GUID request_id, LPDWORD order) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (request_id == nullptr || order == nullptr) return ERROR_INVALID_PARAMETER;
        v1::GetRequestOrderRequest request;
        request.set_request_id(to_text(*request_id));
        v1::GetRequestOrderAnswer answer;
        const DWORD error = session.call("GetRequestOrder", request, answer);
        if (error == ERROR_SUCCESS) *order = answer.order();
        return error;
    });
}

DWORD WINAPI SetNtmsRequestOrder(HANDLE handle, LPNTMS_GUID request_id, DWORD order) {
    return call_with_id<v1::SetRequestOrderRequest, v1::SetRequestOrderAnswer>(
        handle, "SetRequestOrder", request_id, [&](auto& request, std::string id) {
            request.set_request_id(std::move(id));
            request.set_order(order);
        });
}

// A list that is too long for one request is deleted in parts; the first error ends it.
DWORD WINAPI DeleteNtmsRequests(HANDLE handle, LPNTMS_GUID ids, DWORD type, DWORD count) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (ids == nullptr) return ERROR_INVALID_PARAMETER;
        DWORD at = 0;
        do {
            v1::DeleteRequestsRequest request;
            request.set_type(type);
            const DWORD end = at + std::min(count - at, kMaxIds);
            for (; at < end; ++at) request.add_request_ids(to_text(ids[at]));
            v1::DeleteRequestsAnswer answer;
            const DWORD error = session.call("DeleteRequests", request, answer);
            if (error != ERROR_SUCCESS) return error;
        } while (at < count);
        return ERROR_SUCCESS;
    });
}

// --- To the operator.

DWORD WINAPI SubmitNtmsOperatorRequestA(HANDLE handle, DWORD command, LPCSTR message,
                                        LPNTMS_GUID argument1, LPNTMS_GUID argument2,
                                        LPNTMS_GUID request) {
    return submit(handle, command, message, argument1, argument2, request);
}

DWORD WINAPI SubmitNtmsOperatorRequestW(HANDLE handle, DWORD command, LPCWSTR message,
                                        LPNTMS_GUID argument1, LPNTMS_GUID argument2,
                                        LPNTMS_GUID request) {
    return submit(handle, command, message, argument1, argument2, request);
}

DWORD WINAPI WaitForNtmsOperatorRequest(HANDLE handle, LPNTMS_GUID request_id, DWORD timeout) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (request_id == nullptr) return ERROR_INVALID_PARAMETER;
        v1::WaitForOperatorRequestRequest request;
        request.set_request_id(to_text(*request_id));
        request.set_timeout_ms(timeout);
        v1::WaitForOperatorRequestAnswer answer;
        return session.wait("WaitForOperatorRequest", request, answer, timeout);
    });
}

DWORD WINAPI CancelNtmsOperatorRequest(HANDLE handle, LPNTMS_GUID request) {
    return call_with_request<v1::CancelOperatorRequestRequest, v1::CancelOperatorRequestAnswer>(
        handle, "CancelOperatorRequest", request);
}

DWORD WINAPI SatisfyNtmsOperatorRequest(HANDLE handle, LPNTMS_GUID request) {
    return call_with_request<v1::SatisfyOperatorRequestRequest, v1::SatisfyOperatorRequestAnswer>(
        handle, "SatisfyOperatorRequest", request);
}
