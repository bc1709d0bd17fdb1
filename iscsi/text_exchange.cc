#include "iscsi/text_exchange.h"

#include <algorithm>
#include <utility>

namespace nearline::iscsi {

TextExchange::TextExchange(const PortalCore& core, const Session::Identity& identity,
                           const std::string& local, Parameters& parameters)
    : core_(core), identity_(identity), local_(local), parameters_(parameters) {}

TextExchange::Reply TextExchange::on_request(const TextRequest& request, BytesView text) {
    const bool fetches_the_rest = is_open_ && !unsent_.empty();
    if (const auto wrong = join(request, text)) return refuse(*wrong);
    if (request.continues || (fetches_the_rest && is_open_ && !unsent_.empty())) {
        return respond(request);
    }
    if (const auto wrong = read_keys()) return refuse(*wrong);
    return respond(request);
}

// What was agreed on before stays (RFC 7143 6.4).
TextExchange::Reply TextExchange::refuse(RejectReason reason) {
    is_open_ = false;
    unsent_.clear();
    text_.clear();
    Reply reply;
    reply.reject = reason;
    return reply;
}

// The request begins an exchange, or belongs to the one there is.
std::optional<RejectReason> TextExchange::join(const TextRequest& request, BytesView text) {
    if (request.continues && request.is_final) return RejectReason::ProtocolError;
    const bool is_same_task = request.initiator_task_tag == initiator_task_tag_;
    if (request.target_transfer_tag == kNoTag) {
        if (is_open_ && !is_same_task) return RejectReason::ProtocolError;
        begin(request.initiator_task_tag);
    } else {
        const bool is_known = is_open_ && request.target_transfer_tag == target_transfer_tag_;
        if (!is_known) return RejectReason::InvalidPduField;
        if (!is_same_task) return RejectReason::ProtocolError;
    }
    text_length_ += text.size();
    const bool is_too_much = text_length_ > core_.settings().limits.login_text;
    if (is_too_much || (!unsent_.empty() && !text.empty())) return RejectReason::ProtocolError;
    text_.insert(text_.end(), text.begin(), text.end());
    return std::nullopt;
}

void TextExchange::begin(std::uint32_t initiator_task_tag) {
    is_open_ = true;
    initiator_task_tag_ = initiator_task_tag;
    text_.clear();
    text_length_ = 0;
    seen_.clear();
    unsent_.clear();
    proposed_ = parameters_;
}

std::optional<RejectReason> TextExchange::read_keys() {
    const Bytes text = std::exchange(text_, Bytes());
    const auto pairs = parse_text(text);
    if (!pairs) return RejectReason::ProtocolError;
    const KeyContext context{KeyStage::FullFeature, identity_.type, core_.settings().offer};
    for (const KeyValue& pair : *pairs) {
        if (!seen_.insert(pair.key).second) return RejectReason::ProtocolError;
        const KeyAnswer decided = negotiate(pair, context, proposed_);
        if (decided.kind == KeyAnswer::Kind::ProtocolError) return RejectReason::ProtocolError;
        if (decided.kind == KeyAnswer::Kind::Answered) {
            append_pair(unsent_, pair.key, decided.value);
        }
        if (decided.kind != KeyAnswer::Kind::Special) continue;
        if (const auto targets = targets_for(pair.value)) {
            unsent_.insert(unsent_.end(), targets->begin(), targets->end());
        } else {
            append_pair(unsent_, pair.key, "Reject");
        }
    }
    return std::nullopt;
}

// RFC 7143 appendix C: all targets are for discovery sessions only, a normal one may ask for its
// own.
std::optional<Bytes> TextExchange::targets_for(const std::string& value) const {
    const std::string& initiator = identity_.name.initiator;
    if (identity_.type == SessionType::Discovery) {
        if (value == "All") return core_.list_targets(initiator, "", local_);
        if (core_.find_target(value) == nullptr) return std::nullopt;
        return core_.list_targets(initiator, value, local_);
    }
    const std::string& own = identity_.name.target;
    if (!value.empty() && value != own) return std::nullopt;
    return core_.list_targets(initiator, own, local_);
}

// An answer longer than what the initiator takes goes out in pieces, cut anywhere; it asks for each
// with an empty request (RFC 7143 6.2).
TextExchange::Reply TextExchange::respond(const TextRequest& request) {
    const std::size_t limit = parameters_.max_recv_data_segment_length;
    const std::size_t length = request.continues ? 0 : std::min(unsent_.size(), limit);
    const auto end = unsent_.begin() + static_cast<std::ptrdiff_t>(length);
    Reply reply;
    reply.text.assign(unsent_.begin(), end);
    unsent_.erase(unsent_.begin(), end);
    TextResponse& response = reply.response;
    response.initiator_task_tag = request.initiator_task_tag;
    response.continues = !request.continues && !unsent_.empty();
    response.is_final = request.is_final && unsent_.empty();
    is_open_ = !response.is_final;
    if (is_open_) {
        target_transfer_tag_ = next_tag_++;
        if (next_tag_ == kNoTag) next_tag_ = 1;
        response.target_transfer_tag = target_transfer_tag_;
    } else {
        parameters_ = proposed_;
    }
    return reply;
}

}  // namespace nearline::iscsi
