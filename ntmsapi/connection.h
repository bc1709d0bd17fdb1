// One HTTP/1.1 connection to the service's Unix socket, kept alive from call to call. Calls block;
// one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace nearline::ntmsapi {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

class Connection {
public:
    // nullptr: nobody listens there.
    static std::unique_ptr<Connection> open(const std::string& path);
    struct Socket;
    explicit Connection(std::unique_ptr<Socket> socket);
    ~Connection();

    // Sends JSON and waits for the answer. nullopt: the connection broke, or what answered does not
    // speak HTTP or said more than 256 MiB; it is of no further use.
    std::optional<HttpAnswer> post(const std::string& target, std::string json);
    // Whether another post may follow.
    bool is_alive() const;
    // From any thread: a post that waits comes back without an answer.
    void shut_down();

private:
    std::unique_ptr<Socket> socket_;
};

}  // namespace nearline::ntmsapi
