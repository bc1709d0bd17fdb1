// An iSCSI portal without its sockets: the targets it offers and the sessions it has. The host
// accepts connections, gives each a Connection, moves bytes, and runs the simulation, whose virtual
// time all timeouts here are in.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "iscsi/chap.h"
#include "iscsi/keys.h"
#include "scsi/target_device.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::iscsi {

using base::Bytes;
using base::BytesView;
using base::MutableBytes;

struct TargetAccess {
    ChapAccess chap;                      // no initiator accounts: no authentication
    std::vector<std::string> initiators;  // allowed names, trailing * for any rest; empty: all
};

// What becomes of a command that asks for more data than its initiator promises to send, or of one
// that comes with data though it asks for none.
enum class LengthMismatch {
    Refused,   // 5/0E/03, before the unit sees it: nothing half written gets on a tape
    Executed,  // the unit gets what there is, as disks do
};

struct TargetEntry {
    std::string name;  // iSCSI name
    std::string alias;
    scsi::TargetDevice* device = nullptr;  // must outlive the portal
    TargetAccess access;
    LengthMismatch on_mismatch = LengthMismatch::Refused;
};

struct PortalLimits {
    std::size_t connections = 256;
    std::size_t connections_in_login = 64;
    std::uint32_t command_window = 128;  // MaxCmdSN - ExpCmdSN + 1
    std::size_t login_text = 65536;      // bytes of keys, all PDUs of one exchange
    std::size_t login_requests = 64;     // PDUs of one login
    std::size_t outstanding_bytes = std::size_t{64} << 20;  // Data-Out buffers of one session
};

class PortalCore;

// One TCP connection's protocol. The host asks where the next bytes should land, tells how many
// did, and sends what there is to send. It must be destroyed before its portal.
class Connection {
public:
    virtual ~Connection() = default;

    // Where the next bytes belong: never empty. Valid until received() or destruction, whatever
    // happens to the session meanwhile. Data-Out lands in its task's own buffer.
    virtual MutableBytes place() = 0;
    virtual void received(std::size_t count) = 0;
    // The peer closed or the connection failed: sessions and tasks end as they must.
    virtual void lost() = 0;

    // What to send now, in order; empty when there is nothing. Valid until sent().
    virtual std::span<const BytesView> to_send() = 0;
    virtual void sent(std::size_t count) = 0;

    // The engine is done with this connection: send what is left, end the sending side, read on
    // until the peer closes too or a moment has passed, then close. What is received is forgotten.
    virtual bool wants_close() const = 0;
    // Login is over. Who takes long before that, or sends half a PDU and no more, is the host's to
    // close: how long is real time, which no virtual clock knows.
    virtual bool is_logged_in() const = 0;
    // Nothing more is read while this holds (too much to send is waiting).
    virtual bool is_stalled() const = 0;
};

class Portal {
public:
    struct Settings {
        std::string address;  // "127.0.0.1:3260": what SendTargets names
        std::uint16_t group_tag = 1;
        PortalLimits limits;
        Parameters offer = kOurOffer;
        TargetAccess discovery;  // who may ask for the targets, and how it is proved
        // Virtual time without a PDU after which an initiator is pinged; zero: never. One that does
        // not answer is not pinged again, and not dropped: virtual time jumps.
        sim::Duration keep_alive{};
    };

    // All must outlive it.
    Portal(sim::Simulation& simulation, sim::TraceSink& trace, Settings settings,
           RandomBytes random);
    ~Portal();
    Portal(const Portal&) = delete;
    Portal& operator=(const Portal&) = delete;

    void add_target(TargetEntry target);
    // The address is known only once the socket is bound.
    void set_address(std::string address);

    // A new TCP connection; nullptr when there are too many: close it. `wake` is called whenever
    // to_send() or wants_close() may have changed outside of received() and sent(); it must only
    // take note. `local` is the address the initiator connected to, "127.0.0.1:3260": SendTargets
    // names it when the portal's own is a wildcard.
    std::unique_ptr<Connection> accept(std::string local, std::function<void()> wake);

    // Asks every session to log out (Async Message), as a target going down does; discovery
    // sessions end. From now on logins are refused.
    void request_logout();
    // Tells every session of the target that its units changed (Async Message with 6/3F/0E).
    void announce_changed_units(const std::string& target);
    std::size_t session_count() const;
    std::size_t connection_count() const;
    // Commands that are under way, of all sessions.
    std::size_t task_count() const;

private:
    std::unique_ptr<PortalCore> core_;
};

}  // namespace nearline::iscsi
