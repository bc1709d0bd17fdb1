#include "apps/exec/generic_device.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fixtures/preload/sg_codes.h"

namespace nearline::apps {
namespace {

using fixtures::Answer;
using fixtures::Call;
using fixtures::CommandOutcome;
using fixtures::Direction;
using fixtures::Operation;
using initiator::RawResponse;

constexpr std::int32_t kVersionNumber = 30536;  // of the driver in Linux 6.1
constexpr std::int32_t kTableSize = 128;
constexpr std::int32_t kMostBytes = 16 << 20;  // in one command, as far as programs are told
constexpr std::size_t kMostPending = SG_MAX_QUEUE;
constexpr std::chrono::milliseconds kTick{10};  // USER_HZ is 100

// include/scsi/scsi_status.h of the kernel.
constexpr std::uint32_t kTransportDisrupted = 0x0E;
constexpr std::uint32_t kTimedOut = 0x03;
constexpr std::uint32_t kDriverTimeout = 0x06;
constexpr std::uint32_t kDriverSense = 0x08;

template <typename T>
void put(DeviceReply& reply, const T& value) {
    static_assert(sizeof(T) <= fixtures::kLongestInline);
    std::memcpy(reply.answer.inline_data, &value, sizeof(T));
    reply.answer.inline_length = sizeof(T);
}

std::int32_t number_in(const Call& call) {
    std::int32_t number = 0;
    std::memcpy(&number, call.inline_data, sizeof(number));
    return number;
}

scsi::Request request_of(const fixtures::Command& command, scsi::Bytes data_out) {
    scsi::Request request;
    request.cdb.assign(command.cdb, command.cdb + command.cdb_length);
    request.data_out = std::move(data_out);
    if (command.direction == Direction::FromDevice) {
        request.data_in_length = static_cast<std::uint32_t>(command.data_length);
    }
    return request;
}

bool makes_sense(const Call& call, const scsi::Bytes& data_out) {
    const fixtures::Command& command = call.command;
    const std::uint64_t sent = command.direction == Direction::ToDevice ? command.data_length : 0;
    return call.version == fixtures::kVersion && call.inline_length <= fixtures::kLongestInline &&
           command.cdb_length <= fixtures::kLongestCdb &&
           command.data_length <= fixtures::kMostData && data_out.size() == sent;
}

CommandOutcome outcome_of(const fixtures::Command& command, const RawResponse& raw) {
    CommandOutcome outcome{};
    const scsi::Response& response = raw.response;
    if (response.delivery == scsi::Delivery::TransportFailed) {
        outcome.host_status = raw.has_timed_out ? kTimedOut : kTransportDisrupted;
        outcome.driver_status = raw.has_timed_out ? kDriverTimeout : 0;
        outcome.residual = command.data_length;
        return outcome;
    }
    outcome.status = static_cast<std::uint32_t>(response.status);
    outcome.data_length = response.data_in.size();
    outcome.residual =
        command.direction == Direction::FromDevice
            ? command.data_length - std::min(command.data_length, outcome.data_length)
            : std::min(command.data_length, raw.residual);
    if (response.status != scsi::Status::CheckCondition) return outcome;
    const scsi::Bytes sense = raw.sense.empty()
                                  ? scsi::encode_sense(response.sense, scsi::SenseFormat::Fixed)
                                  : raw.sense;
    outcome.driver_status = kDriverSense;
    outcome.sense_length =
        static_cast<std::uint32_t>(std::min(sense.size(), fixtures::kLongestSense));
    std::copy_n(sense.begin(), outcome.sense_length, outcome.sense);
    return outcome;
}

}  // namespace

// --- GenericDevice.

bool GenericDevice::admits(bool is_exclusive) const {
    return !is_exclusive_ && (!is_exclusive || open_count_ == 0);
}

void GenericDevice::enter(bool is_exclusive) {
    ++open_count_;
    is_exclusive_ = is_exclusive;
}

void GenericDevice::leave(bool was_exclusive) {
    --open_count_;
    if (was_exclusive) is_exclusive_ = false;
    while (!waiting_.empty() && admits(waiting_.front().is_exclusive)) {
        const Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        next.enter();
    }
}

// --- GenericFile.

GenericFile::GenericFile(GenericDevice& device, std::function<void()> outcome_waits)
    : device_(device),
      outcome_waits_(std::move(outcome_waits)),
      self_(std::make_shared<GenericFile*>(this)) {}

GenericFile::~GenericFile() {
    device_.waiting_.remove_if([this](const auto& waiting) { return waiting.file == this; });
    if (is_open_) device_.leave(is_exclusive_);
}

void GenericFile::call(const Call& call, scsi::Bytes data_out, Answered done) {
    if (!makes_sense(call, data_out)) return done(failed(EPROTO));
    if (call.operation == Operation::Open) return open(call, done);
    if (!is_open_) return done(failed(ENODEV));
    switch (call.operation) {
        case Operation::Open:
            break;
        case Operation::Control:
            return control(call, done);
        case Operation::Execute:
            return execute(call, std::move(data_out), std::move(done));
        case Operation::Submit:
            return submit(call, std::move(data_out), done);
        case Operation::Receive:
            return receive(call, done);
        default:  // a tape's
            break;
    }
    done(failed(EPROTO));
}

void GenericFile::open(const Call& call, const Answered& done) {
    if (is_open_) return done(failed(EPROTO));
    is_exclusive_ = (call.flags & O_EXCL) != 0;
    const auto enter = [this, done] {
        is_open_ = true;
        device_.enter(is_exclusive_);
        done({});
    };
    if (device_.admits(is_exclusive_)) return enter();
    if ((call.flags & O_NONBLOCK) != 0) return done(failed(EBUSY));
    device_.waiting_.push_back({this, is_exclusive_, enter});
}

bool GenericFile::start(Pending pending, scsi::Bytes data_out) {
    if (pending_.size() >= kMostPending) return false;
    pending.id = next_id_++;
    pending.started = Clock::now();
    const std::uint64_t id = pending.id;
    const fixtures::Command command = pending.command;
    pending_.push_back(std::move(pending));
    const std::weak_ptr<GenericFile*> weak = self_;
    device_.unit_.execute(request_of(command, std::move(data_out)), timeout_of(command),
                          [weak, id](RawResponse raw) {
                              if (const auto self = weak.lock()) {
                                  (*self)->finish(id, std::move(raw));
                              }
                          });
    return true;
}

void GenericFile::execute(const Call& call, scsi::Bytes data_out, Answered done) {
    Pending pending;
    pending.pack_id = call.command.pack_id;
    pending.command = call.command;
    pending.done = done;
    command_queue_ = 1;  // as the driver does when it sees a version 3 header
    if (!start(std::move(pending), std::move(data_out))) done(failed(EDOM));
}

void GenericFile::submit(const Call& call, scsi::Bytes data_out, const Answered& done) {
    Pending pending;
    pending.pack_id = call.command.pack_id;
    pending.command = call.command;
    pending.is_submitted = true;
    std::copy(std::begin(call.header), std::end(call.header), pending.reply.answer.header);
    command_queue_ = 1;
    // Accepted before it is started: its outcome may wait at once.
    if (pending_.size() >= kMostPending) return done(failed(EDOM));
    done({});
    start(std::move(pending), std::move(data_out));
}

void GenericFile::finish(std::uint64_t id, RawResponse raw) {
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [id](const Pending& pending) { return pending.id == id; });
    if (found == pending_.end()) return;
    const auto spent = Clock::now() - found->started;
    CommandOutcome outcome = outcome_of(found->command, raw);
    outcome.duration_ms = static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(spent).count());
    found->reply.answer.outcome = outcome;
    found->reply.data = std::move(raw.response.data_in);
    if (!found->is_submitted) {
        const Answered done = std::move(found->done);
        DeviceReply reply = std::move(found->reply);
        pending_.erase(found);
        return done(std::move(reply));
    }
    found->state = State::Waiting;
    outcome_waits_();
    for (auto receiver = receivers_.begin(); receiver != receivers_.end(); ++receiver) {
        const Receiver next = *receiver;
        if (next.pack_id != -1 && next.pack_id != found->pack_id) continue;
        receivers_.erase(receiver);
        hand_over(next);
        return;
    }
}

void GenericFile::receive(const Call& call, const Answered& done) {
    Receiver receiver;
    if (force_pack_id_ != 0) receiver.pack_id = static_cast<std::int32_t>(call.code);
    receiver.done = done;
    if (hand_over(receiver)) return;
    if ((call.flags & O_NONBLOCK) != 0) return done(failed(EAGAIN));
    receivers_.push_back(std::move(receiver));
}

// The oldest outcome that waits and is the one wanted.
bool GenericFile::hand_over(const Receiver& receiver) {
    const auto found = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
        return pending.state == State::Waiting &&
               (receiver.pack_id == -1 || receiver.pack_id == pending.pack_id);
    });
    if (found == pending_.end()) return false;
    DeviceReply reply = std::move(found->reply);
    pending_.erase(found);
    receiver.done(std::move(reply));
    return true;
}

std::chrono::milliseconds GenericFile::timeout_of(const fixtures::Command& command) const {
    return command.timeout_ms > 0 ? std::chrono::milliseconds(command.timeout_ms)
                                  : timeout_ticks_ * kTick;
}

// --- ioctl.

// The oldest first; SG_GET_REQUEST_TABLE.
void GenericFile::put_request_table(DeviceReply& reply) const {
    fixtures::RequestInfo table[kMostPending] = {};
    std::size_t row = 0;
    for (const Pending& pending : pending_) {
        fixtures::RequestInfo& info = table[row++];
        info.state = pending.state == State::UnderWay ? 1 : 2;
        info.is_io_owned = pending.is_submitted ? 0 : 1;
        const CommandOutcome& outcome = pending.reply.answer.outcome;
        info.has_problem = outcome.status != 0 || outcome.host_status != 0 ? 1 : 0;
        info.pack_id = pending.pack_id;
        info.duration =
            pending.state == State::UnderWay
                ? static_cast<unsigned>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                            Clock::now() - pending.started)
                                            .count())
                : outcome.duration_ms;
    }
    put(reply, table);
}

// What needs no command: true when `code` is one of these.
bool GenericFile::set_or_get(unsigned long code, std::int32_t value, DeviceReply& reply) {
    Answer& answer = reply.answer;
    const GenericIdentity& identity = device_.identity_;
    const auto set = [&](std::int32_t& setting, std::int32_t to, int error_if_negative) {
        if (to < 0) {
            answer.error = error_if_negative;
        } else {
            setting = to;
        }
    };
    switch (code) {
        case SG_SET_TIMEOUT:
            set(timeout_ticks_, value, EIO);
            return true;
        case SG_GET_TIMEOUT:
            answer.value = timeout_ticks_;
            return true;
        case SG_SET_COMMAND_Q:
            command_queue_ = value != 0 ? 1 : 0;
            return true;
        case SG_GET_COMMAND_Q:
            put(reply, command_queue_);
            return true;
        case SG_SET_RESERVED_SIZE:
            set(reserved_size_, std::min(value, kMostBytes), EINVAL);
            return true;
        case SG_GET_RESERVED_SIZE:
            put(reply, reserved_size_);
            return true;
        case SG_SET_FORCE_PACK_ID:
            force_pack_id_ = value != 0 ? 1 : 0;
            return true;
        case SG_GET_PACK_ID: {
            const auto oldest = std::find_if(
                pending_.begin(), pending_.end(),
                [](const Pending& pending) { return pending.state == State::Waiting; });
            put(reply, oldest == pending_.end() ? std::int32_t{-1} : oldest->pack_id);
            return true;
        }
        case SG_GET_NUM_WAITING:
            put(reply, static_cast<std::int32_t>(std::count_if(
                           pending_.begin(), pending_.end(),
                           [](const auto& each) { return each.state == State::Waiting; })));
            return true;
        case SG_SET_KEEP_ORPHAN:
            keep_orphan_ = value;
            return true;
        case SG_GET_KEEP_ORPHAN:
            put(reply, keep_orphan_);
            return true;
        case SG_NEXT_CMD_LEN:
            if (value > static_cast<std::int32_t>(fixtures::kLongestCdb)) answer.error = ENOMEM;
            return true;
        case SG_SET_DEBUG:
        case SG_SET_FORCE_LOW_DMA:
            return true;
        case SG_GET_LOW_DMA:
        case SG_EMULATED_HOST:
            put(reply, std::int32_t{0});
            return true;
        case SG_GET_SG_TABLESIZE:
            put(reply, kTableSize);
            return true;
        case SG_GET_VERSION_NUM:
            put(reply, kVersionNumber);
            return true;
        case fixtures::kSgGetAccessCount:
            put(reply, std::int32_t{1});
            return true;
        case BLKSECTGET:
            put(reply, kMostBytes);  // bytes, on this device
            return true;
        case SG_GET_SCSI_ID:
            put(reply, fixtures::ScsiId{identity.host,
                                        0,
                                        identity.target,
                                        identity.lun,
                                        identity.device_type,
                                        32,
                                        32,
                                        {}});
            return true;
        case fixtures::kScsiGetIdlun:
            put(reply, fixtures::Idlun{static_cast<std::uint32_t>(identity.target & 0xFF) |
                                           static_cast<std::uint32_t>(identity.lun & 0xFF) << 8 |
                                           static_cast<std::uint32_t>(identity.host & 0xFF) << 24,
                                       0});
            return true;
        case fixtures::kScsiGetBusNumber:
            put(reply, std::int32_t{identity.host});
            return true;
        case fixtures::kScsiProbeHost: {
            const std::size_t room =
                std::min({static_cast<std::size_t>(std::max(value, 0)),
                          identity.host_name.size() + 1, fixtures::kLongestInline});
            std::memcpy(answer.inline_data, identity.host_name.c_str(), room);
            answer.inline_length = static_cast<std::uint32_t>(room);
            answer.value = 1;
            return true;
        }
        case SG_GET_REQUEST_TABLE:
            put_request_table(reply);
            return true;
        case fixtures::kScsiGetPci:
            answer.error = ENXIO;
            return true;
        default:
            return false;
    }
}

void GenericFile::control(const Call& call, const Answered& done) {
    DeviceReply reply;
    const auto code = static_cast<unsigned long>(call.code);
    if (set_or_get(code, number_in(call), reply)) return done(std::move(reply));
    switch (code) {
        case SG_SCSI_RESET:
            return reset(number_in(call), done);
        case SCSI_IOCTL_TEST_UNIT_READY:
            return simple_command({0x00, 0, 0, 0, 0, 0}, done);
        case SCSI_IOCTL_START_UNIT:
            return simple_command({0x1B, 0, 0, 0, 1, 0}, done);
        case SCSI_IOCTL_STOP_UNIT:
            return simple_command({0x1B, 0, 0, 0, 0, 0}, done);
        case SCSI_IOCTL_DOORLOCK:
            return simple_command({0x1E, 0, 0, 0, 1, 0}, done);
        case SCSI_IOCTL_DOORUNLOCK:
            return simple_command({0x1E, 0, 0, 0, 0, 0}, done);
        default:
            return done(failed(EINVAL));
    }
}

// ioctl returns 0 or the SCSI status; a unit attention is no error here.
void GenericFile::simple_command(const scsi::Bytes& cdb, Answered done) {
    Call call{};
    call.version = fixtures::kVersion;
    call.operation = Operation::Execute;
    call.command.cdb_length = static_cast<std::uint32_t>(cdb.size());
    std::copy(cdb.begin(), cdb.end(), call.command.cdb);
    execute(call, {}, [done = std::move(done)](DeviceReply reply) {
        Answer& answer = reply.answer;
        const CommandOutcome& outcome = answer.outcome;
        const auto sense = scsi::decode_sense(scsi::BytesView(outcome.sense, outcome.sense_length));
        const bool is_attention = sense && sense->key == scsi::SenseKey::UnitAttention;
        if (outcome.host_status != 0) answer.error = EIO;
        answer.value = is_attention ? 0 : outcome.status;
        done(std::move(reply));
    });
}

void GenericFile::reset(std::int32_t what, const Answered& done) {
    constexpr std::int32_t kTarget = 4;
    constexpr std::int32_t kDoNotEscalate = 0x100;
    GenericUnit::Reset reset{};
    switch (what & ~kDoNotEscalate) {
        case SG_SCSI_RESET_NOTHING:
            return done({});
        case SG_SCSI_RESET_DEVICE:
            reset = GenericUnit::Reset::Unit;
            break;
        case SG_SCSI_RESET_BUS:
        case SG_SCSI_RESET_HOST:
        case kTarget:
            reset = GenericUnit::Reset::Target;
            break;
        default:
            return done(failed(EINVAL));
    }
    const std::weak_ptr<GenericFile*> weak = self_;
    device_.unit_.reset(reset, [weak, done](bool is_done) {
        if (weak.lock()) done(is_done ? DeviceReply{} : failed(EIO));
    });
}

}  // namespace nearline::apps
