#include "bench/processes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace nearline::bench {
namespace {

// Waits for a child that was told to end, and insists after two seconds.
void end_child(pid_t pid) {
    if (pid <= 0) return;
    ::kill(pid, SIGTERM);
    for (int i = 0; i < 200; ++i) {
        if (::waitpid(pid, nullptr, WNOHANG) != 0) return;
        ::usleep(10'000);
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

std::uint16_t port_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

int listen_on_loopback() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 ||
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket, 4) != 0) {
        give_up(std::string("listen: ") + std::strerror(errno));
    }
    return socket;
}

// One connection after the other, for as long as the parent lives.
[[noreturn]] void serve_ping_pong(int listener, const Bytes& reply) {
    Bytes in(1 << 16);
    Bytes out;
    while (true) {
        const int peer = ::accept(listener, nullptr, nullptr);
        if (peer < 0) ::_exit(1);
        const int on = 1;
        ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::size_t have = 0;
        while (true) {
            const ssize_t count = ::recv(peer, in.data(), in.size(), 0);
            if (count <= 0) break;
            have += static_cast<std::size_t>(count);
            out.clear();
            for (; have >= kHeaderSize; have -= kHeaderSize) {
                out.insert(out.end(), reply.begin(), reply.end());
            }
            for (std::size_t sent = 0; sent < out.size();) {
                const ssize_t done =
                    ::send(peer, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
                if (done <= 0) break;
                sent += static_cast<std::size_t>(done);
            }
        }
        ::close(peer);
    }
}

bool receive_whole(int peer, std::uint8_t* at, std::size_t size) {
    for (std::size_t have = 0; have < size;) {
        const ssize_t count = ::recv(peer, at + have, size - have, 0);
        if (count <= 0) return false;
        have += static_cast<std::size_t>(count);
    }
    return true;
}

bool send_whole(int peer, const std::uint8_t* at, std::size_t size) {
    for (std::size_t sent = 0; sent < size;) {
        const ssize_t count = ::send(peer, at + sent, size - sent, MSG_NOSIGNAL);
        if (count <= 0) return false;
        sent += static_cast<std::size_t>(count);
    }
    return true;
}

std::size_t length_in(const std::uint8_t* header) {
    return std::size_t{header[5]} << 16 | std::size_t{header[6]} << 8 | header[7];
}

// Requests have the shape of SCSI commands: a WRITE brings its block behind it, a READ gets one,
// REWIND begins again at the file's beginning.
[[noreturn]] void serve_file(int listener, const std::string& file) {
    const int data = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (data < 0) ::_exit(1);
    Bytes block(std::size_t{16} << 20);
    while (true) {
        const int peer = ::accept(listener, nullptr, nullptr);
        if (peer < 0) ::_exit(1);
        const int on = 1;
        ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        off_t at = 0;
        std::array<std::uint8_t, kHeaderSize> request{};
        while (receive_whole(peer, request.data(), request.size())) {
            const std::uint8_t opcode = request[32];
            const std::size_t length = opcode == 0x01 ? 0 : length_in(&request[29]);
            std::array<std::uint8_t, kHeaderSize> reply{};
            reply[0] = 0x21;
            reply[1] = 0x80;
            if (opcode == 0x01) at = 0;
            if (opcode == 0x0A) {
                if (!receive_whole(peer, block.data(), length)) break;
                if (at == 0 && ::ftruncate(data, 0) != 0) break;  // as a tape written over
                if (::pwrite(data, block.data(), length, at) != static_cast<ssize_t>(length)) break;
            }
            if (opcode == 0x08) {
                if (::pread(data, block.data(), length, at) != static_cast<ssize_t>(length)) break;
                reply[0] = 0x25;
                reply[1] = 0x81;
                reply[5] = static_cast<std::uint8_t>(length >> 16);
                reply[6] = static_cast<std::uint8_t>(length >> 8);
                reply[7] = static_cast<std::uint8_t>(length);
            }
            at += static_cast<off_t>(length);
            if (!send_whole(peer, reply.data(), reply.size())) break;
            if (opcode == 0x08 && !send_whole(peer, block.data(), length)) break;
        }
        ::close(peer);
    }
}

// Exit status of a command that prints nothing we need.
int run(const std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        const int nowhere = ::open("/dev/null", O_RDWR);
        for (const int descriptor : {0, 1, 2}) ::dup2(nowhere, descriptor);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    int status = 0;
    if (pid < 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

}  // namespace

double now_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Process::Process(const std::vector<std::string>& arguments, bool pipe_output, bool log) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    int ends[2] = {-1, -1};
    if (pipe_output && ::pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) give_up("no process");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        const int nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(nowhere, 0);
        ::dup2(pipe_output ? ends[1] : nowhere, 1);
        if (!log) ::dup2(nowhere, 2);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    if (pipe_output) {
        ::close(ends[1]);
        output_ = ends[0];
    }
}

Process::~Process() {
    end_child(pid_);
    if (output_ >= 0) ::close(output_);
}

std::optional<std::string> Process::read_line(int seconds) {
    const double limit = now_seconds() + seconds;
    while (true) {
        if (const std::size_t end = buffered_.find('\n'); end != std::string::npos) {
            std::string line = buffered_.substr(0, end);
            buffered_.erase(0, end + 1);
            return line;
        }
        const int left = static_cast<int>((limit - now_seconds()) * 1000);
        pollfd waited{output_, POLLIN, 0};
        if (left <= 0 || ::poll(&waited, 1, left) <= 0) return std::nullopt;
        char chunk[512];
        const ssize_t count = ::read(output_, chunk, sizeof chunk);
        if (count <= 0) return std::nullopt;
        buffered_.append(chunk, static_cast<std::size_t>(count));
    }
}

bool Process::is_running() {
    if (pid_ <= 0 || ::waitpid(pid_, nullptr, WNOHANG) == 0) return pid_ > 0;
    pid_ = -1;
    return false;
}

std::size_t Process::resident_bytes() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6)) * 1024;
    }
    return 0;
}

NearlineServer::NearlineServer(const std::string& program, const std::string& library_file,
                               const std::string& state)
    : started_at_(now_seconds()),
      process_(
          [&] {
              std::vector<std::string> arguments = {program, "serve", "--portal", "127.0.0.1:0"};
              if (!library_file.empty()) arguments.insert(arguments.begin() + 2, library_file);
              if (!state.empty()) arguments.insert(arguments.end(), {"--state", state});
              return arguments;
          }(),
          true) {
    const auto line = process_.read_line(60);
    seconds_to_ready_ = now_seconds() - started_at_;
    const std::string begin = "ready iscsi://";
    if (!line || !line->starts_with(begin)) give_up(program + " serve did not get ready");
    const std::size_t colon = line->find(':', begin.size());
    const std::size_t slash = line->find('/', begin.size());
    portal_.host = line->substr(begin.size(), colon - begin.size());
    portal_.port = static_cast<std::uint16_t>(std::stoul(line->substr(colon + 1)));
    portal_.target = line->substr(slash + 1, line->rfind('/') - slash - 1);
}

std::unique_ptr<TgtServer> TgtServer::start(const std::string& folder, int slots,
                                            std::string& why) {
    // A port that was free a moment ago; tgtd cannot choose one itself.
    const int probe = listen_on_loopback();
    const std::uint16_t port = port_of(probe);
    ::close(probe);
    const std::string control = std::to_string(20'000 + port % 10'000);
    ::setenv("TGT_IPC_SOCKET", (folder + "/tgtd-control").c_str(), 1);
    std::unique_ptr<TgtServer> server(
        new TgtServer({"tgtd", "-f", "-C", control, "-t", "1", "--iscsi",
                       "portal=127.0.0.1:" + std::to_string(port)}));
    server->portal_ = {"127.0.0.1", port, "iqn.2026-11.test.nearline:tgt"};
    const auto admin = [&](std::vector<std::string> arguments) {
        const std::vector<std::string> first = {"tgtadm", "-C", control, "--lld", "iscsi"};
        arguments.insert(arguments.begin(), first.begin(), first.end());
        return run(arguments) == 0;
    };
    bool is_up = false;
    for (int attempt = 0; attempt < 50 && !is_up; ++attempt) {
        if (!server->process_.is_running()) {
            why = "tgtd is not there or does not start (it needs root)";
            return nullptr;
        }
        ::usleep(100'000);
        is_up =
            admin({"--op", "new", "--mode", "target", "--tid", "1", "-T", server->portal_.target});
    }
    // Without these it agrees to no digests, whatever it is asked.
    for (const char* digest : {"HeaderDigest", "DataDigest"}) {
        is_up = is_up && admin({"--op", "update", "--mode", "target", "--tid", "1", "--name",
                                digest, "--value", "None,CRC32C"});
    }
    if (!is_up || !admin({"--op", "bind", "--mode", "target", "--tid", "1", "-I", "127.0.0.1"})) {
        why = "tgtadm cannot reach tgtd";
        return nullptr;
    }
    const std::string backing = folder + "/tgt-changer";
    std::ofstream(backing) << std::string(1 << 20, '\0');
    const std::string lun = std::to_string(kChangerLun);
    const auto parameter = [&](const std::string& value) {
        return admin({"--mode", "logicalunit", "--op", "update", "--tid", "1", "--lun", lun,
                      "--params", value});
    };
    server->has_changer_ = admin({"--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun",
                                  lun, "--backing-store", backing, "--device-type", "changer"}) &&
                           parameter("media_home=" + folder) &&
                           parameter("element_type=1,start_address=1,quantity=1") &&
                           parameter("element_type=2,start_address=" + std::to_string(kFirstSlot) +
                                     ",quantity=" + std::to_string(slots)) &&
                           parameter("element_type=4,start_address=500,quantity=2");
    server->has_tape_ = true;
    for (int each = 0; each < kTapes && server->has_tape_; ++each) {
        const std::string tape = folder + "/tgt-tape" + std::to_string(each);
        server->has_tape_ = run({"tgtimg", "--op", "new", "--device-type", "tape", "--barcode",
                                 "BENCH" + std::to_string(each), "--size", "40960", "--type",
                                 "data", "--file", tape}) == 0 &&
                            admin({"--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun",
                                   std::to_string(kTapeLun + each), "--backing-store", tape,
                                   "--device-type", "tape"});
    }
    return server;
}

FileStream::FileStream(const std::string& file) {
    const int listener = listen_on_loopback();
    portal_.port = port_of(listener);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) give_up("no process");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        serve_file(listener, file);
    }
    ::close(listener);
}

FileStream::~FileStream() {
    end_child(pid_);
}

PingPong::PingPong(const Bytes& reply) {
    const int listener = listen_on_loopback();
    portal_.port = port_of(listener);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) give_up("no process");
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
        serve_ping_pong(listener, reply);
    }
    ::close(listener);
}

PingPong::~PingPong() {
    end_child(pid_);
}

}  // namespace nearline::bench
