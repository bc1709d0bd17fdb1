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
// The service takes no more in one request.
constexpr std::size_t kMaxRequest = std::size_t{4} << 20;

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
    const auto address = find_service(server);
    if (!address) return Failure{address.error()};
    const auto session = std::make_shared<Session>(*address);
    v1::OpenSessionRequest request;
    // Where the connection leads is the server, whatever it was called.
    request.set_application(std::move(application));
    request.set_client_name(computer_name());
    request.set_user_name(user_name());
    request.set_options(options);
    v1::OpenSessionAnswer answer;
    const DWORD error = session->call("OpenSession", request, answer);
    // A service that has no sessions is older than this library.
    if (error == ERROR_CALL_NOT_IMPLEMENTED) return Failure<DWORD>{RPC_S_NO_INTERFACES};
    if (error != ERROR_SUCCESS) return Failure{error};
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
                        google::protobuf::Message& answer, const Manner& manner) {
    std::string json = to_json(request);
    if (json.size() > kMaxRequest) return ERROR_NOT_ENOUGH_MEMORY;
    auto connection = borrow(manner.connections);
    if (!connection) return connection.error();
    const auto response =
        (*connection)->post(std::string(kService).append(method), std::move(json), manner.limit);
    give_back(*std::move(connection));
    if (!response) return is_closed() ? ERROR_CANCELLED : manner.broken;
    const DWORD error = error_of(response->status);
    if (error != ERROR_SUCCESS) return error;
    // What does not speak the service's language is not the service.
    return from_json(response->body, answer) ? ERROR_SUCCESS : ERROR_NOT_CONNECTED;
}

// An idle connection that still leads to the service; the mutex is held. nullptr: there is none.
std::unique_ptr<Connection> Session::take_idle(Connections connections) {
    for (auto at = idle_.begin(); at != idle_.end();) {
        if (connections == Connections::NotTheFirst && at->get() == first_) {
            ++at;
            continue;
        }
        std::unique_ptr<Connection> connection = std::move(*at);
        at = idle_.erase(at);
        if (connection->is_alive()) return connection;
        is_lost_ |= connection.get() == first_;
    }
    return nullptr;
}

Result<std::unique_ptr<Connection>, DWORD> Session::borrow(Connections connections) {
    {
        const std::lock_guard lock(mutex_);
        std::unique_ptr<Connection> connection = take_idle(connections);
        // A service that came back would not know the session. Whoever closes it breaks what is
        // under way, and no service need have gone.
        if (is_lost_) return Failure<DWORD>{is_closed_ ? ERROR_CANCELLED : ERROR_NOT_CONNECTED};
        if (connection != nullptr) {
            busy_.push_back(connection.get());
            return connection;
        }
    }
    auto opened = Connection::open(address_);
    if (!opened) return opened;
    const std::lock_guard lock(mutex_);
    busy_.push_back(opened->get());
    if (first_ == nullptr) first_ = opened->get();
    return opened;
}

void Session::give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    std::erase(busy_, connection.get());
    const bool is_first = connection.get() == first_;
    const bool is_alive = connection->is_alive();
    if (is_first && !is_alive) is_lost_ = true;
    const bool is_wanted = is_first || idle_.size() < kMaxIdle;
    if (is_alive && is_wanted && !is_closed_) idle_.push_back(std::move(connection));
}

bool Session::is_closed() {
    const std::lock_guard lock(mutex_);
    return is_closed_;
}

HANDLE HandleTable::add(Entry entry) {
    const std::lock_guard lock(mutex_);
    // Multiples of four, as handles are; never 0, and -1 is out of reach.
    last_ += 4;
    entries_.emplace(last_, std::move(entry));
    return reinterpret_cast<HANDLE>(last_);
}

HandleTable::Entry HandleTable::find(HANDLE handle, HandleKind kind) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(reinterpret_cast<std::uintptr_t>(handle));
    return found == entries_.end() || found->second.kind != kind ? Entry{} : found->second;
}

HandleTable::Entry HandleTable::take(HANDLE handle, HandleKind kind) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(reinterpret_cast<std::uintptr_t>(handle));
    if (found == entries_.end() || found->second.kind != kind) return {};
    Entry entry = std::move(found->second);
    entries_.erase(found);
    return entry;
}

void HandleTable::remove_all_of(const Session& session) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_,
                  [&](const auto& entry) { return entry.second.session.get() == &session; });
}

HandleTable& handles() {
    // Lives until the process is gone: a thread may still wait when the program returns from main.
    static HandleTable& table = *std::make_unique<HandleTable>().release();
    return table;
}

}  // namespace nearline::ntmsapi
