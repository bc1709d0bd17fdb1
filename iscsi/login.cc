#include "iscsi/login.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace nearline::iscsi {
namespace {

constexpr std::uint8_t kSecurity = static_cast<std::uint8_t>(Stage::SecurityNegotiation);
constexpr std::uint8_t kOperational = static_cast<std::uint8_t>(Stage::OperationalNegotiation);
constexpr std::uint8_t kFullFeature = static_cast<std::uint8_t>(Stage::FullFeaturePhase);

const std::string* value_of(const std::vector<KeyValue>& pairs, std::string_view key) {
    const auto at = std::find_if(pairs.begin(), pairs.end(),
                                 [&](const KeyValue& pair) { return pair.key == key; });
    return at == pairs.end() ? nullptr : &at->value;
}

}  // namespace

Login::Login(const PortalCore& core) : core_(core) {}

Login::Answer Login::on_request(const LoginRequest& request, BytesView text) {
    last_ = request;
    if (const auto wrong = check(request)) return fail(*wrong);
    if (!first_) {
        first_ = request;
        stage_ = request.current_stage;
    }
    const bool fetches_the_rest = !unsent_.empty();
    if (const auto wrong = collect(text)) return fail(*wrong);
    if (request.continues || fetches_the_rest) return respond(request);
    if (const auto wrong = read_keys()) return fail(*wrong);
    return respond(request);
}

Login::Answer Login::fail(LoginStatus status) {
    Answer answer;
    answer.verdict = Answer::Verdict::Failed;
    answer.response.is_final = false;
    answer.response.initiator_task_tag = last_.initiator_task_tag;
    answer.response.isid = last_.isid;
    answer.response.tsih = last_.tsih;
    answer.response.status = status;
    return answer;
}

// What is wrong with the header (RFC 7143 11.12).
std::optional<LoginStatus> Login::check(const LoginRequest& request) {
    if (++requests_ > core_.settings().limits.login_requests) return LoginStatus::OutOfResources;
    const std::uint8_t from = request.current_stage;
    const std::uint8_t to = request.next_stage;
    if (request.ahs_words > 0) return LoginStatus::InitiatorError;
    if (from != kSecurity && from != kOperational) return LoginStatus::InitiatorError;
    if (request.is_final && request.continues) return LoginStatus::InitiatorError;
    const bool goes_somewhere = to > from && (to == kOperational || to == kFullFeature);
    if (request.is_final && !goes_somewhere) return LoginStatus::InitiatorError;
    if (request.version_min > 0) return LoginStatus::UnsupportedVersion;
    return check_constants(request);
}

std::optional<LoginStatus> Login::check_constants(const LoginRequest& request) {
    if (!first_) return std::nullopt;
    const bool are_kept = request.initiator_task_tag == first_->initiator_task_tag &&
                          request.connection_id == first_->connection_id &&
                          request.isid == first_->isid && request.tsih == first_->tsih &&
                          request.current_stage == stage_;
    if (!are_kept) return LoginStatus::InitiatorError;
    return std::nullopt;
}

std::optional<LoginStatus> Login::collect(BytesView text) {
    text_length_ += text.size();
    if (text_length_ > core_.settings().limits.login_text) return LoginStatus::OutOfResources;
    // While an answer goes out in pieces, nothing new is said (RFC 7143 6.2).
    if (!unsent_.empty() && !text.empty()) return LoginStatus::InitiatorError;
    text_.insert(text_.end(), text.begin(), text.end());
    return std::nullopt;
}

std::optional<LoginStatus> Login::read_keys() {
    const Bytes text = std::exchange(text_, Bytes());
    const auto pairs = parse_text(text);
    if (!pairs) return LoginStatus::InitiatorError;
    for (const KeyValue& pair : *pairs) {
        if (!seen_.insert(pair.key).second) return LoginStatus::InitiatorError;
    }
    if (!is_identified_) {
        if (const auto wrong = identify(*pairs)) return wrong;
    }
    return negotiate_keys(*pairs);
}

// The first whole text says who it is and what for (RFC 7143 6.3).
std::optional<LoginStatus> Login::identify(const std::vector<KeyValue>& pairs) {
    const std::string* initiator = value_of(pairs, "InitiatorName");
    const std::string* type = value_of(pairs, "SessionType");
    const std::string* target = value_of(pairs, "TargetName");
    if (initiator == nullptr) return LoginStatus::MissingParameter;
    if (type != nullptr && *type != "Normal" && *type != "Discovery") {
        return LoginStatus::SessionTypeNotSupported;
    }
    const bool is_discovery = type != nullptr && *type == "Discovery";
    if (!is_discovery && target == nullptr) return LoginStatus::MissingParameter;
    if (!is_valid_name(*initiator)) return LoginStatus::InitiatorError;
    if (target != nullptr && !is_valid_name(*target)) return LoginStatus::InitiatorError;

    identity_.name = {*initiator, first_->isid, target == nullptr ? "" : *target};
    identity_.type = is_discovery ? SessionType::Discovery : SessionType::Normal;
    identity_.connection_id = first_->connection_id;
    if (const auto wrong = find_target()) return wrong;

    const auto admission = core_.admission(identity_.name, first_->tsih, first_->connection_id);
    if (!admission) return admission.error();
    if (needs_proof() && stage_ != kSecurity) return LoginStatus::AuthenticationFailure;
    proof_ = needs_proof() ? Proof::Awaited : Proof::Nothing;
    is_identified_ = true;
    answer("TargetPortalGroupTag", std::to_string(core_.settings().group_tag));
    if (identity_.target != nullptr && !identity_.target->alias.empty()) {
        answer("TargetAlias", identity_.target->alias);
    }
    return std::nullopt;
}

std::optional<LoginStatus> Login::find_target() {
    const TargetEntry* target = core_.find_target(identity_.name.target);
    const bool is_discovery = identity_.type == SessionType::Discovery;
    if (!identity_.name.target.empty() && target == nullptr) return LoginStatus::NotFound;
    if (!is_discovery) identity_.target = target;
    if (!is_allowed(access().initiators, identity_.name.initiator)) {
        return LoginStatus::AuthorizationFailure;
    }
    return std::nullopt;
}

const TargetAccess& Login::access() const {
    return identity_.target ? identity_.target->access : core_.settings().discovery;
}

std::optional<LoginStatus> Login::negotiate_keys(const std::vector<KeyValue>& pairs) {
    const KeyContext context{stage_ == kSecurity ? KeyStage::Security : KeyStage::Operational,
                             identity_.type, core_.settings().offer};
    std::vector<KeyValue> chap_keys;
    for (const KeyValue& pair : pairs) {
        const KeyAnswer decided = negotiate(pair, context, parameters_);
        if (decided.kind == KeyAnswer::Kind::ProtocolError) return LoginStatus::InitiatorError;
        if (decided.kind == KeyAnswer::Kind::Answered) answer(pair.key, decided.value);
        if (decided.kind != KeyAnswer::Kind::Special) continue;
        if (is_chap_key(pair.key)) chap_keys.push_back(pair);
        if (pair.key != "AuthMethod") continue;
        if (const auto wrong = choose_method(pair.value)) return wrong;
    }
    settle(parameters_);
    for (KeyValue& given : answers_) {
        // What came out as longer than the burst is told as short as it will be.
        if (given.key != "FirstBurstLength" || !parse_number(given.value)) continue;
        given.value = std::to_string(parameters_.first_burst_length);
    }
    if (stage_ == kOperational) declare_ours();
    // An exchange that has begun goes on with every request of its stage, but not in the one that
    // begins it.
    const bool has_just_begun = value_of(pairs, "AuthMethod") != nullptr;
    const bool goes_on = proof_ == Proof::Exchanged && !has_just_begun;
    if (goes_on) return prove(chap_keys);
    if (!chap_keys.empty()) return LoginStatus::AuthenticationFailure;
    return std::nullopt;
}

std::optional<LoginStatus> Login::choose_method(const std::string& methods) {
    for (const std::string_view method : base::split(methods, ',')) {
        const bool is_chap = method == "CHAP" && needs_proof();
        const bool is_none = method == "None" && !needs_proof();
        if (!is_chap && !is_none) continue;
        answer("AuthMethod", std::string(method));
        if (is_chap) {
            chap_.emplace(access().chap, core_.random());
            proof_ = Proof::Exchanged;
        }
        return std::nullopt;
    }
    return LoginStatus::AuthenticationFailure;
}

std::optional<LoginStatus> Login::prove(const std::vector<KeyValue>& chap_keys) {
    ChapExchange::Step step = chap_->on_keys(chap_keys);
    if (step.progress == ChapExchange::Progress::Failed) return LoginStatus::AuthenticationFailure;
    if (step.progress == ChapExchange::Progress::Proved) proof_ = Proof::Done;
    for (KeyValue& pair : step.answer) answer(std::move(pair.key), std::move(pair.value));
    return std::nullopt;
}

void Login::answer(std::string key, std::string value) {
    answers_.push_back({std::move(key), std::move(value)});
}

void Login::declare_ours() {
    if (std::exchange(has_declared_, true)) return;
    declared_segment_length_ = core_.settings().offer.max_recv_data_segment_length;
    answer("MaxRecvDataSegmentLength", std::to_string(declared_segment_length_));
}

bool Login::may_leave_stage() const {
    const bool is_proved = proof_ == Proof::Nothing || proof_ == Proof::Done;
    return is_proved && unsent_.empty();
}

Login::Answer Login::respond(const LoginRequest& request) {
    Answer out;
    for (const KeyValue& pair : answers_) append_pair(unsent_, pair.key, pair.value);
    answers_.clear();
    bool continues = false;
    if (!request.continues) out.text = next_text(continues);
    out.response.continues = continues;
    out.response.initiator_task_tag = request.initiator_task_tag;
    out.response.isid = request.isid;
    out.response.tsih = request.tsih;
    out.response.current_stage = stage_;
    out.response.is_final = request.is_final && may_leave_stage();
    // Authentication was asked for, and the initiator wants to go on without having begun it.
    if (request.is_final && proof_ == Proof::Awaited)
        return fail(LoginStatus::AuthenticationFailure);
    if (!out.response.is_final) return out;
    out.response.next_stage = request.next_stage;
    stage_ = request.next_stage;
    if (stage_ != kFullFeature) return out;
    if (core_.is_shutting_down()) return fail(LoginStatus::ServiceUnavailable);
    const auto admission = core_.admission(identity_.name, first_->tsih, first_->connection_id);
    if (!admission) return fail(admission.error());
    join_ = *admission;
    out.verdict = Answer::Verdict::Succeeded;
    return out;
}

// As much of the answer as one PDU takes; the rest goes out when the initiator asks for it with an
// empty request (RFC 7143 6.2).
Bytes Login::next_text(bool& continues) {
    const std::size_t length = std::min(unsent_.size(), kMaximumText);
    const auto end = unsent_.begin() + static_cast<std::ptrdiff_t>(length);
    Bytes text(unsent_.begin(), end);
    unsent_.erase(unsent_.begin(), end);
    continues = !unsent_.empty();
    return text;
}

}  // namespace nearline::iscsi
