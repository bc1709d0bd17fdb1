#include "apps/exec/device_host.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <list>
#include <optional>
#include <utility>

#include "apps/exec/descriptor.h"

namespace nearline::apps {
namespace {

using base::Failure;
using fixtures::Answer;
using fixtures::Call;
using fixtures::Direction;
using fixtures::Operation;

// A packet with what came along with it.
struct Received {
    Call call{};
    Descriptor reply;
    Descriptor data;
    bool is_whole = false;
};

void take_descriptors(msghdr& message, Received& received) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int passed[2] = {-1, -1};
        const std::size_t length = header->cmsg_len - CMSG_LEN(0);
        std::memcpy(passed, CMSG_DATA(header), std::min(length, sizeof(passed)));
        const auto [reply, data] = passed;
        received.reply = Descriptor(reply);
        received.data = Descriptor(data);
    }
}

// Nothing when no packet is there; a packet that is not whole when the other end has gone.
std::optional<Received> receive(int socket) {
    Received received;
    iovec part = {&received.call, sizeof(received.call)};
    alignas(cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    const ssize_t length = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (length > 0) take_descriptors(message, received);
    received.is_whole = length == static_cast<ssize_t>(sizeof(received.call)) && received.reply;
    return received;
}

// Only a plain file may hold data: reading it never waits.
bool is_plain_file(int descriptor, std::uint64_t size) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
           static_cast<std::uint64_t>(status.st_size) >= size;
}

bool load(int file, base::Bytes& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count =
            ::pread(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (count <= 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

bool store(int file, const base::Bytes& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t count =
            ::pwrite(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        if (count <= 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

// Nobody may be left there to hear it; then it is lost, as it should be.
void send(int socket, const Answer& answer, int data) {
    iovec part = {const_cast<Answer*>(&answer), sizeof(answer)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (data >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof(control);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(header), &data, sizeof(data));
    }
    ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Only processes of the user who runs this, and of root.
bool may_connect(int socket) {
    ucred peer{};
    socklen_t length = sizeof(peer);
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
           (peer.uid == ::geteuid() || peer.uid == 0);
}

}  // namespace

class DeviceHost::Listener {
public:
    Listener(Descriptor socket, Opener opener)
        : socket_(std::move(socket)), opener_(std::move(opener)) {}

    int socket() const { return socket_.get(); }
    const Opener& opener() const { return opener_; }
    void watch(std::unique_ptr<initiator::Loop::Watch> watch) {
        watch_ = std::move(watch);
        watch_->want({true, false});
    }

private:
    Descriptor socket_;
    Opener opener_;
    std::unique_ptr<initiator::Loop::Watch> watch_;
};

// An open file of some process, or of several that inherited it.
class DeviceHost::Connection {
public:
    Connection(Descriptor socket, const Opener& opener)
        : socket_(std::move(socket)), file_(opener([this] { show_outcome(); })) {}

    void watch(std::unique_ptr<initiator::Loop::Watch> watch) {
        watch_ = std::move(watch);
        watch_->want({true, false});
    }

    // Takes one call, which is none when the last process has closed the file.
    std::optional<Received> take() const { return receive(socket_.get()); }

    void serve(Received received) {
        // Shared by the answer that may come later: a function has to be copied.
        auto reply = std::make_shared<Descriptor>(std::move(received.reply));
        auto data = std::make_shared<Descriptor>(std::move(received.data));
        base::Bytes data_out;
        if (!take_data(received.call, *data, data_out)) {
            return send(reply->get(), failed(EFAULT).answer, -1);
        }
        const Operation operation = received.call.operation;
        file_->call(received.call, std::move(data_out),
                    [operation, reply, data](DeviceReply answer) {
                        give(operation, *reply, *data, answer);
                    });
    }

    // Whether the last process has closed it, and nothing it has sent is left.
    bool is_abandoned() const {
        char byte;
        return ::recv(socket_.get(), &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) == 0;
    }
    bool is_closing() const { return is_closing_; }
    void close(std::function<void()> closed) {
        is_closing_ = true;
        watch_.reset();
        file_->close([this, closed = std::move(closed)](const DeviceReply& reply) {
            for (Closer& each : closers_) send(each.reply.get(), reply.answer, -1);
            closed();
        });
    }

    // A process that closes its descriptor: it hears when that has had its effect.
    void add_closer(Descriptor reply, initiator::Loop& loop, std::function<void()> has_closed) {
        const int number = reply.get();
        closers_.push_back({std::move(reply), nullptr});
        Closer& closer = closers_.back();
        closer.watch = loop.watch(
            number, [this, number, has_closed = std::move(has_closed)](initiator::Loop::Readiness) {
                const std::function<void()> next = has_closed;
                find_closer(number)->watch.reset();
                next();
            });
        closer.watch->want({true, false});
    }
    // Of one that was not the last.
    void answer_closer(int number) {
        const auto closer = find_closer(number);
        send(number, Answer{}, -1);
        closers_.erase(closer);
    }

private:
    struct Closer {
        Descriptor reply;
        std::unique_ptr<initiator::Loop::Watch> watch;
    };

    std::list<Closer>::iterator find_closer(int number) {
        return std::find_if(closers_.begin(), closers_.end(), [number](const Closer& closer) {
            return closer.reply.get() == number;
        });
    }

    static bool take_data(const Call& call, const Descriptor& file, base::Bytes& out) {
        const Operation operation = call.operation;
        const bool has_data = operation == Operation::Execute || operation == Operation::Submit ||
                              operation == Operation::Read || operation == Operation::Write;
        if (!has_data || call.command.data_length == 0) return true;
        if (call.command.data_length > fixtures::kMostData) return false;
        if (call.command.direction != Direction::ToDevice) {
            return operation == Operation::Submit || is_plain_file(file.get(), 0);
        }
        if (!is_plain_file(file.get(), call.command.data_length)) return false;
        out.resize(call.command.data_length);
        return load(file.get(), out);
    }

    static void give(Operation operation, const Descriptor& reply, const Descriptor& file,
                     DeviceReply& answer) {
        if (answer.data.empty()) return send(reply.get(), answer.answer, -1);
        if (operation == Operation::Receive) {
            const Descriptor fresh(::memfd_create("nearline-data", MFD_CLOEXEC));
            if (!store(fresh.get(), answer.data)) answer.answer.error = ENOMEM;
            return send(reply.get(), answer.answer, fresh.get());
        }
        if (!store(file.get(), answer.data)) answer.answer.error = ENOMEM;
        send(reply.get(), answer.answer, -1);
    }

    // One packet for each outcome that waits makes the descriptor readable.
    void show_outcome() {
        const char token = 1;
        ::send(socket_.get(), &token, sizeof(token), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    Descriptor socket_;
    std::unique_ptr<DeviceFile> file_;
    std::unique_ptr<initiator::Loop::Watch> watch_;
    std::list<Closer> closers_;
    bool is_closing_ = false;
};

DeviceHost::DeviceHost(initiator::Loop& loop, std::string token)
    : loop_(loop), token_(std::move(token)), self_(std::make_shared<DeviceHost*>(this)) {}
DeviceHost::~DeviceHost() = default;

base::Result<void, std::string> DeviceHost::serve(const std::string& name, Opener opener) {
    const std::string path = fixtures::kAddressPrefix + token_ + "/" + name;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // An abstract address begins with a zero byte; nothing of it is left in any folder.
    if (path.size() + 1 > sizeof(address.sun_path)) return Failure{path + " is too long"};
    std::memcpy(address.sun_path + 1, path.data(), path.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + path.size());

    Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    constexpr int kBacklog = 64;
    if (!socket || ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        ::listen(socket.get(), kBacklog) != 0) {
        return Failure{"cannot listen on @" + path + ": " + std::strerror(errno)};
    }
    listeners_.push_back(std::make_unique<Listener>(std::move(socket), std::move(opener)));
    Listener& listener = *listeners_.back();
    listener.watch(loop_.watch(
        listener.socket(), [this, &listener](initiator::Loop::Readiness) { accept(listener); }));
    names_ += (names_.empty() ? "" : ",") + name;
    return {};
}

void DeviceHost::link(const std::string& name, const std::string& target) {
    names_ += (names_.empty() ? "" : ",") + name + "=" + target;
}

std::string DeviceHost::variable() const {
    return token_ + ":" + names_;
}

void DeviceHost::accept(Listener& listener) {
    Descriptor socket(::accept4(listener.socket(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket || !may_connect(socket.get())) return;
    const std::uint64_t id = next_id_++;
    const int number = socket.get();
    auto& connection = connections_[id];
    connection = std::make_unique<Connection>(std::move(socket), listener.opener());
    connection->watch(
        loop_.watch(number, [this, id](initiator::Loop::Readiness) { serve_call(id); }));
}

void DeviceHost::serve_call(std::uint64_t id) {
    Connection& connection = *connections_.at(id);
    auto received = connection.take();
    if (!received) return;
    if (!received->is_whole) return close(id);
    if (received->call.operation == Operation::Open) find_abandoned();
    if (received->call.operation != Operation::Close) {
        return connection.serve(std::move(*received));
    }
    const int reply = received->reply.get();
    connection.add_closer(std::move(received->reply), loop_, [this, id, reply] {
        Connection& closed = *connections_.at(id);
        if (closed.is_closing()) return;  // it is told with the others
        if (closed.is_abandoned()) return close(id);
        closed.answer_closer(reply);
    });
}

// A process that ended has closed its files before anybody could hear of that end.
void DeviceHost::find_abandoned() {
    std::vector<std::uint64_t> abandoned;
    for (const auto& [id, connection] : connections_) {
        if (!connection->is_closing() && connection->is_abandoned()) abandoned.push_back(id);
    }
    for (const std::uint64_t id : abandoned) close(id);
}

bool DeviceHost::has_settled() {
    find_abandoned();
    return std::none_of(connections_.begin(), connections_.end(),
                        [](const auto& each) { return each.second->is_closing(); });
}

void DeviceHost::close(std::uint64_t id) {
    const std::weak_ptr<DeviceHost*> weak = self_;
    connections_.at(id)->close([weak, id] {
        if (const auto self = weak.lock()) (*self)->connections_.erase(id);
    });
}

}  // namespace nearline::apps
