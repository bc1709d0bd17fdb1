#include "apps/host/iscsi_server.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace nearline::apps {
namespace {

using boost::asio::ip::tcp;
using Error = boost::system::error_code;

// Bytes read of one connection before others have their turn.
constexpr std::size_t kTurn = std::size_t{4} << 20;
constexpr std::size_t kSpansAtOnce = 64;

std::string text_of(const tcp::endpoint& endpoint) {
    return to_text(Endpoint{endpoint.address().to_string(), endpoint.port(), {}});
}

}  // namespace

// One TCP connection. It lives while the server or a waiting operation holds it.
class IscsiServer::Link : public std::enable_shared_from_this<IscsiServer::Link> {
public:
    Link(IscsiServer& server, tcp::socket socket) : server_(server), socket_(std::move(socket)) {}

    bool start() {
        Error error;
        socket_.set_option(tcp::no_delay(true), error);
        socket_.non_blocking(true, error);
        const tcp::endpoint local = socket_.local_endpoint(error);
        if (error) return false;
        connection_ = server_.portal_.accept(text_of(local), [this] { wake(); });
        if (!connection_) return false;
        wait_for_input();
        return true;
    }

    // Sends what it can without waiting, and ends.
    void close() {
        if (!connection_) return;
        write();
        end();
    }

private:
    void wait_for_input() {
        if (is_reading_ || !connection_ || connection_->is_stalled()) return;
        is_reading_ = true;
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const Error& error) {
            self->is_reading_ = false;
            if (self->connection_ && !error) self->read();
        });
    }

    void read() {
        server_.driver_.before_input();
        for (std::size_t total = 0; total < kTurn && !connection_->wants_close();) {
            const base::MutableBytes place = connection_->place();
            const ssize_t count = ::recv(socket_.native_handle(), place.data(), place.size(), 0);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
            if (count <= 0) return end();
            connection_->received(static_cast<std::size_t>(count));
            total += static_cast<std::size_t>(count);
            if (static_cast<std::size_t>(count) < place.size() || connection_->is_stalled()) break;
        }
        after_change();
    }

    // The engine has something to say that no input of this connection caused.
    void wake() {
        if (std::exchange(is_woken_, true)) return;
        boost::asio::post(server_.loop_, [self = shared_from_this()] {
            self->is_woken_ = false;
            if (self->connection_) self->after_change();
        });
    }

    void after_change() {
        if (!write()) return end();
        if (connection_->wants_close() && connection_->to_send().empty()) return end();
        wait_for_input();
    }

    // False when the connection is gone.
    bool write() {
        while (!is_writing_) {
            const std::span<const base::BytesView> spans = connection_->to_send();
            if (spans.empty()) return true;
            std::array<iovec, kSpansAtOnce> vectors{};
            const std::size_t count = std::min(spans.size(), vectors.size());
            for (std::size_t at = 0; at < count; ++at) {
                // The call takes what it only reads as not const.
                vectors[at] = {const_cast<std::uint8_t*>(spans[at].data()), spans[at].size()};
            }
            msghdr message{};
            message.msg_iov = vectors.data();
            message.msg_iovlen = count;
            const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
            if (sent >= 0) {
                connection_->sent(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                wait_for_room();
            } else if (errno != EINTR) {
                return false;
            }
        }
        return true;
    }

    void wait_for_room() {
        is_writing_ = true;
        const auto on_room = [self = shared_from_this()](const Error& error) {
            self->is_writing_ = false;
            if (self->connection_ && !error) self->after_change();
        };
        socket_.async_wait(tcp::socket::wait_write, on_room);
    }

    void end() {
        if (!connection_) return;
        connection_->lost();
        connection_.reset();
        Error ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
        server_.links_.erase(shared_from_this());
    }

    IscsiServer& server_;
    tcp::socket socket_;
    std::unique_ptr<iscsi::Connection> connection_;  // empty once it has ended
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_woken_ = false;
};

IscsiServer::IscsiServer(boost::asio::io_context& loop, Driver& driver, iscsi::Portal& portal)
    : loop_(loop), driver_(driver), portal_(portal), acceptor_(loop), pause_(loop) {}

IscsiServer::~IscsiServer() {
    close_all();
}

base::Result<Endpoint, std::string> IscsiServer::listen(const Endpoint& endpoint) {
    Error error;
    const auto wanted = to_text(endpoint);
    const auto failed = [&] { return base::Failure{wanted + ": " + error.message()}; };
    const auto address = boost::asio::ip::make_address(
        endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host, error);
    if (error) return base::Failure{wanted + ": not a numeric address"};
    const tcp::endpoint where(address, endpoint.port);
    acceptor_.open(where.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(where, error);
    if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error) return failed();
    const tcp::endpoint bound = acceptor_.local_endpoint(error);
    if (error) return failed();
    portal_.set_address(text_of(bound));
    accept();
    return Endpoint{bound.address().to_string(), bound.port(), {}};
}

void IscsiServer::accept() {
    acceptor_.async_accept([this](const Error& error, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (error) {
            pause_.expires_after(std::chrono::milliseconds(100));
            pause_.async_wait([this](const Error& aborted) {
                if (!aborted) accept();
            });
            return;
        }
        const auto link = std::make_shared<Link>(*this, std::move(socket));
        if (link->start()) links_.insert(link);
        accept();
    });
}

void IscsiServer::stop_listening() {
    Error ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void IscsiServer::close_all() {
    const auto links = links_;
    for (const auto& link : links) link->close();
}

}  // namespace nearline::apps
