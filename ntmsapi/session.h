// An open session with the service, and the handles that programs know sessions and what belongs to
// them by. Any thread may use them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ntmsapi/connection.h"
#include "ntmsapi/include/ntmsapi.h"
#include "ntmsapi/service_address.h"

namespace google::protobuf {
class Message;
}

namespace nearline::ntmsapi {

class Session {
public:
    // One that is not open yet, of the service at `address`.
    explicit Session(ServiceAddress address) : address_(std::move(address)) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Errors are those of OpenNtmsSession.
    static base::Result<std::shared_ptr<Session>, DWORD> open(std::string_view server,
                                                              std::string application,
                                                              DWORD options);

    // Calls a method of the service, with this session's name in `request` where it has room for
    // one. Returns the error that the service answered, or the one that kept it from answering.
    // Blocks; several threads may be in it at once.
    template <typename Request, typename Answer>
    DWORD call(std::string_view method, Request& request, Answer& answer) {
        return run(method, request, answer, {Connections::Any, patience_});
    }

    // The same for a method that may take `timeout` milliseconds, or INFINITE, to answer: on a
    // connection that no other call needs. `broken` is the error when that breaks meanwhile.
    template <typename Request, typename Answer>
    DWORD wait(std::string_view method, Request& request, Answer& answer, DWORD timeout,
               DWORD broken = ERROR_NOT_CONNECTED) {
        Connection::Limit limit;
        if (timeout != INFINITE) limit = patience_ + std::chrono::milliseconds(timeout);
        return run(method, request, answer, {Connections::NotTheFirst, limit, broken});
    }

    // The calls that wait end with ERROR_CANCELLED.
    DWORD close();
    bool is_closed();

    // How long the service may take, beyond a call's own time-out, before it is taken for dead.
    void set_patience(std::chrono::milliseconds patience) { patience_ = patience; }

private:
    enum class Connections { Any, NotTheFirst };
    struct Manner {
        Connections connections;
        Connection::Limit limit;
        DWORD broken = ERROR_NOT_CONNECTED;
    };

    template <typename Request, typename Answer>
    DWORD run(std::string_view method, Request& request, Answer& answer, const Manner& manner) {
        if constexpr (requires { request.set_session(name_); }) request.set_session(name_);
        const DWORD error = exchange(method, request, answer, manner);
        return error == ERROR_SUCCESS ? answer.error() : error;
    }
    DWORD exchange(std::string_view method, const google::protobuf::Message& request,
                   google::protobuf::Message& answer, const Manner& manner);
    base::Result<std::unique_ptr<Connection>, DWORD> borrow(Connections connections);
    std::unique_ptr<Connection> take_idle(Connections connections);
    void give_back(std::unique_ptr<Connection> connection);

    // Ten minutes: a library in real time may have to look at its cartridges first.
    std::chrono::milliseconds patience_ = std::chrono::minutes(10);
    const ServiceAddress address_;
    std::string name_;  // as the service knows it
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::vector<Connection*> busy_;
    // The connection that the session was opened on: when it ends, so does the session. No call
    // that waits is made on it, for such a call's connection may have to be given up.
    const Connection* first_ = nullptr;
    bool is_lost_ = false;
    bool is_closed_ = false;
};

// What a handle may stand for.
enum class HandleKind { Session, Notification, Detection };

// The table behind the handles of a process. A handle is a number that is never given out twice, so
// that a stale or invented one is found out and nothing is dereferenced.
class HandleTable {
public:
    struct Entry {
        HandleKind kind = HandleKind::Session;
        // Shared with whoever is calling it, since another thread may close the handle meanwhile.
        std::shared_ptr<Session> session;
        std::string name;  // as the service knows it; of a session, empty
    };

    HANDLE add(Entry entry);
    // An entry without a session: no open handle of this kind.
    Entry find(HANDLE handle, HandleKind kind);
    Entry take(HANDLE handle, HandleKind kind);
    // The handles that belong to a session end with it.
    void remove_all_of(const Session& session);

private:
    std::mutex mutex_;
    std::uintptr_t last_ = 0;
    std::map<std::uintptr_t, Entry> entries_;
};

// The process's own, as handles are.
HandleTable& handles();

}  // namespace nearline::ntmsapi
