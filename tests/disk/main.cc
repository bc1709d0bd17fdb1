// nearline-test-disk: one RAM disk behind the iSCSI engine, for conformance tools. Prints
// `ready iscsi://127.0.0.1:PORT/IQN/0` when it serves; SIGTERM ends it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "iscsi/portal.h"
#include "scsi/target_device.h"
#include "tests/disk/ram_disk.h"

namespace nearline::disk {
namespace {

constexpr const char* kTargetName = "iqn.2026-11.test.nearline:disk";
constexpr std::uint64_t kBlocks = 131072;  // 64 MiB

volatile std::sig_atomic_t is_asked_to_end = 0;

void ask_to_end(int) {
    is_asked_to_end = 1;
}

void fill_with_random(base::MutableBytes bytes) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    CHECK(got == static_cast<ssize_t>(bytes.size()));
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }

private:
    int number_;
};

// One accepted socket and its protocol.
class Peer {
public:
    Peer(Descriptor socket, iscsi::Portal& portal, const std::string& local)
        : socket_(std::move(socket)), connection_(portal.accept(local, [] {})) {}

    pollfd interest() {
        const bool reads = !connection_->is_stalled();
        const bool writes = !connection_->to_send().empty();
        return {socket_.number(), static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)),
                0};
    }
    bool is_alive() const { return is_alive_ && connection_ != nullptr; }

    void read() {
        const base::MutableBytes place = connection_->place();
        const ssize_t got = recv(socket_.number(), place.data(), place.size(), 0);
        if (got > 0) return connection_->received(static_cast<std::size_t>(got));
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        connection_->lost();
        is_alive_ = false;
    }

    void write() {
        std::vector<iovec> parts;
        for (const base::BytesView span : connection_->to_send()) {
            if (parts.size() == 64) break;
            // sendmsg reads only, though its structure cannot say so.
            parts.push_back({const_cast<std::uint8_t*>(span.data()), span.size()});
        }
        if (parts.empty()) return finish_if_wanted();
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const ssize_t put = sendmsg(socket_.number(), &message, MSG_NOSIGNAL);
        if (put > 0) {
            connection_->sent(static_cast<std::size_t>(put));
        } else if (errno != EAGAIN && errno != EINTR) {
            connection_->lost();
            is_alive_ = false;
        }
        finish_if_wanted();
    }

private:
    // Once all is sent the peer gets the end of the stream; it closes then.
    void finish_if_wanted() {
        if (connection_->wants_close() && connection_->to_send().empty()) {
            shutdown(socket_.number(), SHUT_WR);
        }
    }

    Descriptor socket_;
    std::unique_ptr<iscsi::Connection> connection_;
    bool is_alive_ = true;
};

Descriptor listen_on(std::uint16_t port) {
    Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener.number(), SOMAXCONN) != 0) {
        std::perror("nearline-test-disk: cannot listen");
        std::exit(3);
    }
    return listener;
}

std::string address_of(const Descriptor& listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &size);
    return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

void accept_from(const Descriptor& listener, iscsi::Portal& portal, const std::string& address,
                 std::list<Peer>& peers) {
    const int number = accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (number < 0) return;
    const int on = 1;
    setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    peers.emplace_back(Descriptor(number), portal, address);
}

// The signals that end the program come only while it waits, so none is missed.
sigset_t let_signals_in_only_while_waiting() {
    struct sigaction action {};
    action.sa_handler = ask_to_end;
    sigset_t ends;
    sigemptyset(&ends);
    for (const int signal : {SIGTERM, SIGINT}) {
        sigaction(signal, &action, nullptr);
        sigaddset(&ends, signal);
    }
    sigset_t before;
    sigprocmask(SIG_BLOCK, &ends, &before);
    return before;
}

void serve(const Descriptor& listener) {
    const sigset_t while_waiting = let_signals_in_only_while_waiting();
    sim::Simulation simulation;
    sim::NullTrace trace;
    RamDisk disk("NLD0000001", kBlocks);
    scsi::TargetDevice device;
    device.add(scsi::simple_lun(0), disk);
    const std::string address = address_of(listener);
    iscsi::Portal::Settings settings;
    settings.address = address;
    iscsi::Portal portal(simulation, trace, settings, fill_with_random);
    iscsi::TargetEntry target;
    target.name = kTargetName;
    target.device = &device;
    target.on_mismatch = iscsi::LengthMismatch::Executed;
    portal.add_target(target);
    std::printf("ready iscsi://%s/%s/0\n", address.c_str(), kTargetName);
    std::fflush(stdout);

    std::list<Peer> peers;
    while (is_asked_to_end == 0) {
        while (simulation.run_next()) {
        }
        peers.remove_if([](const Peer& peer) { return !peer.is_alive(); });
        std::vector<pollfd> interests = {{listener.number(), POLLIN, 0}};
        for (Peer& peer : peers) interests.push_back(peer.interest());
        if (ppoll(interests.data(), interests.size(), nullptr, &while_waiting) < 0) continue;
        auto interest = std::next(interests.begin());
        for (Peer& peer : peers) {
            const short happened = (interest++)->revents;
            if ((happened & (POLLIN | POLLHUP | POLLERR)) != 0) peer.read();
            if (peer.is_alive()) peer.write();
        }
        if (interests.front().revents != 0) accept_from(listener, portal, address, peers);
    }
}

}  // namespace
}  // namespace nearline::disk

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    if (argc == 3 && std::string_view(argv[1]) == "--port") {
        const auto given = nearline::base::parse_unsigned(argv[2]);
        if (given && *given <= 65535) {
            port = static_cast<std::uint16_t>(*given);
            argc = 1;
        }
    }
    if (argc != 1) {
        std::fputs("usage: nearline-test-disk [--port PORT]\n", stderr);
        return 2;
    }
    nearline::disk::serve(nearline::disk::listen_on(port));
    return 0;
}
