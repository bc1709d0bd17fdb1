// A session (RFC 7143 4.3): one initiator port's nexus with one target, the command window, and the
// commands under way. It gives tasks to the target device and answers through its connection's
// sender. Discovery sessions have neither nexus nor commands.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "iscsi/command_task.h"
#include "iscsi/command_window.h"
#include "iscsi/keys.h"
#include "iscsi/portal.h"
#include "iscsi/sender.h"

namespace nearline::iscsi {

class PortalCore;
class Session;
class SessionMachine;

// SPC-4: INVALID FIELD IN COMMAND INFORMATION UNIT, when what a command asks for and what its PDU
// promises disagree.
inline constexpr scsi::Sense kInvalidFieldInInformationUnit{scsi::SenseKey::IllegalRequest, 0x0E,
                                                            0x03};

// What makes two sessions the same (RFC 7143 4.4.3): a login with these names replaces the other.
struct SessionName {
    std::string initiator;
    std::uint64_t isid = 0;
    std::string target;  // empty: a discovery session that named none
    auto operator<=>(const SessionName&) const = default;
};

// The connection that carries a session.
class SessionHolder {
public:
    virtual ~SessionHolder() = default;
    // Another login took its place, or its target is gone: it ends without a word.
    virtual void end_session() = 0;
    // The same, but the session goes on elsewhere.
    virtual std::unique_ptr<Session> surrender_session() = 0;
};

class Session {
public:
    struct Identity {
        SessionName name;
        SessionType type = SessionType::Normal;
        const TargetEntry* target = nullptr;  // nullptr: a discovery session
        std::uint16_t tsih = 0;
        std::uint16_t connection_id = 0;
    };

    // Opens the nexus.
    Session(PortalCore& core, Identity identity, const CommandWindow& window);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const Identity& identity() const { return identity_; }
    SessionHolder* holder() const { return holder_; }
    CommandWindow& window() { return window_; }
    std::size_t task_count() const { return tasks_.size(); }

    // What carries it from now on. All must outlive it, or be replaced.
    void attach(SessionHolder& holder, Sender& sender, const Parameters& parameters);
    // Its connection is gone, and another comes at once (RFC 7143 6.3.4): what was under way dies
    // unanswered, and every unit tells. What the old connection may still be writing into is
    // returned, for it to keep.
    Bytes lose_connection();
    // Closes the nexus; nothing more is answered. Once is enough.
    void end();

    // --- Commands. First the header, then, when its data is there, the turn of its CmdSN.

    struct Reception {
        enum class Kind {
            Taken,
            Ignored,
            Rejected,  // with `reason`
            Fatal,     // rejected, and the session ends
        };
        Kind kind = Kind::Ignored;
        RejectReason reason = RejectReason::ProtocolError;
        CommandTask* task = nullptr;
        MutableBytes place{};  // where its data belongs; what is longer is not needed
        DataOutTransfer::Verdict verdict{};
    };
    Reception begin_command(BytesView header, BytesView segments);
    // Its data segment is whole.
    void command_arrived(CommandTask& task) { task.is_receiving = false; }
    // Its data segment was damaged: it never came.
    void forget(CommandTask& task);
    void deliver(CommandTask& task);

    Reception begin_data_out(const DataOut& pdu);
    void data_out_arrived(const DataOut& pdu, const Reception& reception,
                          DataOutTransfer::Digest digest);

    // The response code of RFC 7143 11.6.1.
    std::uint8_t manage(const TaskManagementRequest& request);
    // Somebody reset the unit, or all: what was for it and has not reached it is gone.
    void unit_was_reset(std::optional<Lun> lun);
    // Tasks that others silenced are forgotten.
    void forget_silenced();

private:
    friend class SessionMachine;

    scsi::TargetDevice& device() const { return *identity_.target->device; }
    void open_nexus();
    void close_nexus();

    Reception check(const ScsiCommand& request, const AdditionalHeaders& additional);
    Reception admit(const ScsiCommand& request);
    std::optional<scsi::Sense> refusal(const CommandTask& task, std::uint32_t immediate) const;
    void plan_data_out(CommandTask& task);
    bool knows_operation(Lun lun, const scsi::Cdb& cdb) const;
    void make_room(CommandTask& task, std::uint32_t size);

    void go_on();
    void solicit();
    void submit_what_may();
    void submit(CommandTask& task);
    void finish(CommandTask& task, scsi::TaskResult result);
    void refuse(CommandTask& task);
    void send_data(const ScsiCommand& request, ScsiResponse response, scsi::TaskResult result);
    void remove(CommandTask& task);
    bool is_executing_in_unit(const CommandTask& task) const;
    // Ends a command unanswered; Data-Out that may come for it is awaited.
    void drop(CommandTask& task);
    void announce_window();
    void open_window();

    std::uint8_t abort_task(const TaskManagementRequest& request);
    std::uint8_t manage_units(const TaskManagementRequest& request,
                              scsi::TaskManagementFunction function);

    PortalCore& core_;
    Identity identity_;
    CommandWindow window_;
    SessionHolder* holder_ = nullptr;
    Sender* sender_ = nullptr;
    const Parameters* parameters_ = nullptr;
    scsi::NexusId nexus_{};
    TaskTable tasks_;
    AbortedTransfers aborted_;
    std::vector<CommandTask*> collecting_;  // in the order of their CmdSN
    std::size_t buffered_ = 0;              // bytes of Data-Out, all commands
    std::uint32_t next_target_transfer_tag_ = 1;
    std::unique_ptr<SessionMachine> machine_;
};

}  // namespace nearline::iscsi
