// libiscsi behind scsi::Initiator: one session with one target, all its LUNs, asynchronous on a
// Loop.
//
// It logs in at the first command (or connect()), and again at the first command after a loss: the
// same initiator port name, so the same I_T nexus come back. Nothing is ever sent twice: a loss
// ends every command under way with Delivery::TransportFailed. Unit attentions pass untouched.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "initiator/iscsi_url.h"
#include "initiator/loop.h"
#include "scsi/initiator.h"
#include "scsi/target_device.h"

namespace nearline::initiator {

enum class HeaderDigest { None, Preferred, Required };  // CRC32C

// How long a changer or tape command may take before it counts as lost: what mtx and the Linux ch
// driver wait (5 minutes for a move, an hour for an inventory), 60 s for what moves nothing.
std::chrono::milliseconds usual_command_timeout(scsi::BytesView cdb);

struct IscsiOptions {
    std::string initiator_name = "iqn.2026-11.test.nearline:initiator";
    HeaderDigest header_digest = HeaderDigest::None;
    std::chrono::milliseconds login_timeout{30'000};
    // For connecting and logging in there is `login_timeout`; this is from sending to status.
    std::function<std::chrono::milliseconds(scsi::BytesView cdb)> command_timeout =
        usual_command_timeout;
};

// An answer to the byte, for commands of others that are only passed on.
struct RawResponse {
    scsi::Response response;
    scsi::Bytes sense;           // of CHECK CONDITION, as the target sent it
    std::uint64_t residual = 0;  // bytes of the data asked for or offered that were not moved
    bool has_timed_out = false;  // with TransportFailed: `timeout` passed
};

class IscsiInitiator final : public scsi::Initiator {
public:
    // `done` of anything here may destroy the initiator; then nothing else of it is called.
    using Connected = std::function<void(base::Result<void, std::string>)>;
    using Managed = std::function<void(base::Result<scsi::TaskManagementResponse, std::string>)>;

    // The loop must outlive it.
    IscsiInitiator(Loop& loop, IscsiUrl url, IscsiOptions options = {});
    // Logs out if it can do so without waiting, and drops what is outstanding.
    ~IscsiInitiator() override;

    // Logs in now, if need be, and says how that went.
    void connect(Connected done);
    void execute(scsi::Request request, std::function<void(scsi::Response)> done) override;
    // The same with a time limit of its own.
    void execute(scsi::Request request, std::chrono::milliseconds timeout,
                 std::function<void(RawResponse)> done);

    // Commands a reset or an abort silenced end as TransportFailed when the target has confirmed
    // it. `function` must not name a single task: a command that times out is aborted by itself.
    void manage(scsi::TaskManagementFunction function, scsi::Lun lun, Managed done);

    // Logs out and runs `done` when the target has answered or the connection is gone.
    void close(std::function<void()> done);

    bool is_connected() const;
    const IscsiUrl& url() const;

private:
    class Session;
    std::unique_ptr<Session> session_;
};

}  // namespace nearline::initiator
