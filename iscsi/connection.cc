#include "iscsi/connection.h"

#include <utility>

#include "iscsi/portal_core.h"

namespace nearline::iscsi {
namespace {

// As much may wait to be sent; beyond it nothing more is read, so that a peer that does not read
// cannot have ever more answers made.
constexpr std::size_t kSendLimit = std::size_t{4} << 20;

// The first byte of every connection: the opcode, and I.
constexpr std::uint8_t kLoginRequest = 0x43;

}  // namespace

TargetConnection::TargetConnection(PortalCore& core, std::string local, std::function<void()> wake)
    : core_(core),
      local_(std::move(local)),
      wake_(std::move(wake)),
      sender_([this] { changed(); }),
      machine_(*this, core.simulation(), core.trace(), core.name_connection()) {
    core_.add_connection(*this);
    machine_.start();
}

TargetConnection::~TargetConnection() {
    lost();
    core_.remove_connection(*this);
}

MutableBytes TargetConnection::place() {
    const bool is_listening = phase_ == ConnectionPhase::TransportUp ||
                              phase_ == ConnectionPhase::InLogin ||
                              phase_ == ConnectionPhase::FullFeature;
    return is_listening ? reader_.place() : MutableBytes(forgotten_);
}

void TargetConnection::received(std::size_t count) {
    const bool was_in_call = std::exchange(is_in_call_, true);
    const bool is_listening = phase_ == ConnectionPhase::TransportUp ||
                              phase_ == ConnectionPhase::InLogin ||
                              phase_ == ConnectionPhase::FullFeature;
    if (is_listening) process(reader_.received(count));
    // What speaks another protocol is not listened to until it has said 48 bytes, or more.
    if (phase_ == ConnectionPhase::TransportUp && !reader_.may_begin_with(kLoginRequest)) fail();
    is_in_call_ = was_in_call;
}

void TargetConnection::sent(std::size_t count) {
    sender_.sent(count);
}

void TargetConnection::lost() {
    const bool was_in_call = std::exchange(is_in_call_, true);
    machine_.tell(TransportLost());
    is_in_call_ = was_in_call;
}

bool TargetConnection::wants_close() const {
    return phase_ == ConnectionPhase::InLogout || phase_ == ConnectionPhase::Closing ||
           phase_ == ConnectionPhase::Closed;
}

bool TargetConnection::is_stalled() const {
    return sender_.queued_bytes() > kSendLimit;
}

void TargetConnection::changed() {
    if (!is_in_call_) wake_();
}

// --- From bytes to PDUs.

void TargetConnection::process(PduReader::Event event) {
    switch (event) {
        case PduReader::Event::NeedsMore:
            break;
        case PduReader::Event::HeaderDigest:
            fail();
            break;
        case PduReader::Event::Header:
            header_arrived();
            break;
        case PduReader::Event::Pdu:
            pdu_arrived();
            break;
    }
}

void TargetConnection::header_arrived() {
    MutableBytes place;
    if (phase_ == ConnectionPhase::FullFeature) {
        last_heard_ = core_.simulation().now();
        if (std::exchange(is_pinged_, false)) machine_.tell(PingAnswered());
        follow(full_feature_->header_arrived(reader_.header(), reader_.data_length()));
        if (phase_ == ConnectionPhase::FullFeature) place = full_feature_->data_place();
    } else {
        login_header_arrived();
        place = login_text_;
    }
    if (wants_close()) return;
    process(reader_.take_data(place));
}

void TargetConnection::pdu_arrived() {
    if (phase_ != ConnectionPhase::FullFeature) {
        login_request_arrived();
        return;
    }
    follow(full_feature_->pdu_arrived(reader_.header(), reader_.is_data_digest_right()
                                                            ? FullFeaturePhase::Digest::Right
                                                            : FullFeaturePhase::Digest::Wrong));
}

void TargetConnection::follow(FullFeaturePhase::Fate fate) {
    switch (fate) {
        case FullFeaturePhase::Fate::GoesOn:
            break;
        case FullFeaturePhase::Fate::LogsOut:
            machine_.tell(LogoutReceived());
            break;
        case FullFeaturePhase::Fate::Fails:
            fail();
            break;
        case FullFeaturePhase::Fate::Resets:
            core_.end_sessions(*full_feature_->session().identity().target);
            break;
    }
}

void TargetConnection::fail() {
    machine_.tell(ConnectionFailed());
}

// --- Login.

// What does not begin with a login request gets no answer (RFC 7143 6.3); afterwards anything else
// is refused.
void TargetConnection::login_header_arrived() {
    const auto request = scsi::decode_fields<LoginRequest>(reader_.header());
    const bool is_login = request.opcode == Opcode::LoginRequest;
    const bool is_first = login_ == nullptr;
    if (is_first && !(is_login && request.is_immediate)) {
        fail();
        return;
    }
    if (is_first) {
        login_ = std::make_unique<Login>(core_);
        login_window_.emplace(request.cmd_sn, core_.settings().limits.command_window);
        sender_.follow(&*login_window_);
        machine_.tell(LoginBegan());
    }
    if (!is_login) {
        answer_login(login_->fail(LoginStatus::InvalidDuringLogin));
        return;
    }
    if (reader_.data_length() > Login::kMaximumText) {
        answer_login(login_->fail(LoginStatus::InitiatorError));
        return;
    }
    login_text_.resize(reader_.data_length());
}

void TargetConnection::login_request_arrived() {
    const auto request = scsi::decode_fields<LoginRequest>(reader_.header());
    answer_login(login_->on_request(request, login_text_));
}

void TargetConnection::answer_login(Login::Answer answer) {
    const bool succeeded = answer.verdict == Login::Answer::Verdict::Succeeded;
    if (succeeded) begin_full_feature(answer.response);
    sender_.send(answer.response, StatSn::Consumes, std::move(answer.text));
    if (answer.verdict == Login::Answer::Verdict::Failed) fail();
    if (!succeeded) return;
    const Parameters& parameters = login_->parameters();
    reader_.use_digests(parameters.header_digest, parameters.data_digest);
    sender_.use_digests(parameters.header_digest, parameters.data_digest);
    login_text_ = Bytes();
    login_.reset();
}

void TargetConnection::begin_full_feature(LoginResponse& response) {
    Session::Identity identity = login_->identity();
    std::unique_ptr<Session> session = core_.establish(identity, login_->join(), *login_window_);
    response.tsih = session->identity().tsih;
    full_feature_ = std::make_unique<FullFeaturePhase>(
        core_, sender_, *this, std::move(session),
        FullFeaturePhase::Terms{login_->parameters(), login_->declared_segment_length(), local_});
    last_heard_ = core_.simulation().now();
    machine_.tell(LoginSucceeded());
}

// --- What others want of it.

// The session may be gone to another connection.
void TargetConnection::leave_full_feature() {
    full_feature_->end();
}

void TargetConnection::end_session() {
    fail();
    changed();
}

std::unique_ptr<Session> TargetConnection::surrender_session() {
    std::unique_ptr<Session> session = full_feature_->surrender_session();
    end_session();
    return session;
}

void TargetConnection::request_logout() {
    if (phase_ != ConnectionPhase::FullFeature) return;
    if (full_feature_->is_discovery()) {
        end_session();
    } else {
        full_feature_->request_logout();
        machine_.tell(LogoutAsked());
    }
}

void TargetConnection::announce_changed_units(const TargetEntry& target) {
    if (phase_ != ConnectionPhase::FullFeature) return;
    if (full_feature_->session().identity().target != &target) return;
    full_feature_->announce_changed_units();
}

sim::Duration TargetConnection::keep_alive() const {
    return full_feature_->is_discovery() ? sim::Duration::zero() : core_.settings().keep_alive;
}

sim::Duration TargetConnection::silent_for() const {
    return core_.simulation().now() - last_heard_;
}

void TargetConnection::ping() {
    is_pinged_ = true;
    full_feature_->ping();
}

}  // namespace nearline::iscsi
