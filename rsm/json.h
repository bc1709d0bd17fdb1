// Messages as JSON, in and out. For those who know protobuf.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "rsm/functions.h"
#include "rsm/waiting_calls.h"

namespace nearline::rsm {

// Reads JSON into `request`; a refusal with HTTP status 400 when it is not such a message.
std::optional<Answer> read_json(std::string_view json, google::protobuf::Message& request);
// `message` may hold what a caller sent, which need not be text.
Answer refusal(std::uint16_t http_status, const std::string& code, std::string message);
std::string to_json(const google::protobuf::Message& message);

template <typename Message>
Answer answer_of(Message& message, Error error) {
    message.set_error(static_cast<std::uint32_t>(error));
    return {200, to_json(message)};
}

// Serves a function by its rule.
template <typename Request, typename Reply, Error (*rule)(Context&, const Request&, Reply&)>
Served serve(std::string_view json, const InSession& in_session) {
    Request request;
    if (auto refused = read_json(json, request)) return {Error::InvalidParameter, *refused};
    Reply reply;
    const Error error = in_session(request.session(),
                                   [&](Context& context) { return rule(context, request, reply); });
    return {error, answer_of(reply, error)};
}

// Reads a call that waits: one that is made of its request.
template <typename Call, typename Request>
std::unique_ptr<WaitingCall> begin_call(std::string_view json, Answer& refusal) {
    Request request;
    const auto refused = read_json(json, request);
    if (!refused) return std::make_unique<Call>(std::move(request));
    refusal = *refused;
    return nullptr;
}

}  // namespace nearline::rsm
