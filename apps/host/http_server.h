// A small HTTP/1.1 server for our own services: JSON in, JSON out, on a Unix socket of mode 0600 or
// on TCP with a token. Requests of one connection are answered in order.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/host/endpoint.h"
#include "base/result.h"

namespace nearline::apps {

// Who is at the other end: of a Unix socket by the kernel's word; on TCP, who shows the token
// speaks for the user we run as, since only he can read it.
struct PeerCredentials {
    static constexpr std::uint32_t kNobody = 0xFFFF'FFFF;
    std::uint32_t user = kNobody;
    std::vector<std::uint32_t> groups;  // the primary one first
};

struct HttpRequest {
    std::string path;  // "/nearline.v1.ControlService/Status"
    std::string body;
    PeerCredentials peer;
    std::uint64_t connection = 0;  // never reused
};

struct HttpAnswer {
    unsigned status = 200;
    std::string body;  // application/json
};

class HttpServer {
public:
    static constexpr std::size_t kMaximumBody = std::size_t{4} << 20;
    static constexpr std::size_t kMaximumConnections = 256;

    struct Handlers {
        // Only POST arrives here. `done` runs once, later or at once.
        std::function<void(HttpRequest, std::function<void(HttpAnswer)> done)> answer;
        std::function<void(std::uint64_t connection)> closed = [](std::uint64_t) {};
    };

    // The loop must outlive it. On TCP a request needs "Authorization: Bearer TOKEN".
    HttpServer(boost::asio::io_context& loop, Handlers handlers, std::string token = {});
    ~HttpServer();

    // For a Unix socket: a stale socket file is replaced, a living one is not; directories are not
    // made. The error is a sentence.
    base::Result<Endpoint, std::string> listen(const Endpoint& endpoint);

private:
    class Core;
    std::shared_ptr<Core> core_;  // with the operations that wait
};

}  // namespace nearline::apps
