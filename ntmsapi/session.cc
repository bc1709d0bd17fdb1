#include "ntmsapi/session.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/service_address.h"

namespace nearline::ntmsapi {
namespace {

using base::Failure;
using base::Result;

constexpr std::string_view kService = "/nearline.v1.RsmService/";
// More connections than the session's own are kept for the next calls; threads beyond that open
// theirs and close them again.
constexpr std::size_t kMaxIdle = 4;

// What the carrier says where the service itself has not spoken: the Connect protocol's statuses.
DWORD error_of(unsigned http_status) {
    switch (http_status) {
        case 200:
            return ERROR_SUCCESS;
        case 400:
            return ERROR_INVALID_PARAMETER;
        case 401:
        case 403:
            return ERROR_ACCESS_DENIED;
        case 404:
        case 501:
            return ERROR_CALL_NOT_IMPLEMENTED;
        case 503:
            return ERROR_NOT_READY;
        default:
            return ERROR_NOT_CONNECTED;
    }
}

std::string to_json(const google::protobuf::Message& message) {
    std::string json;
    // Fails only for messages with an Any or a timestamp out of range: ours have neither.
    static_cast<void>(google::protobuf::util::MessageToJsonString(message, &json));
    return json;
}

bool from_json(const std::string& json, google::protobuf::Message& message) {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;  // A newer service may say more.
    return google::protobuf::util::JsonStringToMessage(json, &message, options).ok();
}

}  // namespace

Result<std::shared_ptr<Session>, DWORD> Session::open(std::string_view server,
                                                      std::string application, DWORD options) {
    const auto path = find_service(server);
    if (!path) return Failure{path.error()};
    const auto session = std::make_shared<Session>(*path);
    v1::OpenSessionRequest request;
    // The socket is the server, whatever it was called.
    request.set_application(std::move(application));
    request.set_client_name(computer_name());
    request.set_user_name(user_name());
    request.set_options(options);
    v1::OpenSessionAnswer answer;
    const DWORD error = session->exchange("OpenSession", request, answer);
    // A service that has no sessions is older than this library.
    if (error == ERROR_CALL_NOT_IMPLEMENTED) return Failure<DWORD>{RPC_S_NO_INTERFACES};
    if (error != ERROR_SUCCESS) return Failure{error};
    if (answer.error() != ERROR_SUCCESS) return Failure<DWORD>{answer.error()};
    session->name_ = answer.session();
    return session;
}

DWORD Session::close() {
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
    }
    v1::CloseSessionRequest request;
    v1::CloseSessionAnswer answer;
    const DWORD error = call("CloseSession", request, answer);
    // Whatever the service thinks of calls that wait: their session is no more.
    const std::lock_guard lock(mutex_);
    for (Connection* connection : busy_) connection->shut_down();
    idle_.clear();
    const bool is_gone = error == ERROR_NOT_CONNECTED || error == ERROR_CANCELLED;
    return is_gone ? ERROR_CONNECTION_UNAVAIL : error;
}

DWORD Session::exchange(std::string_view method, const google::protobuf::Message& request,
                        google::protobuf::Message& answer) {
    std::unique_ptr<Connection> connection = borrow();
    if (connection == nullptr) return ERROR_NOT_CONNECTED;
    const auto response = connection->post(std::string(kService).append(method), to_json(request));
    give_back(std::move(connection));
    if (!response) return is_closed() ? ERROR_CANCELLED : ERROR_NOT_CONNECTED;
    const DWORD error = error_of(response->status);
    if (error != ERROR_SUCCESS) return error;
    // What does not speak the service's language is not the service.
    return from_json(response->body, answer) ? ERROR_SUCCESS : ERROR_NOT_CONNECTED;
}

std::unique_ptr<Connection> Session::borrow() {
    std::unique_ptr<Connection> connection;
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            connection = std::move(idle_.back());
            idle_.pop_back();
            busy_.push_back(connection.get());
            return connection;
        }
    }
    connection = Connection::open(path_);
    if (connection == nullptr) return nullptr;
    const std::lock_guard lock(mutex_);
    busy_.push_back(connection.get());
    if (home_ == nullptr) home_ = connection.get();
    return connection;
}

void Session::give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    std::erase(busy_, connection.get());
    const bool is_wanted = connection.get() == home_ || idle_.size() < kMaxIdle;
    if (connection->is_alive() && is_wanted && !is_closed_) idle_.push_back(std::move(connection));
}

bool Session::is_closed() {
    const std::lock_guard lock(mutex_);
    return is_closed_;
}

HANDLE SessionTable::add(std::shared_ptr<Session> session) {
    const std::lock_guard lock(mutex_);
    // Multiples of four, as handles are; never 0, and -1 is out of reach.
    last_ += 4;
    sessions_.emplace(last_, std::move(session));
    return reinterpret_cast<HANDLE>(last_);
}

std::shared_ptr<Session> SessionTable::find(HANDLE handle) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(reinterpret_cast<std::uintptr_t>(handle));
    return found == sessions_.end() ? nullptr : found->second;
}

std::shared_ptr<Session> SessionTable::take(HANDLE handle) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found == sessions_.end()) return nullptr;
    std::shared_ptr<Session> session = std::move(found->second);
    sessions_.erase(found);
    return session;
}

SessionTable& sessions() {
    static SessionTable table;
    return table;
}

}  // namespace nearline::ntmsapi
