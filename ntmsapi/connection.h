// One HTTP/1.1 connection to the service, kept alive from call to call. Calls block; one at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "ntmsapi/service_address.h"

namespace nearline::ntmsapi {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

class Connection {
public:
    // Errors: ERROR_NOT_CONNECTED when nobody listens there, ERROR_NO_NETWORK when no network leads
    // there.
    static base::Result<std::unique_ptr<Connection>, DWORD> open(const ServiceAddress& address);
    struct Socket;
    explicit Connection(std::unique_ptr<Socket> socket);
    ~Connection();

    // Sends JSON and waits for the answer, for ever without a limit. nullopt: the connection broke
    // or the time ran out, or what answered does not speak HTTP or said more than 256 MiB; it is of
    // no further use.
    using Limit = std::optional<std::chrono::milliseconds>;
    std::optional<HttpAnswer> post(const std::string& target, std::string json, Limit limit);
    // Whether another post may follow: asks the system whether the other end is still there.
    bool is_alive() const;
    // From any thread: a post that waits comes back without an answer.
    void shut_down();

private:
    std::unique_ptr<Socket> socket_;
};

// What a failed connect(2) means, by its errno.
DWORD error_of_connect(int error);

}  // namespace nearline::ntmsapi
