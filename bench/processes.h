// The servers that are measured: started as children on loopback, ended with the object.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/iscsi_client.h"

namespace nearline::bench {

class Process {
public:
    // Runs a program found in PATH, standard output into a pipe when asked for. Without `log`,
    // standard error goes nowhere.
    Process(const std::vector<std::string>& arguments, bool pipe_output, bool log = false);
    ~Process();  // SIGTERM, and after two seconds SIGKILL
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // One line of its output; nullopt when it ended or said nothing for `seconds`.
    std::optional<std::string> read_line(int seconds);
    bool is_running();
    std::size_t resident_bytes() const;  // VmRSS

private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::string buffered_;
};

// Where a target can be reached.
struct Portal {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    std::string target;
};

// `nearline serve` with the given library file ("" for the built-in one).
class NearlineServer {
public:
    // With `state`, in that directory.
    NearlineServer(const std::string& program, const std::string& library_file,
                   const std::string& state = "");
    const Portal& portal() const { return portal_; }
    double seconds_to_ready() const { return seconds_to_ready_; }
    std::size_t resident_bytes() const { return process_.resident_bytes(); }

private:
    double started_at_;
    Process process_;
    Portal portal_;
    double seconds_to_ready_ = 0;
};

// Debian's tgtd with a disk-less target: LUN 1 is a changer with `slots` slots.
class TgtServer {
public:
    static constexpr std::uint8_t kChangerLun = 1;
    static constexpr std::uint8_t kTapeLun = 2;  // and those that follow
    static constexpr std::uint8_t kTapes = 4;
    static constexpr std::uint16_t kFirstSlot = 1000;

    // nullptr, with the reason, when there is no tgtd or it does not start here.
    static std::unique_ptr<TgtServer> start(const std::string& folder, int slots, std::string& why);
    const Portal& portal() const { return portal_; }
    bool has_changer() const { return has_changer_; }
    bool has_tape() const { return has_tape_; }

private:
    TgtServer(const std::vector<std::string>& arguments) : process_(arguments, false) {}

    Process process_;
    Portal portal_;
    bool has_changer_ = false;
    bool has_tape_ = false;
};

// A bare stream over TCP to and from a file in the page cache: 48 bytes with a length in front of
// each block, one way or the other. A forked child.
class FileStream {
public:
    explicit FileStream(const std::string& file);
    ~FileStream();
    FileStream(const FileStream&) = delete;
    FileStream& operator=(const FileStream&) = delete;
    const Portal& portal() const { return portal_; }

private:
    pid_t pid_ = -1;
    Portal portal_;
};

// Answers every 48 bytes with the same bytes: a bare TCP ping-pong. A forked child.
class PingPong {
public:
    explicit PingPong(const Bytes& reply);
    ~PingPong();
    PingPong(const PingPong&) = delete;
    PingPong& operator=(const PingPong&) = delete;
    const Portal& portal() const { return portal_; }

private:
    pid_t pid_ = -1;
    Portal portal_;
};

double now_seconds();

}  // namespace nearline::bench
