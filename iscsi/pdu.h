// The PDUs of RFC 7143 chapter 11 as structs: each header's fields stand once, with byte, bit and
// width as the RFC's drawing has them; decoding and encoding come from that. Bit 7 is the most
// significant here, where the RFC calls it bit 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>

#include "base/bytes.h"
#include "base/result.h"
#include "scsi/field.h"
#include "scsi/types.h"

namespace nearline::iscsi {

using base::Bytes;
using base::BytesView;
using base::MutableBytes;
using scsi::Field;
using scsi::Lun;

inline constexpr std::size_t kBasicHeaderLength = 48;
inline constexpr std::uint32_t kNoTag = 0xFFFFFFFF;  // reserved value of ITT, TTT and RTT

using BasicHeader = std::array<std::uint8_t, kBasicHeaderLength>;

enum class Opcode : std::uint8_t {
    NopOut = 0x00,
    ScsiCommand = 0x01,
    TaskManagementRequest = 0x02,
    LoginRequest = 0x03,
    TextRequest = 0x04,
    DataOut = 0x05,
    LogoutRequest = 0x06,
    SnackRequest = 0x10,
    NopIn = 0x20,
    ScsiResponse = 0x21,
    TaskManagementResponse = 0x22,
    LoginResponse = 0x23,
    TextResponse = 0x24,
    DataIn = 0x25,
    LogoutResponse = 0x26,
    ReadyToTransfer = 0x31,
    AsyncMessage = 0x32,
    Reject = 0x3F,
};

enum class RejectReason : std::uint8_t {  // RFC 7143 11.17.1
    DataDigestError = 0x02,
    SnackReject = 0x03,
    ProtocolError = 0x04,
    CommandNotSupported = 0x05,
    TooManyImmediateCommands = 0x06,
    TaskInProgress = 0x07,
    InvalidDataAck = 0x08,
    InvalidPduField = 0x09,
    LongOperation = 0x0A,
    WaitingForLogout = 0x0C,
};

enum class Stage : std::uint8_t {  // RFC 7143 11.12.3
    SecurityNegotiation = 0,
    OperationalNegotiation = 1,
    FullFeaturePhase = 3,
};

enum class LoginStatus : std::uint16_t {  // class and detail, RFC 7143 11.13.5
    Success = 0x0000,
    TargetMovedTemporarily = 0x0101,
    TargetMovedPermanently = 0x0102,
    InitiatorError = 0x0200,
    AuthenticationFailure = 0x0201,
    AuthorizationFailure = 0x0202,
    NotFound = 0x0203,
    TargetRemoved = 0x0204,
    UnsupportedVersion = 0x0205,
    TooManyConnections = 0x0206,
    MissingParameter = 0x0207,
    CannotIncludeInSession = 0x0208,
    SessionTypeNotSupported = 0x0209,
    SessionDoesNotExist = 0x020A,
    InvalidDuringLogin = 0x020B,
    TargetError = 0x0300,
    ServiceUnavailable = 0x0301,
    OutOfResources = 0x0302,
};

enum class AsyncEvent : std::uint8_t {  // RFC 7143 11.9.1
    ScsiEvent = 0,
    LogoutRequested = 1,
    ConnectionWillDrop = 2,
    SessionWillDrop = 3,
    NegotiationRequested = 4,
    TasksTerminated = 5,
};

// What every request has, whatever its opcode.
struct RequestHeader {
    static constexpr std::size_t length = kBasicHeaderLength;
    Opcode opcode{};
    bool is_immediate = false;
    bool is_final = false;
    std::uint8_t ahs_words = 0;
    std::uint32_t data_length = 0;  // DataSegmentLength: without padding
    Lun lun{};
    std::uint32_t initiator_task_tag = kNoTag;
    std::uint32_t cmd_sn = 0;
    std::uint32_t exp_stat_sn = 0;

    static constexpr auto fields() {
        using Self = RequestHeader;
        return std::tuple{Field{"I", &Self::is_immediate, 0, 6, 1},
                          Field{"Opcode", &Self::opcode, 0, 5, 6},
                          Field{"F", &Self::is_final, 1, 7, 1},
                          Field{"TotalAHSLength", &Self::ahs_words, 4, 7, 8},
                          Field{"DataSegmentLength", &Self::data_length, 5, 7, 24},
                          Field{"LUN", &Self::lun, 8, 7, 64},
                          Field{"Initiator Task Tag", &Self::initiator_task_tag, 16, 7, 32},
                          Field{"CmdSN", &Self::cmd_sn, 24, 7, 32},
                          Field{"ExpStatSN", &Self::exp_stat_sn, 28, 7, 32}};
    }
};

// `Self` has the common fields and those given.
template <typename... Fields>
constexpr auto request_fields(const Fields&... own) {
    return std::tuple_cat(RequestHeader::fields(), std::tuple{own...});
}

struct NopOut : RequestHeader {  // RFC 7143 11.18
    std::uint32_t target_transfer_tag = kNoTag;
    static constexpr auto fields() {
        return request_fields(
            Field{"Target Transfer Tag", &NopOut::target_transfer_tag, 20, 7, 32});
    }
};

struct ScsiCommand : RequestHeader {  // RFC 7143 11.3
    bool reads = false;
    bool writes = false;
    std::uint8_t attribute = 0;
    std::uint32_t expected_length = 0;  // EDTL
    // Bytes of data-out.
    std::uint32_t promised() const { return writes ? expected_length : 0; }
    static constexpr std::size_t cdb_offset = 32;
    static constexpr std::size_t cdb_length = 16;
    static constexpr auto fields() {
        return request_fields(
            Field{"R", &ScsiCommand::reads, 1, 6, 1}, Field{"W", &ScsiCommand::writes, 1, 5, 1},
            Field{"ATTR", &ScsiCommand::attribute, 1, 2, 3},
            Field{"Expected Data Transfer Length", &ScsiCommand::expected_length, 20, 7, 32});
    }
};

struct TaskManagementRequest : RequestHeader {  // RFC 7143 11.5
    std::uint8_t function = 0;
    std::uint32_t referenced_task_tag = kNoTag;
    std::uint32_t ref_cmd_sn = 0;
    std::uint32_t exp_data_sn = 0;
    static constexpr auto fields() {
        using Self = TaskManagementRequest;
        return request_fields(Field{"Function", &Self::function, 1, 6, 7},
                              Field{"Referenced Task Tag", &Self::referenced_task_tag, 20, 7, 32},
                              Field{"RefCmdSN", &Self::ref_cmd_sn, 32, 7, 32},
                              Field{"ExpDataSN", &Self::exp_data_sn, 36, 7, 32});
    }
};

struct LoginRequest : RequestHeader {  // RFC 7143 11.12; F is T here
    bool continues = false;
    std::uint8_t current_stage = 0;
    std::uint8_t next_stage = 0;
    std::uint8_t version_max = 0;
    std::uint8_t version_min = 0;
    std::uint64_t isid = 0;
    std::uint16_t tsih = 0;
    std::uint16_t connection_id = 0;
    static constexpr auto fields() {
        using Self = LoginRequest;
        return request_fields(
            Field{"C", &Self::continues, 1, 6, 1}, Field{"CSG", &Self::current_stage, 1, 3, 2},
            Field{"NSG", &Self::next_stage, 1, 1, 2},
            Field{"Version-max", &Self::version_max, 2, 7, 8},
            Field{"Version-min", &Self::version_min, 3, 7, 8}, Field{"ISID", &Self::isid, 8, 7, 48},
            Field{"TSIH", &Self::tsih, 14, 7, 16}, Field{"CID", &Self::connection_id, 20, 7, 16});
    }
};

struct TextRequest : RequestHeader {  // RFC 7143 11.10
    bool continues = false;
    std::uint32_t target_transfer_tag = kNoTag;
    static constexpr auto fields() {
        using Self = TextRequest;
        return request_fields(Field{"C", &Self::continues, 1, 6, 1},
                              Field{"Target Transfer Tag", &Self::target_transfer_tag, 20, 7, 32});
    }
};

struct DataOut : RequestHeader {  // RFC 7143 11.7; has no CmdSN
    std::uint32_t target_transfer_tag = kNoTag;
    std::uint32_t data_sn = 0;
    std::uint32_t buffer_offset = 0;
    static constexpr auto fields() {
        using Self = DataOut;
        return request_fields(Field{"Target Transfer Tag", &Self::target_transfer_tag, 20, 7, 32},
                              Field{"DataSN", &Self::data_sn, 36, 7, 32},
                              Field{"Buffer Offset", &Self::buffer_offset, 40, 7, 32});
    }
};

struct LogoutRequest : RequestHeader {  // RFC 7143 11.14
    std::uint8_t reason = 0;
    std::uint16_t connection_id = 0;
    static constexpr auto fields() {
        using Self = LogoutRequest;
        return request_fields(Field{"Reason Code", &Self::reason, 1, 6, 7},
                              Field{"CID", &Self::connection_id, 20, 7, 16});
    }
};

// What every response has. The sequence numbers are laid over it when it goes out.
struct ResponseHeader {
    static constexpr std::size_t length = kBasicHeaderLength;
    bool is_final = true;
    std::uint32_t initiator_task_tag = kNoTag;
    static constexpr auto fields() {
        using Self = ResponseHeader;
        return std::tuple{Field{"F", &Self::is_final, 1, 7, 1},
                          Field{"Initiator Task Tag", &Self::initiator_task_tag, 16, 7, 32}};
    }
};

template <typename... Fields>
constexpr auto response_fields(const Fields&... own) {
    return std::tuple_cat(ResponseHeader::fields(), std::tuple{own...});
}

struct NopIn : ResponseHeader {  // RFC 7143 11.19
    static constexpr Opcode opcode = Opcode::NopIn;
    Lun lun{};
    std::uint32_t target_transfer_tag = kNoTag;
    static constexpr auto fields() {
        return response_fields(
            Field{"LUN", &NopIn::lun, 8, 7, 64},
            Field{"Target Transfer Tag", &NopIn::target_transfer_tag, 20, 7, 32});
    }
};

// The residual of a transfer (RFC 7143 11.4.1): more than expected, or less, never both.
struct Residual {
    bool is_overflow = false;
    bool is_underflow = false;
    std::uint32_t count = 0;
};

struct ScsiResponse : ResponseHeader {  // RFC 7143 11.4
    static constexpr Opcode opcode = Opcode::ScsiResponse;
    bool is_read_overflow = false;  // o and u: of the read part of a bidirectional command
    bool is_read_underflow = false;
    bool is_overflow = false;
    bool is_underflow = false;
    std::uint8_t response = 0;  // 0: completed at target
    scsi::Status status{};
    std::uint32_t exp_data_sn = 0;
    std::uint32_t read_residual_count = 0;
    std::uint32_t residual_count = 0;
    static constexpr auto fields() {
        using Self = ScsiResponse;
        return response_fields(
            Field{"o", &Self::is_read_overflow, 1, 4, 1},
            Field{"u", &Self::is_read_underflow, 1, 3, 1}, Field{"O", &Self::is_overflow, 1, 2, 1},
            Field{"U", &Self::is_underflow, 1, 1, 1}, Field{"Response", &Self::response, 2, 7, 8},
            Field{"Status", &Self::status, 3, 7, 8},
            Field{"ExpDataSN", &Self::exp_data_sn, 36, 7, 32},
            Field{"Bidirectional Read Residual Count", &Self::read_residual_count, 40, 7, 32},
            Field{"Residual Count", &Self::residual_count, 44, 7, 32});
    }
};

struct TaskManagementResponse : ResponseHeader {  // RFC 7143 11.6
    static constexpr Opcode opcode = Opcode::TaskManagementResponse;
    std::uint8_t response = 0;
    static constexpr auto fields() {
        return response_fields(Field{"Response", &TaskManagementResponse::response, 2, 7, 8});
    }
};

struct LoginResponse : ResponseHeader {  // RFC 7143 11.13; F is T here
    static constexpr Opcode opcode = Opcode::LoginResponse;
    bool continues = false;
    std::uint8_t current_stage = 0;
    std::uint8_t next_stage = 0;
    std::uint8_t version_max = 0;
    std::uint8_t version_active = 0;
    std::uint64_t isid = 0;
    std::uint16_t tsih = 0;
    LoginStatus status{};
    static constexpr auto fields() {
        using Self = LoginResponse;
        return response_fields(
            Field{"C", &Self::continues, 1, 6, 1}, Field{"CSG", &Self::current_stage, 1, 3, 2},
            Field{"NSG", &Self::next_stage, 1, 1, 2},
            Field{"Version-max", &Self::version_max, 2, 7, 8},
            Field{"Version-active", &Self::version_active, 3, 7, 8},
            Field{"ISID", &Self::isid, 8, 7, 48}, Field{"TSIH", &Self::tsih, 14, 7, 16},
            Field{"Status-Class, Status-Detail", &Self::status, 36, 7, 16});
    }
};

struct TextResponse : ResponseHeader {  // RFC 7143 11.11
    static constexpr Opcode opcode = Opcode::TextResponse;
    bool continues = false;
    std::uint32_t target_transfer_tag = kNoTag;
    static constexpr auto fields() {
        using Self = TextResponse;
        return response_fields(Field{"C", &Self::continues, 1, 6, 1},
                               Field{"Target Transfer Tag", &Self::target_transfer_tag, 20, 7, 32});
    }
};

struct DataIn : ResponseHeader {  // RFC 7143 11.7
    static constexpr Opcode opcode = Opcode::DataIn;
    bool is_overflow = false;
    bool is_underflow = false;
    bool has_status = false;
    scsi::Status status{};
    std::uint32_t target_transfer_tag = kNoTag;
    std::uint32_t data_sn = 0;
    std::uint32_t buffer_offset = 0;
    std::uint32_t residual_count = 0;
    static constexpr auto fields() {
        using Self = DataIn;
        return response_fields(
            Field{"O", &Self::is_overflow, 1, 2, 1}, Field{"U", &Self::is_underflow, 1, 1, 1},
            Field{"S", &Self::has_status, 1, 0, 1}, Field{"Status", &Self::status, 3, 7, 8},
            Field{"Target Transfer Tag", &Self::target_transfer_tag, 20, 7, 32},
            Field{"DataSN", &Self::data_sn, 36, 7, 32},
            Field{"Buffer Offset", &Self::buffer_offset, 40, 7, 32},
            Field{"Residual Count", &Self::residual_count, 44, 7, 32});
    }
};

struct LogoutResponse : ResponseHeader {  // RFC 7143 11.15
    static constexpr Opcode opcode = Opcode::LogoutResponse;
    std::uint8_t response = 0;
    std::uint16_t time2wait = 0;
    std::uint16_t time2retain = 0;
    static constexpr auto fields() {
        using Self = LogoutResponse;
        return response_fields(Field{"Response", &Self::response, 2, 7, 8},
                               Field{"Time2Wait", &Self::time2wait, 40, 7, 16},
                               Field{"Time2Retain", &Self::time2retain, 42, 7, 16});
    }
};

struct ReadyToTransfer : ResponseHeader {  // RFC 7143 11.8
    static constexpr Opcode opcode = Opcode::ReadyToTransfer;
    Lun lun{};
    std::uint32_t target_transfer_tag = kNoTag;
    std::uint32_t r2t_sn = 0;
    std::uint32_t buffer_offset = 0;
    std::uint32_t desired_length = 0;
    static constexpr auto fields() {
        using Self = ReadyToTransfer;
        return response_fields(
            Field{"LUN", &Self::lun, 8, 7, 64},
            Field{"Target Transfer Tag", &Self::target_transfer_tag, 20, 7, 32},
            Field{"R2TSN", &Self::r2t_sn, 36, 7, 32},
            Field{"Buffer Offset", &Self::buffer_offset, 40, 7, 32},
            Field{"Desired Data Transfer Length", &Self::desired_length, 44, 7, 32});
    }
};

struct AsyncMessage : ResponseHeader {  // RFC 7143 11.9
    static constexpr Opcode opcode = Opcode::AsyncMessage;
    Lun lun{};
    AsyncEvent event{};
    std::uint16_t parameter1 = 0;
    std::uint16_t parameter2 = 0;
    std::uint16_t parameter3 = 0;
    static constexpr auto fields() {
        using Self = AsyncMessage;
        return response_fields(Field{"LUN", &Self::lun, 8, 7, 64},
                               Field{"AsyncEvent", &Self::event, 36, 7, 8},
                               Field{"Parameter1", &Self::parameter1, 38, 7, 16},
                               Field{"Parameter2", &Self::parameter2, 40, 7, 16},
                               Field{"Parameter3", &Self::parameter3, 42, 7, 16});
    }
};

struct Reject : ResponseHeader {  // RFC 7143 11.17
    static constexpr Opcode opcode = Opcode::Reject;
    RejectReason reason{};
    static constexpr auto fields() {
        return response_fields(Field{"Reason", &Reject::reason, 2, 7, 8});
    }
};

// Laid over a response when it goes out, so that it tells the newest (RFC 7143 11.4.3-5).
struct SequenceNumbers {
    static constexpr std::size_t length = kBasicHeaderLength;
    std::uint32_t data_length = 0;
    std::uint32_t stat_sn = 0;
    std::uint32_t exp_cmd_sn = 0;
    std::uint32_t max_cmd_sn = 0;
    static constexpr auto fields() {
        using Self = SequenceNumbers;
        return std::tuple{Field{"DataSegmentLength", &Self::data_length, 5, 7, 24},
                          Field{"StatSN", &Self::stat_sn, 24, 7, 32},
                          Field{"ExpCmdSN", &Self::exp_cmd_sn, 28, 7, 32},
                          Field{"MaxCmdSN", &Self::max_cmd_sn, 32, 7, 32}};
    }
};

// The bytes of a response, sequence numbers and lengths still 0.
template <typename Response>
BasicHeader encode_response(const Response& response) {
    BasicHeader header{};
    header.front() = static_cast<std::uint8_t>(Response::opcode);
    scsi::encode_fields(response, MutableBytes(header));
    return header;
}

// The bytes of a request: what an initiator sends.
template <typename Request>
BasicHeader encode_request(const Request& request) {
    BasicHeader header{};
    scsi::encode_fields(request, MutableBytes(header));
    return header;
}

// What additional header segments can say (RFC 7143 11.2.2).
struct AdditionalHeaders {
    Bytes extended_cdb;                               // CDB bytes from 16 on
    std::optional<std::uint32_t> bidirectional_read;  // read EDTL
};

enum class AhsError { Malformed };

base::Result<AdditionalHeaders, AhsError> parse_additional_headers(BytesView segments);

inline std::size_t padding_of(std::size_t length) {
    return (4 - length % 4) % 4;
}

// The same LUN in one form: flat space addressing of 0-255 as peripheral device addressing.
Lun canonical(Lun lun);

}  // namespace nearline::iscsi
