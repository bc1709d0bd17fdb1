// What a connection has to send: PDUs in order, each a header, a piece of payload that is not
// copied, and what pads and protects it. It also numbers them: StatSN belongs to the connection.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

#include "iscsi/command_window.h"
#include "iscsi/digest.h"
#include "iscsi/pdu.h"

namespace nearline::iscsi {

// What a response does to StatSN (RFC 7143 4.2.2.2).
enum class StatSn {
    Consumes,  // it carries status
    Shows,     // the next number stands in it, for R2T and for NOP-In that nobody asked for
    Absent,    // the field is reserved: Data-In without status
};

class Sender {
public:
    // `changed` is called when there is more to send.
    explicit Sender(std::function<void()> changed) : changed_(std::move(changed)) {}
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    template <typename Response>
    void send(const Response& response, StatSn stat_sn, Bytes payload = {}) {
        const BytesView all(payload);
        put(encode_response(response), stat_sn, all, std::move(payload));
    }
    // Payload that somebody else keeps until it is sent: a later PDU of this queue.
    template <typename Response>
    void send_part(const Response& response, StatSn stat_sn, BytesView payload) {
        put(encode_response(response), stat_sn, payload, {});
    }
    // The last part of `whole`, which is kept until all of it is sent.
    template <typename Response>
    void send_last_part(const Response& response, StatSn stat_sn, BytesView payload, Bytes whole) {
        put(encode_response(response), stat_sn, payload, std::move(whole));
    }
    // `header` is the offending one with its additional segments (RFC 7143 11.17).
    void reject(RejectReason reason, BytesView header);

    // From the next PDU on.
    void use_digests(bool header, bool data);
    // Whose numbers go out from now on; nullptr for none.
    void follow(const CommandWindow* window) { window_ = window; }

    std::span<const BytesView> to_send();
    void sent(std::size_t count);
    bool is_empty() const { return queue_.empty(); }
    std::size_t queued_bytes() const { return queued_; }

private:
    struct Pdu {
        std::array<std::uint8_t, kBasicHeaderLength + kDigestLength> header;
        std::array<std::uint8_t, 3 + kDigestLength> trailer;  // padding and digest
        std::uint8_t header_length = kBasicHeaderLength;
        std::uint8_t trailer_length = 0;
        BytesView payload;
        Bytes owned;
        std::size_t size() const { return header_length + payload.size() + trailer_length; }
    };

    void put(const BasicHeader& header, StatSn stat_sn, BytesView payload, Bytes owned);
    void number(BasicHeader& header, StatSn stat_sn, std::size_t data_length);
    void close_data_segment(Pdu& pdu) const;

    std::function<void()> changed_;
    const CommandWindow* window_ = nullptr;
    std::deque<Pdu> queue_;       // a deque: what is being sent stays where it is
    std::size_t front_sent_ = 0;  // bytes of the first PDU that are gone
    std::size_t queued_ = 0;
    std::uint32_t stat_sn_ = 0;
    bool header_digest_ = false;
    bool data_digest_ = false;
    std::vector<BytesView> spans_;
};

}  // namespace nearline::iscsi
