#include "bench/iscsi_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/crc32c.h"

namespace nearline::bench {
namespace {

// RFC 7143 11.1.1 and 11.2.1.2.
enum : std::uint8_t {
    kNopOut = 0x00,
    kScsiCommand = 0x01,
    kLoginRequest = 0x03,
    kNopIn = 0x20,
    kScsiResponse = 0x21,
    kLoginResponse = 0x23,
    kDataIn = 0x25,
    kDataOut = 0x05,
    kReadyToTransfer = 0x31,
    kImmediate = 0x40,
    kFinal = 0x80,
};
constexpr std::uint8_t kRead = 0x40;
constexpr std::uint8_t kWrite = 0x20;
constexpr std::uint8_t kStatusInDataIn = 0x01;
constexpr std::uint32_t kReceiveLength = 262144;

void put24(std::uint8_t* at, std::size_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 16);
    at[1] = static_cast<std::uint8_t>(value >> 8);
    at[2] = static_cast<std::uint8_t>(value);
}

void put32(std::uint8_t* at, std::uint32_t value) {
    value = htonl(value);
    std::memcpy(at, &value, sizeof value);
}

std::uint32_t get32(const std::uint8_t* at) {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return ntohl(value);
}

std::size_t data_length(const std::uint8_t* header) {
    return std::size_t{header[5]} << 16 | std::size_t{header[6]} << 8 | header[7];
}

std::size_t padded(std::size_t length) {
    return (length + 3) & ~std::size_t{3};
}

// RFC 7143 12.1: sent from its lowest byte on.
constexpr std::size_t kDigestSize = 4;
std::array<std::uint8_t, kDigestSize> digest_of(std::span<const std::uint8_t> bytes) {
    const std::uint32_t digest = base::crc32c(bytes);
    return {static_cast<std::uint8_t>(digest), static_cast<std::uint8_t>(digest >> 8),
            static_cast<std::uint8_t>(digest >> 16), static_cast<std::uint8_t>(digest >> 24)};
}

}  // namespace

void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

Command test_unit_ready(std::uint8_t lun) {
    return {"TEST UNIT READY", lun, {}, 0, {}};
}

Command read_element_status(std::uint8_t lun, std::uint16_t first, std::uint16_t count,
                            std::uint32_t allocation_length) {
    Command command{"READ ELEMENT STATUS", lun, {}, allocation_length, {}};
    command.cdb = {0xB8,
                   0x10 | 2,  // VOLTAG, storage elements
                   static_cast<std::uint8_t>(first >> 8),
                   static_cast<std::uint8_t>(first),
                   static_cast<std::uint8_t>(count >> 8),
                   static_cast<std::uint8_t>(count),
                   0,
                   static_cast<std::uint8_t>(allocation_length >> 16),
                   static_cast<std::uint8_t>(allocation_length >> 8),
                   static_cast<std::uint8_t>(allocation_length)};
    return command;
}

Command rewind_tape(std::uint8_t lun) {
    Command command{"REWIND", lun, {}, 0, {}};
    command.cdb[0] = 0x01;
    return command;
}

Command read_block(std::uint8_t lun, std::uint32_t length) {
    Command command{"READ", lun, {}, length, {}};
    command.cdb[0] = 0x08;
    put24(&command.cdb[2], length);
    return command;
}

Command write_block(std::uint8_t lun, std::span<const std::uint8_t> block) {
    Command command{"WRITE", lun, {}, 0, block};
    command.cdb[0] = 0x0A;
    put24(&command.cdb[2], block.size());
    return command;
}

std::array<std::uint8_t, kHeaderSize> request_of(const Command& command, std::uint32_t cmd_sn,
                                                 std::uint32_t exp_stat_sn) {
    std::array<std::uint8_t, kHeaderSize> header{};
    header[0] = kScsiCommand;
    header[1] = kFinal | (command.data_in_size > 0 ? kRead : 0) |
                (command.data_out.empty() ? 0 : kWrite) | 1;  // SIMPLE
    header[9] = command.lun;
    put32(&header[16], cmd_sn);  // the task tag: unique while outstanding
    put32(&header[20], command.data_out.empty()
                           ? command.data_in_size
                           : static_cast<std::uint32_t>(command.data_out.size()));
    put32(&header[24], cmd_sn);
    put32(&header[28], exp_stat_sn);
    std::memcpy(&header[32], command.cdb.data(), command.cdb.size());
    return header;
}

IscsiClient::IscsiClient(const std::string& host, std::uint16_t port) : in_(1 << 20) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (socket_ < 0 || ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        give_up("connect to " + host + ":" + std::to_string(port) + ": " + std::strerror(errno));
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval limit{30, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

IscsiClient::~IscsiClient() {
    ::close(socket_);
}

void IscsiClient::send_all(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) give_up(std::string("send: ") + std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

std::size_t IscsiClient::receive_some() {
    if (begin_ > 0) {
        std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == in_.size()) in_.resize(in_.size() * 2);
    while (true) {
        const ssize_t count = ::recv(socket_, in_.data() + end_, in_.size() - end_, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) give_up("the target closed the connection");
        if (count < 0) give_up(std::string("receive: ") + std::strerror(errno));
        end_ += static_cast<std::size_t>(count);
        return static_cast<std::size_t>(count);
    }
}

void IscsiClient::login(const std::string& target_name, Digests digests) {
    const std::string digest = digests == Digests::On ? "CRC32C" : "None";
    std::string text;
    for (const std::string& pair :
         {std::string("InitiatorName=iqn.2026-11.test.nearline:bench"),
          std::string("SessionType=Normal"), "TargetName=" + target_name, "HeaderDigest=" + digest,
          "DataDigest=" + digest, std::string("ErrorRecoveryLevel=0"),
          std::string("MaxConnections=1"), std::string("InitialR2T=Yes"),
          std::string("ImmediateData=Yes"), std::string("FirstBurstLength=262144"),
          std::string("MaxBurstLength=1048576"),
          "MaxRecvDataSegmentLength=" + std::to_string(kReceiveLength)}) {
        text += pair + '\0';
    }
    Bytes request(kHeaderSize);
    request[0] = kLoginRequest | kImmediate;
    request[1] = 0x87;  // T, from operational negotiation to full feature phase
    request[6] = static_cast<std::uint8_t>(text.size() >> 8);
    request[7] = static_cast<std::uint8_t>(text.size());
    request[8] = 0x80;  // ISID: random
    request[11] = static_cast<std::uint8_t>(::getpid());
    request[13] = static_cast<std::uint8_t>(socket_);
    put32(&request[24], cmd_sn_);
    request.insert(request.end(), text.begin(), text.end());
    request.resize(padded(request.size()));
    send_all(request);

    while (end_ - begin_ < kHeaderSize || end_ - begin_ < size_of(&in_[begin_])) receive_some();
    const std::uint8_t* header = &in_[begin_];
    if (header[0] != kLoginResponse || header[36] != 0 || (header[1] & 0x83) != 0x83) {
        give_up("login to " + target_name + " refused: opcode " + std::to_string(header[0]) +
                ", status class " + std::to_string(header[36]) + " detail " +
                std::to_string(header[37]));
    }
    exp_stat_sn_ = get32(header + 24) + 1;
    max_cmd_sn_ = get32(header + 32);
    take_text({reinterpret_cast<const char*>(header) + kHeaderSize, data_length(header)}, digests);
    begin_ += size_of(header);
    has_digests_ = digests == Digests::On;
}

std::size_t IscsiClient::size_of(const std::uint8_t* header) const {
    const std::size_t data = padded(data_length(header));
    const std::size_t digests = has_digests_ ? kDigestSize + (data > 0 ? kDigestSize : 0) : 0;
    return kHeaderSize + std::size_t{header[4]} * 4 + data + digests;
}

// Of a whole PDU.
void IscsiClient::check_digests(const std::uint8_t* header) const {
    if (!has_digests_) return;
    const auto check = [](std::span<const std::uint8_t> bytes) {
        const auto digest = digest_of(bytes);
        if (!std::equal(digest.begin(), digest.end(), bytes.data() + bytes.size())) {
            give_up("a digest is wrong");
        }
    };
    check({header, kHeaderSize});
    const std::size_t data = padded(data_length(header));
    if (data > 0) check({header + kHeaderSize + kDigestSize, data});
}

// What the target said of lengths and digests.
void IscsiClient::take_text(std::string_view text, Digests digests) {
    while (!text.empty()) {
        const std::string pair(text.substr(0, text.find('\0')));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) continue;
        const std::string key = pair.substr(0, equals);
        const auto value = [&] {
            return static_cast<std::uint32_t>(std::strtoul(&pair[equals + 1], nullptr, 10));
        };
        if (key == "MaxRecvDataSegmentLength") send_length_ = value();
        if (key == "FirstBurstLength") first_burst_ = value();
        const bool is_digest = key == "HeaderDigest" || key == "DataDigest";
        const bool wants_digests = digests == Digests::On;
        if (is_digest && (pair.substr(equals + 1) == "CRC32C") != wants_digests) {
            give_up("the target does not agree to digests: " + pair);
        }
        if (key == "ImmediateData" && pair.substr(equals + 1) != "Yes") first_burst_ = 0;
    }
}

void IscsiClient::append_request(const Command& command) {
    auto header = request_of(command, cmd_sn_++, exp_stat_sn_);
    payload_ = command.data_out;
    lun_ = command.lun;
    const std::size_t immediate =
        std::min<std::size_t>({payload_.size(), send_length_, first_burst_});
    put24(&header[5], immediate);
    append_header(header);
    if (immediate == 0) return;
    send_all(out_);  // headers before it
    out_.clear();
    send_data(payload_.first(immediate));
}

void IscsiClient::append_header(std::span<const std::uint8_t> header) {
    out_.insert(out_.end(), header.begin(), header.end());
    if (!has_digests_) return;
    const auto digest = digest_of(header);
    out_.insert(out_.end(), digest.begin(), digest.end());
}

void IscsiClient::send_data(std::span<const std::uint8_t> data) {
    send_all(data);
    if (has_digests_) send_all(digest_of(data));
}

// The blocks measured are whole words, so nothing is padded.
void IscsiClient::send_solicited(const std::uint8_t* ready_to_transfer) {
    send_all(out_);
    out_.clear();
    std::uint32_t offset = get32(ready_to_transfer + 40);
    const std::uint32_t end = offset + get32(ready_to_transfer + 44);
    for (std::uint32_t data_sn = 0; offset < end; ++data_sn) {
        const std::uint32_t length = std::min(end - offset, send_length_);
        std::array<std::uint8_t, kHeaderSize> header{};
        header[0] = kDataOut;
        header[1] = offset + length == end ? kFinal : 0;
        put24(&header[5], length);
        header[9] = lun_;
        std::memcpy(&header[16], ready_to_transfer + 16, 8);  // both tags
        put32(&header[28], exp_stat_sn_);
        put32(&header[36], data_sn);
        put32(&header[40], offset);
        append_header(header);
        send_all(out_);
        out_.clear();
        send_data(payload_.subspan(offset, length));
        offset += length;
    }
}

void IscsiClient::answer_nop_in(const std::uint8_t* header) {
    if (get32(header + 20) == UINT32_MAX) return;  // it wants no answer
    std::array<std::uint8_t, kHeaderSize> answer{};
    answer[0] = kNopOut | kImmediate;
    answer[1] = kFinal;
    std::memcpy(&answer[8], header + 8, 8);
    put32(&answer[16], UINT32_MAX);
    std::memcpy(&answer[20], header + 20, 4);
    put32(&answer[24], cmd_sn_);
    put32(&answer[28], exp_stat_sn_);
    append_header(answer);
}

// Takes one whole PDU; false when it is not there yet. `is_final`: a command has ended with it.
bool IscsiClient::take_pdu(Answer* answer, bool& is_final) {
    is_final = false;
    if (end_ - begin_ < kHeaderSize) return false;
    const std::uint8_t* header = &in_[begin_];
    const std::size_t size = size_of(header);
    if (end_ - begin_ < size) return false;
    check_digests(header);
    switch (header[0]) {
        case kScsiResponse:
            is_final = true;
            break;
        case kDataIn:
            is_final = (header[1] & kStatusInDataIn) != 0;
            break;
        case kReadyToTransfer:
            send_solicited(header);
            break;
        case kNopIn:
            answer_nop_in(header);
            break;
        default:
            give_up("unexpected opcode " + std::to_string(header[0]));
    }
    if (is_final) {
        exp_stat_sn_ = get32(header + 24) + 1;
        max_cmd_sn_ = get32(header + 32);
        last_status_ = header[3];
    }
    if (answer != nullptr) {
        answer->bytes += size;
        if (is_final) answer->status = header[3];
        if (header[0] == kDataIn) {
            const std::uint8_t* data = header + kHeaderSize + (has_digests_ ? kDigestSize : 0);
            answer->data.insert(answer->data.end(), data, data + data_length(header));
        }
    }
    begin_ += size;
    return true;
}

Answer IscsiClient::execute(const Command& command) {
    out_.clear();
    append_request(command);
    Answer answer;
    for (bool is_final = false; !is_final;) {
        send_all(out_);
        out_.clear();
        if (!take_pdu(&answer, is_final)) receive_some();
    }
    return answer;
}

void IscsiClient::settle(const Command& command) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        if (execute(command).status == 0) return;
        ::usleep(20'000);
    }
    give_up(command.name + " does not end with GOOD");
}

double IscsiClient::run(const Command& command, std::size_t depth, std::size_t count) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t sent = 0;
    std::size_t done = 0;
    out_.clear();
    for (; sent < std::min(depth, count); ++sent) append_request(command);
    while (done < count) {
        send_all(out_);
        out_.clear();
        receive_some();
        for (bool is_final = false; take_pdu(nullptr, is_final);) {
            if (!is_final) continue;
            if (last_status_ != 0) give_up(command.name + " does not end with GOOD");
            ++done;
            if (sent < count) {
                append_request(command);
                ++sent;
            }
        }
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace nearline::bench
