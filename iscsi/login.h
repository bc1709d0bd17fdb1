// One login (RFC 7143 chapter 6): who it is, whether it may, and what both sides agree on. It takes
// the requests' headers and text and gives the responses'; bytes and connections are others' work.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "iscsi/chap.h"
#include "iscsi/keys.h"
#include "iscsi/pdu.h"
#include "iscsi/portal_core.h"
#include "iscsi/session.h"
#include "iscsi/text.h"

namespace nearline::iscsi {

class Login {
public:
    // Login PDUs carry at most this much (RFC 7143 6.1: MaxRecvDataSegmentLength is the default).
    static constexpr std::size_t kMaximumText = kDefaultMaxRecvDataSegmentLength;

    // The core must outlive it.
    explicit Login(const PortalCore& core);

    struct Answer {
        enum class Verdict { GoesOn, Succeeded, Failed };
        Verdict verdict = Verdict::GoesOn;
        LoginResponse response;  // the TSIH of a new session is still to be filled in
        Bytes text;
    };
    Answer on_request(const LoginRequest& request, BytesView text);
    // The answer to something that is no login request, or to one that cannot be read.
    Answer fail(LoginStatus status);

    // What came of it, once it has succeeded.
    const Session::Identity& identity() const { return identity_; }
    PortalCore::Join join() const { return join_; }
    const Parameters& parameters() const { return parameters_; }
    // The longest data segment the initiator was told it may send.
    std::uint32_t declared_segment_length() const { return declared_segment_length_; }

private:
    enum class Proof { Nothing, Awaited, Exchanged, Done };

    std::optional<LoginStatus> check(const LoginRequest& request);
    std::optional<LoginStatus> check_constants(const LoginRequest& request);
    std::optional<LoginStatus> collect(BytesView text);
    std::optional<LoginStatus> read_keys();
    std::optional<LoginStatus> identify(const std::vector<KeyValue>& pairs);
    std::optional<LoginStatus> find_target();
    std::optional<LoginStatus> negotiate_keys(const std::vector<KeyValue>& pairs);
    std::optional<LoginStatus> choose_method(const std::string& methods);
    std::optional<LoginStatus> prove(const std::vector<KeyValue>& chap_keys);
    void answer(std::string key, std::string value);
    void declare_ours();
    bool may_leave_stage() const;
    Answer respond(const LoginRequest& request);
    Bytes next_text(bool& continues);

    const TargetAccess& access() const;
    bool needs_proof() const { return !access().chap.initiators.empty(); }

    const PortalCore& core_;
    std::optional<LoginRequest> first_;
    LoginRequest last_{};
    std::uint8_t stage_ = 0;
    std::size_t requests_ = 0;
    std::size_t text_length_ = 0;  // of all requests
    Bytes text_;                   // of one logical request, until it is whole
    std::set<std::string> seen_;   // a key may come once in a login
    std::vector<KeyValue> answers_;
    Bytes unsent_;  // text of the answer that needs more PDUs
    bool is_identified_ = false;
    bool has_declared_ = false;
    Session::Identity identity_;
    PortalCore::Join join_{};
    Proof proof_ = Proof::Nothing;
    std::optional<ChapExchange> chap_;
    Parameters parameters_;
    std::uint32_t declared_segment_length_ = kDefaultMaxRecvDataSegmentLength;
};

}  // namespace nearline::iscsi
