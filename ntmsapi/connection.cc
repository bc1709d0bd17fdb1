#include "ntmsapi/connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nearline::ntmsapi {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using base::Failure;
using base::Result;
using Clock = std::chrono::steady_clock;

namespace {

// A list of six million identifiers.
constexpr std::uint64_t kMaxBody = 256ULL << 20;
// Nobody waits longer for a connection to come about, or for room to send.
constexpr int kConnectSeconds = 20;
// A computer that no longer answers is found out by its silence, also while a call waits for ever.
constexpr int kSilenceSeconds = 60;

template <typename Value>
void set_option(int socket, int level, int name, const Value& value) {
    // Best effort: a socket without the option works, too.
    static_cast<void>(::setsockopt(socket, level, name, &value, sizeof(value)));
}

void set_options(int socket, int family) {
    set_option(socket, SOL_SOCKET, SO_SNDTIMEO, timeval{kConnectSeconds, 0});
    if (family == AF_UNIX) return;
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, kSilenceSeconds);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, kSilenceSeconds / 4);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

// The socket, or the negative errno.
int connect_to(int family, const sockaddr* address, socklen_t size) {
    const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return -errno;
    set_options(socket, family);
    if (::connect(socket, address, size) == 0) return socket;
    const int error = errno;
    ::close(socket);
    return -error;
}

int connect_to_path(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
    return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

int connect_to_host(const std::string& host, const std::string& port) {
    addrinfo wanted = {};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return -ECONNREFUSED;
    int result = -ECONNREFUSED;
    for (const addrinfo* at = found; at != nullptr && result < 0; at = at->ai_next) {
        result = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen);
    }
    ::freeaddrinfo(found);
    return result;
}

beast::error_code error_of(int error) {
    return {error, boost::system::system_category()};
}

}  // namespace

// A stream as Beast wants it, over a socket that another thread may shut down.
struct Connection::Socket {
    Socket(int number, const ServiceAddress& address)
        : descriptor(number),
          host(address.is_unix() ? "localhost" : address.host),
          token(address.token) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { ::close(descriptor); }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
        std::array<iovec, 8> parts = {};
        msghdr message = {};
        message.msg_iov = parts.data();
        for (const asio::const_buffer part : beast::buffers_range_ref(buffers)) {
            if (message.msg_iovlen == parts.size()) break;
            parts.at(message.msg_iovlen++) = {const_cast<void*>(part.data()), part.size()};
        }
        ssize_t count = 0;
        do {
            count = ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
        } while (count < 0 && errno == EINTR);
        error = count < 0 ? error_of(errno) : beast::error_code();
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
        const asio::mutable_buffer part = beast::buffers_front(buffers);
        ssize_t count = 0;
        do {
            if (!set_time_left()) {
                error = error_of(ETIMEDOUT);
                return 0;
            }
            count = ::recv(descriptor, part.data(), part.size(), 0);
        } while (count < 0 && errno == EINTR);
        error = count < 0    ? error_of(errno)
                : count == 0 ? beast::error_code(http::error::end_of_stream)
                             : beast::error_code();
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }

    // Beast asks for the forms that throw, and calls neither.
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers);
    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers);

    // How long the next recv may take. False: the time is over.
    bool set_time_left() {
        timeval left = {};  // for ever
        if (until) {
            const auto rest =
                std::chrono::ceil<std::chrono::microseconds>(*until - Clock::now()).count();
            if (rest <= 0) return false;
            left = {rest / 1'000'000, rest % 1'000'000};
        }
        set_option(descriptor, SOL_SOCKET, SO_RCVTIMEO, left);
        return true;
    }

    int descriptor;
    std::string host;
    std::string token;
    std::optional<Clock::time_point> until;
    beast::flat_buffer buffer;
    bool is_usable = true;
};

DWORD error_of_connect(int error) {
    switch (error) {
        case ENETDOWN:
        case ENETUNREACH:
        case EHOSTUNREACH:
            return ERROR_NO_NETWORK;
        default:
            return ERROR_NOT_CONNECTED;
    }
}

Result<std::unique_ptr<Connection>, DWORD> Connection::open(const ServiceAddress& address) {
    const int descriptor = address.is_unix() ? connect_to_path(address.path)
                                             : connect_to_host(address.host, address.port);
    if (descriptor < 0) return Failure<DWORD>{error_of_connect(-descriptor)};
    return std::make_unique<Connection>(std::make_unique<Socket>(descriptor, address));
}

Connection::Connection(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}

Connection::~Connection() = default;

std::optional<HttpAnswer> Connection::post(const std::string& target, std::string json,
                                           Limit limit) {
    http::request<http::string_body> request(http::verb::post, target, 11);
    request.set(http::field::host, socket_->host);
    request.set(http::field::content_type, "application/json");
    request.set("Connect-Protocol-Version", "1");
    if (!socket_->token.empty()) {
        request.set(http::field::authorization, "Bearer " + socket_->token);
    }
    request.body() = std::move(json);
    request.prepare_payload();

    socket_->until.reset();
    if (limit) socket_->until = Clock::now() + *limit;
    beast::error_code error;
    http::response_parser<http::string_body> response;
    response.body_limit(kMaxBody);
    http::write(*socket_, request, error);
    if (!error) http::read(*socket_, socket_->buffer, response, error);
    socket_->is_usable = !error && response.keep_alive();
    if (error) return std::nullopt;
    return HttpAnswer{response.get().result_int(), std::move(response.get().body())};
}

bool Connection::is_alive() const {
    if (!socket_->is_usable) return false;
    // Nothing is due between two calls: what can be read now is the end of the stream.
    char byte = 0;
    const ssize_t count = ::recv(socket_->descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

void Connection::shut_down() {
    ::shutdown(socket_->descriptor, SHUT_RDWR);
}

}  // namespace nearline::ntmsapi
