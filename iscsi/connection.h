// A connection of the portal: bytes to PDUs and back, and the machine of its life. What the PDUs
// mean is the business of Login and FullFeaturePhase.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "iscsi/connection_machine.h"
#include "iscsi/full_feature_phase.h"
#include "iscsi/login.h"
#include "iscsi/pdu_reader.h"
#include "iscsi/portal.h"
#include "iscsi/sender.h"

namespace nearline::iscsi {

class TargetConnection final : public Connection, public SessionHolder, private ConnectionActions {
public:
    TargetConnection(PortalCore& core, std::string local, std::function<void()> wake);
    ~TargetConnection() override;

    MutableBytes place() override;
    void received(std::size_t count) override;
    void lost() override;
    std::span<const BytesView> to_send() override { return sender_.to_send(); }
    void sent(std::size_t count) override;
    bool wants_close() const override;
    bool is_logged_in() const override { return full_feature_ != nullptr; }
    bool is_stalled() const override;

    void end_session() override;
    std::unique_ptr<Session> surrender_session() override;

    void request_logout();
    void announce_changed_units(const TargetEntry& target);

private:
    void enter(ConnectionPhase phase) override { phase_ = phase; }
    void leave_full_feature() override;
    sim::Duration keep_alive() const override;
    sim::Duration silent_for() const override;
    void ping() override;

    void process(PduReader::Event event);
    void header_arrived();
    void pdu_arrived();
    void login_header_arrived();
    void login_request_arrived();
    void answer_login(Login::Answer answer);
    void begin_full_feature(LoginResponse& response);
    void follow(FullFeaturePhase::Fate fate);
    void fail();
    void changed();

    PortalCore& core_;
    std::string local_;
    std::function<void()> wake_;
    PduReader reader_;
    Sender sender_;
    ConnectionPhase phase_ = ConnectionPhase::TransportUp;
    bool is_in_call_ = false;
    bool is_pinged_ = false;
    sim::Time last_heard_{};
    std::array<std::uint8_t, 4096> forgotten_;  // what comes when nobody listens any more
    Bytes login_text_;
    std::unique_ptr<Login> login_;
    std::optional<CommandWindow> login_window_;
    std::unique_ptr<FullFeaturePhase> full_feature_;
    ConnectionMachine machine_;
};

}  // namespace nearline::iscsi
