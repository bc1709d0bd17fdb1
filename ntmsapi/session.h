// An open session with the service, and the handles that programs know sessions by. Any thread may
// use them.
#pragma once

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

namespace google::protobuf {
class Message;
}

namespace nearline::ntmsapi {

class Session {
public:
    // One that is not open yet, of the service whose socket is at `path`.
    explicit Session(std::string path) : path_(std::move(path)) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Errors are those of OpenNtmsSession.
    static base::Result<std::shared_ptr<Session>, DWORD> open(std::string_view server,
                                                              std::string application,
                                                              DWORD options);

    // Calls a method of the service, with this session's name in `request`. Returns the error that
    // the service answered, or the one that kept it from answering. Blocks; several threads may be
    // in it at once.
    template <typename Request, typename Answer>
    DWORD call(std::string_view method, Request& request, Answer& answer) {
        request.set_session(name_);
        const DWORD error = exchange(method, request, answer);
        return error == ERROR_SUCCESS ? answer.error() : error;
    }

    // The calls that wait end with ERROR_CANCELLED.
    DWORD close();

private:
    DWORD exchange(std::string_view method, const google::protobuf::Message& request,
                   google::protobuf::Message& answer);
    // nullptr: the service is gone.
    std::unique_ptr<Connection> borrow();
    void give_back(std::unique_ptr<Connection> connection);
    bool is_closed();

    const std::string path_;
    std::string name_;  // as the service knows it
    std::mutex mutex_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::vector<Connection*> busy_;
    // The one that the session was opened on: when it ends, so does the session.
    const Connection* home_ = nullptr;
    bool is_closed_ = false;
};

// The table behind HSESSION handles. A handle is a number that is never given out twice, so that a
// stale or invented one is found out and nothing is dereferenced.
class SessionTable {
public:
    HANDLE add(std::shared_ptr<Session> session);
    // nullptr: no open session's handle. The caller shares the session while he calls it, since
    // another thread may close it meanwhile.
    std::shared_ptr<Session> find(HANDLE handle);
    std::shared_ptr<Session> take(HANDLE handle);

private:
    std::mutex mutex_;
    std::uintptr_t last_ = 0;
    std::map<std::uintptr_t, std::shared_ptr<Session>> sessions_;
};

// The process's own, as handles are.
SessionTable& sessions();

}  // namespace nearline::ntmsapi
