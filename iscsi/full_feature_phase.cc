#include "iscsi/full_feature_phase.h"

#include <algorithm>
#include <utility>

#include "iscsi/portal_core.h"

namespace nearline::iscsi {
namespace {

using Kind = Session::Reception::Kind;

constexpr std::uint8_t kMaximumSegmentWords = 64;  // an extended CDB of 248 bytes, and 8 of length
constexpr std::uint8_t kFirstTargetOpcode = 0x20;

bool carries_data(Opcode opcode) {
    return opcode != Opcode::TaskManagementRequest && opcode != Opcode::LogoutRequest &&
           opcode != Opcode::SnackRequest;
}

}  // namespace

FullFeaturePhase::FullFeaturePhase(PortalCore& core, Sender& sender, SessionHolder& holder,
                                   std::unique_ptr<Session> session, Terms terms)
    : core_(core),
      sender_(sender),
      holder_(holder),
      session_(std::move(session)),
      type_(session_->identity().type),
      connection_id_(session_->identity().connection_id),
      identity_(session_->identity()),
      parameters_(terms.parameters),
      segment_length_(terms.segment_length),
      local_(std::move(terms.local)),
      text_(core_, identity_, local_, parameters_) {
    session_->attach(holder_, sender_, parameters_);
}

std::unique_ptr<Session> FullFeaturePhase::surrender_session() {
    Bytes kept = session_->lose_connection();
    if (!kept.empty()) data_ = std::move(kept);
    plan_ = Plan::Forget;
    sender_.follow(nullptr);
    return std::move(session_);
}

void FullFeaturePhase::end() {
    if (session_) session_->end();
}

// --- A header is there.

FullFeaturePhase::Fate FullFeaturePhase::header_arrived(BytesView header, std::size_t data_length) {
    request_ = scsi::decode_fields<RequestHeader>(header);
    plan_ = Plan::Forget;
    reception_ = {};
    data_.clear();
    const auto opcode = static_cast<std::uint8_t>(request_.opcode);
    const bool may_have_segments = request_.opcode == Opcode::ScsiCommand;
    if (data_length > segment_length_) return refuse(header, RejectReason::ProtocolError);
    if (request_.ahs_words > (may_have_segments ? kMaximumSegmentWords : 0)) {
        return refuse(header, RejectReason::ProtocolError);
    }
    if (opcode >= kFirstTargetOpcode) return refuse(header, RejectReason::ProtocolError);
    if (request_.opcode == Opcode::LoginRequest) {
        return refuse(header, RejectReason::ProtocolError);
    }
    if (!carries_data(request_.opcode) && data_length > 0) {
        return reject_later(RejectReason::InvalidPduField);
    }
    const bool is_for_discovery =
        request_.opcode == Opcode::TextRequest || request_.opcode == Opcode::LogoutRequest;
    if (is_discovery() && !is_for_discovery) return reject_later(RejectReason::ProtocolError);

    switch (request_.opcode) {
        case Opcode::ScsiCommand:
            return take_command(header);
        case Opcode::DataOut:
            return take_data_out(header);
        case Opcode::SnackRequest:
            return reject_later(RejectReason::ProtocolError);
        case Opcode::NopOut:
            if (request_.initiator_task_tag == kNoTag && !request_.is_immediate) {
                return refuse(header, RejectReason::InvalidPduField);
            }
            break;
        case Opcode::TaskManagementRequest:
        case Opcode::TextRequest:
        case Opcode::LogoutRequest:
            break;
        default:
            return reject_later(RejectReason::CommandNotSupported);
    }
    plan_ = Plan::Request;
    data_.resize(data_length);
    return Fate::GoesOn;
}

MutableBytes FullFeaturePhase::data_place() {
    if (plan_ == Plan::Request) return data_;
    return reception_.place;
}

FullFeaturePhase::Fate FullFeaturePhase::refuse(BytesView header, RejectReason reason) {
    sender_.reject(reason, header);
    return Fate::Fails;
}

FullFeaturePhase::Fate FullFeaturePhase::reject_later(RejectReason reason) {
    plan_ = Plan::Reject;
    reason_ = reason;
    return Fate::GoesOn;
}

FullFeaturePhase::Fate FullFeaturePhase::take_command(BytesView header) {
    const BytesView segments = header.subspan(kBasicHeaderLength);
    return take(session_->begin_command(header, segments), Plan::Command, header);
}

FullFeaturePhase::Fate FullFeaturePhase::take_data_out(BytesView header) {
    data_out_ = scsi::decode_fields<DataOut>(header);
    return take(session_->begin_data_out(data_out_), Plan::DataOut, header);
}

FullFeaturePhase::Fate FullFeaturePhase::take(const Session::Reception& reception, Plan plan,
                                              BytesView header) {
    switch (reception.kind) {
        case Kind::Fatal:
            return refuse(header, reception.reason);
        case Kind::Rejected:
            return reject_later(reception.reason);
        case Kind::Ignored:
            return Fate::GoesOn;
        case Kind::Taken:
            break;
    }
    reception_ = reception;
    plan_ = plan;
    return Fate::GoesOn;
}

// --- Its data is there as well.

FullFeaturePhase::Fate FullFeaturePhase::pdu_arrived(BytesView header, Digest data_digest) {
    const Plan plan = std::exchange(plan_, Plan::Forget);
    const bool is_damaged = data_digest == Digest::Wrong;
    if (is_damaged && plan != Plan::Reject) {
        sender_.reject(RejectReason::DataDigestError, header);
    }
    switch (plan) {
        case Plan::Forget:
            break;
        case Plan::Reject:
            sender_.reject(reason_, header);
            break;
        case Plan::DataOut: {
            using Verdict = DataOutTransfer::Verdict;
            if (!is_damaged && reception_.verdict == Verdict::InvalidField) {
                sender_.reject(RejectReason::InvalidPduField, header);
            } else if (!is_damaged && reception_.verdict == Verdict::ProtocolError) {
                sender_.reject(RejectReason::ProtocolError, header);
            }
            session_->data_out_arrived(
                data_out_, reception_,
                is_damaged ? DataOutTransfer::Digest::Wrong : DataOutTransfer::Digest::Right);
            break;
        }
        case Plan::Command:
            if (is_damaged) {
                session_->forget(*reception_.task);
                break;
            }
            session_->command_arrived(*reception_.task);
            return in_turn(header, reception_.task);
        case Plan::Request:
            if (!is_damaged) return in_turn(header, nullptr);
            break;
    }
    return Fate::GoesOn;
}

// Immediate requests have their turn at once, the others in the order of CmdSN (RFC 7143 4.2.2.1).
FullFeaturePhase::Fate FullFeaturePhase::in_turn(BytesView header, CommandTask* command) {
    CommandWindow& window = session_->window();
    if (request_.is_immediate) return deliver(header, command, std::exchange(data_, Bytes()));
    switch (window.classify(request_.cmd_sn)) {
        case CommandWindow::Arrival::Stray:
            if (command != nullptr) session_->forget(*command);
            return Fate::GoesOn;
        case CommandWindow::Arrival::Ahead: {
            held_bytes_ += data_.size();
            if (held_bytes_ > core_.settings().limits.outstanding_bytes) {
                return refuse(header, RejectReason::ProtocolError);
            }
            window.hold(request_.cmd_sn);
            held_[request_.cmd_sn] = {Bytes(header.begin(), header.end()),
                                      std::exchange(data_, Bytes()), command};
            return Fate::GoesOn;
        }
        case CommandWindow::Arrival::Next:
            break;
    }
    window.advance();
    const Fate fate = deliver(header, command, std::exchange(data_, Bytes()));
    return fate == Fate::GoesOn ? deliver_held() : fate;
}

FullFeaturePhase::Fate FullFeaturePhase::deliver_held() {
    CommandWindow& window = session_->window();
    while (window.is_next_held()) {
        const auto at = held_.find(window.expected());
        window.advance();
        if (at == held_.end()) continue;  // aborted before it came
        Held held = std::move(at->second);
        held_.erase(at);
        held_bytes_ -= held.data.size();
        const Fate fate = deliver(held.header, held.command, std::move(held.data));
        if (fate != Fate::GoesOn) return fate;
    }
    return Fate::GoesOn;
}

FullFeaturePhase::Fate FullFeaturePhase::deliver(BytesView header, CommandTask* command,
                                                 Bytes data) {
    if (command != nullptr) {
        session_->deliver(*command);
        return Fate::GoesOn;
    }
    switch (scsi::decode_fields<RequestHeader>(header).opcode) {
        case Opcode::NopOut:
            return on_nop_out(scsi::decode_fields<NopOut>(header), std::move(data));
        case Opcode::TextRequest:
            return on_text(header, data);
        case Opcode::TaskManagementRequest:
            return on_task_management(scsi::decode_fields<TaskManagementRequest>(header));
        case Opcode::LogoutRequest: {
            const auto request = scsi::decode_fields<LogoutRequest>(header);
            constexpr std::uint8_t kLastReason = 2;
            if (request.reason <= kLastReason) return on_logout(request);
            sender_.reject(RejectReason::InvalidPduField, header);
            return Fate::GoesOn;
        }
        default:
            return Fate::GoesOn;
    }
}

// --- Requests other than commands.

// RFC 7143 11.18, 11.19: the ping's data comes back, as much of it as the initiator takes.
FullFeaturePhase::Fate FullFeaturePhase::on_nop_out(const NopOut& request, Bytes data) {
    if (request.initiator_task_tag == kNoTag) return Fate::GoesOn;
    if (data.size() > parameters_.max_recv_data_segment_length) {
        data.resize(parameters_.max_recv_data_segment_length);
    }
    NopIn answer;
    answer.initiator_task_tag = request.initiator_task_tag;
    sender_.send(answer, StatSn::Consumes, std::move(data));
    return Fate::GoesOn;
}

FullFeaturePhase::Fate FullFeaturePhase::on_text(BytesView header, const Bytes& data) {
    TextExchange::Reply reply = text_.on_request(scsi::decode_fields<TextRequest>(header), data);
    if (reply.reject) {
        sender_.reject(*reply.reject, header);
    } else {
        sender_.send(reply.response, StatSn::Consumes, std::move(reply.text));
    }
    return Fate::GoesOn;
}

FullFeaturePhase::Fate FullFeaturePhase::on_task_management(const TaskManagementRequest& request) {
    constexpr std::uint8_t kTargetColdReset = 7;
    TaskManagementResponse answer;
    answer.initiator_task_tag = request.initiator_task_tag;
    answer.response = session_->manage(request);
    sender_.send(answer, StatSn::Consumes);
    const bool is_cold = request.function == kTargetColdReset && answer.response == 0;
    return is_cold ? Fate::Resets : deliver_held();
}

FullFeaturePhase::Fate FullFeaturePhase::on_logout(const LogoutRequest& request) {
    enum Reason : std::uint8_t { kCloseSession = 0, kCloseConnection = 1 };
    enum Answer : std::uint8_t { kClosed = 0, kNoSuchConnection = 1, kNoRecovery = 2 };
    LogoutResponse answer;
    answer.initiator_task_tag = request.initiator_task_tag;
    const bool is_here = request.reason == kCloseSession || request.connection_id == connection_id_;
    if (request.reason > kCloseConnection) {
        answer.response = kNoRecovery;
    } else {
        answer.response = is_here ? kClosed : kNoSuchConnection;
    }
    sender_.send(answer, StatSn::Consumes);
    return answer.response == kClosed ? Fate::LogsOut : Fate::GoesOn;
}

// --- What the target says of its own accord.

void FullFeaturePhase::ping() {
    NopIn ping;
    ping.target_transfer_tag = 0;
    sender_.send(ping, StatSn::Shows);
}

void FullFeaturePhase::request_logout() {
    constexpr std::uint16_t kSeconds = 3;
    AsyncMessage message;
    message.event = AsyncEvent::LogoutRequested;
    message.parameter3 = kSeconds;
    sender_.send(message, StatSn::Consumes);
}

void FullFeaturePhase::announce_changed_units() {
    AsyncMessage message;
    message.event = AsyncEvent::ScsiEvent;
    const Bytes sense = scsi::encode_sense(scsi::kReportLunsDataChanged, scsi::SenseFormat::Fixed);
    Bytes data;
    base::ByteWriter(data).u16(sense.size()).bytes(sense);
    sender_.send(message, StatSn::Consumes, std::move(data));
}

}  // namespace nearline::iscsi
