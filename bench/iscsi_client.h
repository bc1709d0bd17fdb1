// A minimal iSCSI initiator over one blocking socket, made for measuring: whatever it talks to pays
// the same price on this side. It logs in without authentication and sends one prepared
// SCSI command over and over with a number of them outstanding.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nearline::bench {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::size_t kHeaderSize = 48;

struct Command {
    std::string name;
    std::uint8_t lun = 0;
    std::array<std::uint8_t, 16> cdb{};
    std::uint32_t data_in_size = 0;          // expected at most; 0 when the command has none
    std::span<const std::uint8_t> data_out;  // the whole of it; somebody else's
};

Command test_unit_ready(std::uint8_t lun);
// `count` storage elements from `first` on, with volume tags, in one page.
Command read_element_status(std::uint8_t lun, std::uint16_t first, std::uint16_t count,
                            std::uint32_t allocation_length);

Command rewind_tape(std::uint8_t lun);
// One block of variable length.
Command read_block(std::uint8_t lun, std::uint32_t length);
Command write_block(std::uint8_t lun, std::span<const std::uint8_t> block);

// What came back for one command.
struct Answer {
    std::uint8_t status = 0;
    std::size_t bytes = 0;  // on the wire: headers, data and padding
    Bytes data;
};

// The bytes of a command request with the given sequence numbers.
std::array<std::uint8_t, kHeaderSize> request_of(const Command& command, std::uint32_t cmd_sn,
                                                 std::uint32_t exp_stat_sn);

// CRC32C over headers and data, both ways.
enum class Digests { Off, On };

class IscsiClient {
public:
    // Ends the program with a message when there is nobody.
    IscsiClient(const std::string& host, std::uint16_t port);
    ~IscsiClient();
    IscsiClient(const IscsiClient&) = delete;
    IscsiClient& operator=(const IscsiClient&) = delete;

    void login(const std::string& target_name, Digests digests = Digests::Off);
    // Instead of a login: the peer is no target, and takes a block of any length behind its
    // command.
    void send_whole_blocks() { send_length_ = first_burst_ = UINT32_MAX; }
    Answer execute(const Command& command);
    // Until it ends with GOOD, so that unit attentions are out of the way; at most 100 times.
    void settle(const Command& command);
    // Runs `count` of them with `depth` outstanding; seconds it took.
    double run(const Command& command, std::size_t depth, std::size_t count);

private:
    void send_all(std::span<const std::uint8_t> bytes);
    void append_header(std::span<const std::uint8_t> header);
    void send_data(std::span<const std::uint8_t> data);
    std::size_t size_of(const std::uint8_t* header) const;
    void check_digests(const std::uint8_t* header) const;
    std::size_t receive_some();
    void append_request(const Command& command);
    bool take_pdu(Answer* answer, bool& is_final);
    void send_solicited(const std::uint8_t* ready_to_transfer);
    void take_text(std::string_view text, Digests digests);
    void answer_nop_in(const std::uint8_t* header);

    int socket_ = -1;
    bool has_digests_ = false;
    std::uint32_t cmd_sn_ = 1;
    std::uint32_t exp_stat_sn_ = 0;
    std::uint32_t max_cmd_sn_ = 0;
    std::uint32_t send_length_ = 8192;       // MaxRecvDataSegmentLength of the target
    std::uint32_t first_burst_ = 65536;      // FirstBurstLength
    std::span<const std::uint8_t> payload_;  // of the commands that run: all alike
    std::uint8_t lun_ = 0;
    std::uint8_t last_status_ = 0;
    Bytes out_;
    Bytes in_;
    std::size_t begin_ = 0;  // of what is received and not yet looked at
    std::size_t end_ = 0;
};

// Ends the program: a bench that cannot measure says why and stops.
[[noreturn]] void give_up(const std::string& why);

}  // namespace nearline::bench
