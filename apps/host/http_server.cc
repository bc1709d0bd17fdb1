#include "apps/host/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <optional>
#include <utility>

namespace nearline::apps {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Protocol = asio::generic::stream_protocol;
using Error = boost::system::error_code;

PeerCredentials credentials_of(int descriptor) {
    PeerCredentials peer;
    ucred found{};
    socklen_t length = sizeof found;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &length) != 0) return peer;
    peer.user = found.uid;
    peer.groups.push_back(found.gid);
    std::vector<gid_t> others(64);
    length = static_cast<socklen_t>(others.size() * sizeof(gid_t));
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, others.data(), &length) == 0) {
        others.resize(length / sizeof(gid_t));
        peer.groups.insert(peer.groups.end(), others.begin(), others.end());
    }
    return peer;
}

// Compares in a time that does not tell how much was right.
bool is_same_secret(std::string_view a, std::string_view b) {
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t at = 0; at < a.size(); ++at) {
        const char other = b.empty() ? '\0' : b[at % b.size()];
        difference |= static_cast<unsigned char>(a[at]) ^ static_cast<unsigned char>(other);
    }
    return difference == 0;
}

// A socket file nobody listens behind is left from a process that is gone.
bool is_stale_socket(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    asio::io_context unused;
    asio::local::stream_protocol::socket probe(unused);
    Error error;
    probe.connect(asio::local::stream_protocol::endpoint(path), error);
    return error == asio::error::connection_refused;
}

}  // namespace

class HttpServer::Core : public std::enable_shared_from_this<HttpServer::Core> {
public:
    Core(asio::io_context& loop, Handlers handlers, std::string token)
        : loop_(loop), handlers_(std::move(handlers)), token_(std::move(token)) {}

    base::Result<Endpoint, std::string> listen(const Endpoint& endpoint);
    void stop();

private:
    class Link;
    template <typename Acceptor>
    void accept(std::shared_ptr<Acceptor> acceptor, bool is_unix);
    base::Result<Endpoint, std::string> listen_unix(const Endpoint& endpoint);
    base::Result<Endpoint, std::string> listen_tcp(const Endpoint& endpoint);

    asio::io_context& loop_;
    Handlers handlers_;
    std::string token_;
    std::function<void()> close_acceptor_;
    std::string socket_path_;
    std::map<std::uint64_t, std::shared_ptr<Link>> links_;
    std::uint64_t next_connection_ = 1;
};

class HttpServer::Core::Link : public std::enable_shared_from_this<Link> {
public:
    Link(std::shared_ptr<Core> core, Protocol::socket socket, std::uint64_t number, bool is_unix)
        : core_(std::move(core)), socket_(std::move(socket)), number_(number), is_unix_(is_unix) {
        peer_ = is_unix_ ? credentials_of(socket_.native_handle())
                         : PeerCredentials{::geteuid(), {::getegid()}};
    }

    void read() {
        parser_.emplace();
        parser_->body_limit(kMaximumBody);
        http::async_read(socket_, buffer_, *parser_,
                         [self = shared_from_this()](const Error& error, std::size_t) {
                             if (self->is_closed_) return;
                             self->on_read(error);
                         });
    }

    void close() {
        if (std::exchange(is_closed_, true)) return;
        Error ignored;
        socket_.close(ignored);
        core_->links_.erase(number_);
        core_->handlers_.closed(number_);
    }

private:
    void on_read(const Error& error) {
        if (error == http::error::body_limit) return write({413, R"({"code":"too_large"})"}, false);
        if (error) return close();
        const auto& request = parser_->get();
        keep_alive_ = request.keep_alive();
        if (request.method() != http::verb::post) {
            return write({405, R"({"code":"invalid_argument","message":"POST only"})"},
                         keep_alive_);
        }
        const std::string_view given(request[http::field::authorization].data(),
                                     request[http::field::authorization].size());
        if (!is_unix_ && !is_same_secret(given, "Bearer " + core_->token_)) {
            return write({401, R"({"code":"unauthenticated","message":"wrong token"})"}, false);
        }
        const HttpRequest ours{std::string(request.target()), request.body(), peer_, number_};
        core_->handlers_.answer(ours, [self = shared_from_this()](HttpAnswer answer) {
            // Never from within the handler's own call, so that the stack stays flat.
            asio::post(self->core_->loop_, [self, answer = std::move(answer)]() mutable {
                if (!self->is_closed_) self->write(std::move(answer), self->keep_alive_);
            });
        });
    }

    void write(HttpAnswer answer, bool keep_alive) {
        response_ = {};
        response_.version(11);
        response_.result(answer.status);
        response_.set(http::field::content_type, "application/json");
        response_.keep_alive(keep_alive);
        response_.body() = std::move(answer.body);
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this(), keep_alive](const Error& error, std::size_t) {
                              if (self->is_closed_) return;
                              if (error || !keep_alive) return self->close();
                              self->read();
                          });
    }

    std::shared_ptr<Core> core_;  // the loop's operations may be the last to hold it
    Protocol::socket socket_;
    std::uint64_t number_;
    bool is_unix_;
    PeerCredentials peer_;
    bool keep_alive_ = false;
    bool is_closed_ = false;
    boost::beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> response_;
};

template <typename Acceptor>
void HttpServer::Core::accept(std::shared_ptr<Acceptor> acceptor, bool is_unix) {
    acceptor->async_accept([self = shared_from_this(), acceptor, is_unix](const Error& error,
                                                                          auto socket) {
        if (!acceptor->is_open()) return;
        if (error) {
            const auto pause =
                std::make_shared<asio::steady_timer>(self->loop_, std::chrono::milliseconds(100));
            pause->async_wait([self, acceptor, is_unix, pause](const Error&) {
                if (acceptor->is_open()) self->accept(acceptor, is_unix);
            });
            return;
        }
        if (self->links_.size() < kMaximumConnections) {
            const std::uint64_t number = self->next_connection_++;
            const auto link =
                std::make_shared<Link>(self, Protocol::socket(std::move(socket)), number, is_unix);
            self->links_.emplace(number, link);
            link->read();
        }
        self->accept(acceptor, is_unix);
    });
}

base::Result<Endpoint, std::string> HttpServer::Core::listen(const Endpoint& endpoint) {
    return endpoint.is_unix() ? listen_unix(endpoint) : listen_tcp(endpoint);
}

base::Result<Endpoint, std::string> HttpServer::Core::listen_unix(const Endpoint& endpoint) {
    using Local = asio::local::stream_protocol;
    Error error;
    if (is_stale_socket(endpoint.path)) ::unlink(endpoint.path.c_str());
    const auto acceptor = std::make_shared<Local::acceptor>(loop_);
    acceptor->open(Local(), error);
    // The mode is right from the beginning: nobody connects before it is.
    const mode_t before = ::umask(0177);
    if (!error) acceptor->bind(Local::endpoint(endpoint.path), error);
    ::umask(before);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) return base::Failure{to_text(endpoint) + ": " + error.message()};
    socket_path_ = endpoint.path;
    close_acceptor_ = [acceptor] {
        Error ignored;
        acceptor->close(ignored);
    };
    accept(acceptor, true);
    return endpoint;
}

base::Result<Endpoint, std::string> HttpServer::Core::listen_tcp(const Endpoint& endpoint) {
    using asio::ip::tcp;
    Error error;
    const auto address =
        asio::ip::make_address(endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host, error);
    if (error) return base::Failure{to_text(endpoint) + ": not a numeric address"};
    const tcp::endpoint where(address, endpoint.port);
    const auto acceptor = std::make_shared<tcp::acceptor>(loop_);
    acceptor->open(where.protocol(), error);
    if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor->bind(where, error);
    if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
    if (error) return base::Failure{to_text(endpoint) + ": " + error.message()};
    close_acceptor_ = [acceptor] {
        Error ignored;
        acceptor->close(ignored);
    };
    accept(acceptor, false);
    Endpoint bound = endpoint;
    bound.port = acceptor->local_endpoint(error).port();
    return bound;
}

void HttpServer::Core::stop() {
    if (close_acceptor_) close_acceptor_();
    const auto links = links_;
    for (const auto& [number, link] : links) link->close();
    if (!socket_path_.empty()) ::unlink(socket_path_.c_str());
}

HttpServer::HttpServer(asio::io_context& loop, Handlers handlers, std::string token)
    : core_(std::make_shared<Core>(loop, std::move(handlers), std::move(token))) {}

HttpServer::~HttpServer() {
    core_->stop();
}

base::Result<Endpoint, std::string> HttpServer::listen(const Endpoint& endpoint) {
    return core_->listen(endpoint);
}

}  // namespace nearline::apps
