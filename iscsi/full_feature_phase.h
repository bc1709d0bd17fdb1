// Full feature phase on one connection (RFC 7143 4.2): looks at each header, says where its data
// belongs, and when that is there gives every request its turn.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "iscsi/pdu.h"
#include "iscsi/sender.h"
#include "iscsi/session.h"
#include "iscsi/text_exchange.h"

namespace nearline::iscsi {

class FullFeaturePhase {
public:
    struct Terms {
        Parameters parameters;
        std::uint32_t segment_length = 0;  // the longest the initiator was told it may send
        std::string local;                 // the address it connected to
    };

    // What becomes of the connection.
    enum class Fate {
        GoesOn,
        LogsOut,  // the answer is on its way
        Fails,    // the session ends
        Resets,   // all sessions of the target end
    };

    FullFeaturePhase(PortalCore& core, Sender& sender, SessionHolder& holder,
                     std::unique_ptr<Session> session, Terms terms);

    // A header is there; the session ends at once when the fate is so, and nothing more is read.
    Fate header_arrived(BytesView header, std::size_t data_length);
    // Where the data of that PDU belongs; what is longer is not needed.
    MutableBytes data_place();
    enum class Digest { Right, Wrong };
    Fate pdu_arrived(BytesView header, Digest data_digest);

    void ping();
    void request_logout();
    void announce_changed_units();

    Session& session() { return *session_; }
    // The session ends, if it has not gone elsewhere.
    void end();
    // Nothing of what was under way is answered. The session goes to another connection.
    std::unique_ptr<Session> surrender_session();
    bool is_discovery() const { return type_ == SessionType::Discovery; }

private:
    // What to do with the PDU whose data is coming.
    enum class Plan { Forget, Request, Command, DataOut, Reject };

    // A request that waits for those before it.
    struct Held {
        Bytes header;
        Bytes data;
        CommandTask* command = nullptr;
    };

    Fate refuse(BytesView header, RejectReason reason);
    Fate reject_later(RejectReason reason);
    Fate take_command(BytesView header);
    Fate take_data_out(BytesView header);
    Fate take(const Session::Reception& reception, Plan plan, BytesView header);
    Fate command_arrived();
    Fate in_turn(BytesView header, CommandTask* command);
    Fate deliver_held();
    Fate deliver(BytesView header, CommandTask* command, Bytes data);

    Fate on_nop_out(const NopOut& request, Bytes data);
    Fate on_text(BytesView header, const Bytes& data);
    Fate on_task_management(const TaskManagementRequest& request);
    Fate on_logout(const LogoutRequest& request);

    PortalCore& core_;
    Sender& sender_;
    SessionHolder& holder_;
    std::unique_ptr<Session> session_;
    SessionType type_;
    std::uint16_t connection_id_;
    Session::Identity identity_;
    Parameters parameters_;
    std::uint32_t segment_length_;
    std::string local_;
    TextExchange text_;

    Plan plan_ = Plan::Forget;
    RejectReason reason_{};
    RequestHeader request_;
    DataOut data_out_;
    Session::Reception reception_;
    Bytes data_;  // of requests other than commands and Data-Out

    std::map<std::uint32_t, Held> held_;  // by CmdSN
    std::size_t held_bytes_ = 0;
};

}  // namespace nearline::iscsi
