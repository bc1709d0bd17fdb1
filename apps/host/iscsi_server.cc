#include "apps/host/iscsi_server.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <functional>
#include <utility>

namespace nearline::apps {
namespace {

using boost::asio::ip::tcp;
using Error = boost::system::error_code;

// Bytes read of one connection before others have their turn.
constexpr std::size_t kTurn = std::size_t{4} << 20;
constexpr std::size_t kSpansAtOnce = 64;

// Real time: a peer that does not log in, or does not go when its session has ended.
constexpr std::chrono::seconds kLoginTime{15};
constexpr std::chrono::seconds kLeavingTime{1};

std::string text_of(const tcp::endpoint& endpoint) {
    return to_text(Endpoint{endpoint.address().to_string(), endpoint.port(), {}});
}

}  // namespace

// One TCP connection. It lives while the server or a waiting operation holds it.
class IscsiServer::Link : public std::enable_shared_from_this<IscsiServer::Link> {
public:
    Link(IscsiServer& server, tcp::socket socket)
        : server_(server), socket_(std::move(socket)), timer_(server.loop_) {}

    bool start() {
        Error error;
        socket_.set_option(tcp::no_delay(true), error);
        socket_.set_option(boost::asio::socket_base::keep_alive(true), error);
        socket_.non_blocking(true, error);
        const tcp::endpoint local = socket_.local_endpoint(error);
        if (error) return false;
        connection_ = server_.portal_.accept(text_of(local), [this] { wake(); });
        if (!connection_) return false;
        end_after(kLoginTime, [this] { return connection_ && !connection_->is_logged_in(); });
        wait_for_input();
        return true;
    }

    // Sends what it can without waiting, and ends.
    void close() {
        if (connection_) write();
        end();
    }

private:
    void end_after(std::chrono::seconds time, std::function<bool()> is_due) {
        timer_.expires_after(time);
        timer_.async_wait([self = shared_from_this(), is_due](const Error& error) {
            if (!error && is_due()) self->end();
        });
    }

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
        if (connection_->wants_close() && connection_->to_send().empty()) return leave();
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

    // The engine is done, and all is sent. Closing while the peer still sends would take the last
    // answer from it, so what it sends is read away until it closes, for a moment.
    void leave() {
        drop_connection();
        Error ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        end_after(kLeavingTime, [] { return true; });
        read_away();
    }

    void read_away() {
        socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const Error& error) {
            if (error || self->has_ended_) return;
            std::array<std::uint8_t, 4096> nobody_reads_it{};
            const ssize_t count = ::recv(self->socket_.native_handle(), nobody_reads_it.data(),
                                         nobody_reads_it.size(), 0);
            const bool is_waiting = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
            if (count > 0 || is_waiting) return self->read_away();
            self->end();
        });
    }

    void drop_connection() {
        if (!connection_) return;
        connection_->lost();
        connection_.reset();
    }

    void end() {
        if (std::exchange(has_ended_, true)) return;
        drop_connection();
        timer_.cancel();
        Error ignored;
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
        server_.links_.erase(shared_from_this());
    }

    IscsiServer& server_;
    tcp::socket socket_;
    std::unique_ptr<iscsi::Connection> connection_;  // empty once the engine is done
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_woken_ = false;
    bool has_ended_ = false;
    boost::asio::steady_timer timer_;  // of the login, then of leaving
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
