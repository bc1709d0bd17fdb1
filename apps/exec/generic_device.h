// What the Linux SCSI generic driver does, for units that are behind an iSCSI session of ours: one
// GenericDevice is /dev/sgN, one GenericFile an open of it, with its queue and its settings. Calls
// come as the preload library sends them; there are no sockets here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "apps/exec/device_file.h"
#include "initiator/iscsi_initiator.h"

namespace nearline::apps {

// Where a device's commands go: one logical unit behind a session.
class GenericUnit {
public:
    enum class Reset { Unit, Target };

    virtual ~GenericUnit() = default;
    // `request.lun` is the unit's own business.
    virtual void execute(scsi::Request request, std::chrono::milliseconds timeout,
                         std::function<void(initiator::RawResponse)> done) = 0;
    // `done` hears whether the target did it.
    virtual void reset(Reset reset, std::function<void(bool)> done) = 0;
};

struct GenericIdentity {
    int number = 0;  // of /dev/sgN
    int host = 0;
    int target = 0;
    int lun = 0;
    std::uint8_t device_type = 0;
    std::string host_name;  // "iSCSI session with iqn.…"
};

class GenericFile;

// The unit must outlive it; it must outlive its files.
class GenericDevice {
public:
    GenericDevice(GenericUnit& unit, GenericIdentity identity)
        : unit_(unit), identity_(std::move(identity)) {}

    GenericUnit& unit() { return unit_; }
    const GenericIdentity& identity() const { return identity_; }

private:
    friend class GenericFile;
    // O_EXCL (sg(4)): the only one who has it open. Others wait, in order, or hear EBUSY.
    bool admits(bool is_exclusive) const;
    void enter(bool is_exclusive);
    void leave(bool was_exclusive);

    struct Waiting {
        GenericFile* file;
        bool is_exclusive;
        std::function<void()> enter;
    };

    GenericUnit& unit_;
    GenericIdentity identity_;
    int open_count_ = 0;
    bool is_exclusive_ = false;
    std::list<Waiting> waiting_;
};

class GenericFile final : public DeviceFile {
public:
    // `outcome_waits` runs each time one more outcome of a Submit waits to be received.
    GenericFile(GenericDevice& device, std::function<void()> outcome_waits);
    // What is under way is not told of any more.
    ~GenericFile() override;
    GenericFile(const GenericFile&) = delete;
    GenericFile& operator=(const GenericFile&) = delete;

    void call(const fixtures::Call& call, scsi::Bytes data_out, Answered done) override;

private:
    using Clock = std::chrono::steady_clock;
    enum class State { UnderWay, Waiting };  // Waiting: to be received

    struct Pending {
        std::uint64_t id = 0;
        std::int32_t pack_id = 0;
        bool is_submitted = false;  // else Execute, whose answer goes to its caller
        State state = State::UnderWay;
        Clock::time_point started;
        fixtures::Command command{};
        DeviceReply reply;
        Answered done;
    };
    struct Receiver {
        std::int32_t pack_id = -1;
        Answered done;
    };

    void open(const fixtures::Call& call, const Answered& done);
    void execute(const fixtures::Call& call, scsi::Bytes data_out, Answered done);
    void submit(const fixtures::Call& call, scsi::Bytes data_out, const Answered& done);
    void receive(const fixtures::Call& call, const Answered& done);
    void control(const fixtures::Call& call, const Answered& done);

    // Gives the command to the unit; false when the queue is full.
    bool start(Pending pending, scsi::Bytes data_out);
    void finish(std::uint64_t id, initiator::RawResponse raw);
    bool hand_over(const Receiver& receiver);
    void simple_command(const scsi::Bytes& cdb, Answered done);
    void reset(std::int32_t what, const Answered& done);
    bool set_or_get(unsigned long code, std::int32_t value, DeviceReply& reply);
    void put_request_table(DeviceReply& reply) const;
    std::chrono::milliseconds timeout_of(const fixtures::Command& command) const;

    GenericDevice& device_;
    std::function<void()> outcome_waits_;
    bool is_open_ = false;
    bool is_exclusive_ = false;
    std::uint64_t next_id_ = 1;
    std::list<Pending> pending_;  // oldest first
    std::list<Receiver> receivers_;
    std::shared_ptr<GenericFile*> self_;  // owners: this, and each answer while it comes in

    // The settings of the open file, with the driver's defaults.
    std::int32_t timeout_ticks_ = 6000;  // hundredths of a second
    std::int32_t reserved_size_ = 32768;
    std::int32_t command_queue_ = 0;
    std::int32_t force_pack_id_ = 0;
    std::int32_t keep_orphan_ = 0;
};

}  // namespace nearline::apps
