// The keys of RFC 7143 chapter 13: one table says who may send each, when, in what range and by
// what function the result comes about; negotiation is one function over it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "iscsi/text.h"

namespace nearline::iscsi {

inline constexpr std::uint32_t kDefaultMaxRecvDataSegmentLength = 8192;

// What holds for a session and its connection; initially the defaults of RFC 7143 chapter 13.
struct Parameters {
    bool header_digest = false;
    bool data_digest = false;
    bool initial_r2t = true;
    bool immediate_data = true;
    bool data_pdu_in_order = true;
    bool data_sequence_in_order = true;
    std::uint32_t max_connections = 1;
    std::uint32_t max_recv_data_segment_length = kDefaultMaxRecvDataSegmentLength;  // initiator's
    std::uint32_t max_burst_length = 262144;
    std::uint32_t first_burst_length = 65536;
    std::uint32_t time2wait = 2;
    std::uint32_t time2retain = 20;
    std::uint32_t max_outstanding_r2t = 1;
    std::uint32_t error_recovery_level = 0;
    std::uint32_t protocol_level = 1;
};

// What the target brings to the table. One PDU in and one out for a 256 KiB block.
inline constexpr Parameters kOurOffer{
    .header_digest = true,
    .data_digest = true,
    .initial_r2t = false,
    .immediate_data = true,
    .max_connections = 1,
    .max_recv_data_segment_length = 262144,  // ours: what we declare
    .max_burst_length = 16776192,
    .first_burst_length = 262144,
    .time2wait = 0,
    .time2retain = 0,
    .max_outstanding_r2t = 1,
    .error_recovery_level = 0,
    .protocol_level = 1,
};

enum class KeyStage { Security, Operational, FullFeature };
enum class SessionType { Normal, Discovery };

struct KeyContext {
    KeyStage stage;
    SessionType session_type;
    const Parameters& offer;
};

struct KeyAnswer {
    enum class Kind {
        Silent,         // declared, nothing to say
        Answered,       // `value` is the answer
        ProtocolError,  // the negotiation has failed
        Special,        // not decided here: names, authentication, SendTargets
    };
    Kind kind = Kind::Silent;
    std::string value{};
};

// Decides one pair the initiator sent and changes `parameters` accordingly.
KeyAnswer negotiate(const KeyValue& pair, const KeyContext& context, Parameters& parameters);

// What can only be said once all keys are known (RFC 7143 13.14).
void settle(Parameters& parameters);

}  // namespace nearline::iscsi
