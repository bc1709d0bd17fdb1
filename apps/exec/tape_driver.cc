#include "apps/exec/tape_driver.h"

#include <linux/mtio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "initiator/tape_commands.h"

namespace nearline::apps {
namespace {

namespace tape = initiator::tape;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kBecomingReadyLimit{120'000};  // st waits no longer
constexpr std::chrono::milliseconds kFirstPause{10};
constexpr std::chrono::milliseconds kLongestPause{1'000};
constexpr int kMostAttentions = 10;
constexpr std::uint8_t kNoPosition = 0x04;  // LOLU, in SCSI-2 BPU: the position is not known

constexpr std::uint32_t kDefaultOptions =
    MT_ST_BUFFER_WRITES | MT_ST_ASYNC_WRITES | MT_ST_READ_AHEAD | MT_ST_CAN_BSR;

bool is_power_on_or_reset(const scsi::Sense& sense) {
    return sense.key == scsi::SenseKey::UnitAttention && sense.asc == 0x29;
}

// INFORMATION of a fixed format has 32 bits, of a descriptor 64; none of ours needs more than 32.
std::int64_t as_signed(std::uint64_t information) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(information));
}

}  // namespace

TapeDriver::TapeDriver(GenericUnit& unit, Pause pause)
    : unit_(unit),
      pause_(std::move(pause)),
      options_(kDefaultOptions),
      self_(std::make_shared<TapeDriver*>(this)) {}

TapeDriver::~TapeDriver() {
    self_.reset();
}

// --- One call after the other.

void TapeDriver::enqueue(std::function<Work()> begin, Done done) {
    pending_.push_back({std::move(begin), std::move(done)});
    if (!current_) begin_next();
}

void TapeDriver::begin_next() {
    if (pending_.empty()) return;
    Pending next = std::move(pending_.front());
    pending_.pop_front();
    current_done_ = std::move(next.done);
    current_.emplace(next.begin());
    current_->start([this] { end_current(); });
}

void TapeDriver::end_current() {
    TapeResult result = current_->take_result();
    const Done done = std::move(current_done_);
    current_.reset();
    const std::weak_ptr<TapeDriver*> weak = self_;
    done(std::move(result));
    if (!weak.expired() && !current_) begin_next();
}

void TapeDriver::open(Opening opening, Done done) {
    if (is_in_use_ && !is_closing_) return done({-EBUSY});
    enqueue([this, opening] { return open_steps(opening); }, std::move(done));
}

void TapeDriver::close(Done done) {
    close_if([] { return true; }, std::move(done));
}

void TapeDriver::close_if(std::function<bool()> is_open, Done done) {
    is_closing_ = true;
    enqueue([this, is_open = std::move(is_open)] { return close_steps(is_open); }, std::move(done));
}

void TapeDriver::read(std::uint64_t count, Done done) {
    enqueue([this, count] { return read_steps(count); }, std::move(done));
}

void TapeDriver::write(scsi::Bytes data, Done done) {
    // Shared only because a function has to be copied.
    auto shared = std::make_shared<scsi::Bytes>(std::move(data));
    enqueue([this, shared] { return write_steps(std::move(*shared)); }, std::move(done));
}

void TapeDriver::operate(std::int32_t operation, std::int32_t count, Done done) {
    enqueue([this, operation, count] { return operate_steps(operation, count); }, std::move(done));
}

void TapeDriver::status(Done done) {
    enqueue([this] { return status_steps(); }, std::move(done));
}

void TapeDriver::position(Done done) {
    enqueue([this] { return position_steps(); }, std::move(done));
}

// --- Commands.

void TapeDriver::Sending::await_suspend(std::coroutine_handle<> caller) {
    const std::weak_ptr<TapeDriver*> weak = driver_.self_;
    driver_.unit_.execute(std::move(request_), timeout_,
                          [weak, this, caller](initiator::RawResponse raw) {
                              const auto driver = weak.lock();
                              if (!driver) return;
                              answer_ = (*driver)->note(std::move(raw));
                              caller.resume();
                          });
}

void TapeDriver::Pausing::await_suspend(std::coroutine_handle<> caller) {
    const std::weak_ptr<TapeDriver*> weak = driver_.self_;
    driver_.pause_(time_, [weak, caller] {
        if (weak.lock()) caller.resume();
    });
}

TapeDriver::Sending TapeDriver::send(scsi::Bytes cdb, Limit limit, std::uint32_t data_in_length) {
    scsi::Request request;
    request.cdb = std::move(cdb);
    request.data_in_length = data_in_length;
    return {*this, std::move(request), time_for(limit)};
}

TapeDriver::Sending TapeDriver::send_data(scsi::Bytes cdb, scsi::Bytes data) {
    scsi::Request request;
    request.cdb = std::move(cdb);
    request.data_out = std::move(data);
    return {*this, std::move(request), time_for(Limit::Normal)};
}

std::chrono::milliseconds TapeDriver::time_for(Limit limit) const {
    constexpr int kEraseFactor = 8;
    switch (limit) {
        case Limit::Normal:
            break;
        case Limit::Long:
            return long_limit_;
        case Limit::Longest:
            return long_limit_ * kEraseFactor;
    }
    return normal_limit_;
}

// What every answer may tell, whatever was asked.
TapeAnswer TapeDriver::note(initiator::RawResponse raw) {
    TapeAnswer answer;
    scsi::Response& response = raw.response;
    answer.is_good = response.is_good();
    answer.data = std::move(response.data_in);
    if (response.delivery == scsi::Delivery::TransportFailed) return answer;
    if (response.status != scsi::Status::CheckCondition) return answer;
    const scsi::Sense& sense = response.sense;
    answer.sense = sense;
    if (sense.information) answer.left = as_signed(*sense.information);
    constexpr std::uint8_t kCleaningRequested = 0x17;
    if (sense.asc == 0 && sense.ascq == kCleaningRequested) wants_cleaning_ = true;
    const auto [byte, mask, value] = cleaning_sense_;
    if (byte != 0 && raw.sense.size() > byte) {
        const unsigned bits = raw.sense.at(byte) & mask;
        wants_cleaning_ |= value != 0 ? bits == value : bits != 0;
    }
    if (is_power_on_or_reset(sense)) is_position_unknown_ = true;
    if (sense.key == scsi::SenseKey::UnitAttention) is_new_session_ = true;
    if (sense.key == scsi::SenseKey::RecoveredError && !answer.has_flag()) {
        ++recovered_errors_;
        answer.is_good = true;
    }
    return answer;
}

// --- Open.

TapeDriver::Work TapeDriver::open_steps(Opening opening) {
    if (is_in_use_) co_return TapeResult{-EBUSY};
    is_in_use_ = true;
    const std::int64_t result = co_await begin_use(opening);
    if (result != 0) is_in_use_ = is_closing_ = false;
    co_return TapeResult{result};
}

TapeDriver::Number TapeDriver::begin_use(Opening opening) {
    opening_ = opening;
    rewinds_at_close_ = opening.at_close == AtClose::Rewind;
    is_read_only_ = !opening.may_write;
    leftover_.clear();
    for (Partition& each : partitions_) each.activity = Activity::Idle;
    const std::int64_t error = co_await look_at_tape(opening);
    if (error != 0) co_return error;
    if (opening.waiting == Waiting::Allowed && readiness_ != Readiness::Ready) {
        co_return readiness_ == Readiness::NoTape ? -ENOMEDIUM : -EIO;
    }
    co_return 0;
}

// Whether there is a tape, which, and how it is read; 0 also when there is none.
TapeDriver::Number TapeDriver::look_at_tape(Opening opening) {
    wants_cleaning_ = false;
    const std::int64_t error = co_await wait_until_ready(opening.waiting);
    if (error != 0) co_return error;
    const bool is_new = std::exchange(is_new_session_, false);
    if (readiness_ != Readiness::Ready) {
        forget_tape();
        is_new_session_ = true;
        co_return 0;
    }
    if (is_new) {
        begin_session();
        // A tape that somebody else has left in the middle is in no file we know of.
        if (const std::int64_t object = co_await tell(true); object != 0)
            here().file = here().block = -1;
    }
    if (const int problem = co_await learn_modes(); problem != 0) co_return problem;
    if (is_write_protected_) {
        is_read_only_ = true;
        if (opening.may_write && opening.waiting == Waiting::Allowed) co_return -EROFS;
    }
    if (is_new && !has(MT_ST_DEF_WRITES)) {
        const std::int64_t applied = co_await apply_defaults();
        if (applied != 0) co_return applied;
    }
    co_return 0;
}

// TEST UNIT READY until it tells nothing new, while the drive is becoming ready. The unit
// attentions it takes begin a new session with the tape: a position that was unknown is the
// beginning again.
TapeDriver::Number TapeDriver::wait_until_ready(Waiting waiting) {
    std::chrono::milliseconds pause = kFirstPause;
    std::chrono::milliseconds waited{0};
    for (int attentions = 0;;) {
        const TapeAnswer answer = co_await send(tape::test_unit_ready());
        if (answer.has_key(scsi::SenseKey::UnitAttention)) {
            is_position_unknown_ = false;
            if (++attentions > kMostAttentions) co_return -EIO;
            continue;
        }
        if (answer.is_good) {
            readiness_ = Readiness::Ready;
            co_return 0;
        }
        if (!answer.has_key(scsi::SenseKey::NotReady)) co_return -EIO;
        const bool has_no_tape = answer.sense->asc == scsi::kMediumNotPresent.asc;
        readiness_ = has_no_tape ? Readiness::NoTape : Readiness::NotReady;
        const bool is_on_its_way = answer.sense->is(scsi::kBecomingReady);
        if (!is_on_its_way || waiting == Waiting::Refused || waited >= kBecomingReadyLimit) {
            co_return 0;
        }
        co_await Pausing(*this, pause);
        waited += pause;
        pause = std::min(pause * 2, kLongestPause);
    }
}

void TapeDriver::forget_tape() {
    density_ = 0;
    block_size_ = 0;
    is_write_protected_ = false;
    partition_ = wanted_partition_ = 0;
    here().file = here().block = -1;
    door_ = Door::Unlocked;
}

void TapeDriver::begin_session() {
    is_position_unknown_ = false;
    partition_ = wanted_partition_ = 0;
    partition_count_ = 0;
    partitions_.fill({});
    has_set_density_ = has_set_block_size_ = has_set_compression_ = false;
}

// READ BLOCK LIMITS, and MODE SENSE of no page but its head: buffering, density, block length.
Steps<int> TapeDriver::learn_modes() {
    constexpr std::uint32_t kLimitsLength = 6;
    constexpr std::uint8_t kHeadLength = 12;
    shortest_block_ = longest_block_ = 0;
    if (!has(MT_ST_NO_BLKLIMS)) {
        const TapeAnswer limits =
            co_await send(tape::read_block_limits(), Limit::Normal, kLimitsLength);
        base::ByteReader in(limits.data);
        in.skip(1);
        const std::uint32_t longest = in.u24();
        const std::uint16_t shortest = in.u16();
        if (limits.is_good && in.ok()) {
            longest_block_ = longest;
            shortest_block_ = shortest;
        }
    }
    const TapeAnswer modes =
        co_await send(tape::mode_sense(0, tape::BlockDescriptor::Wanted, kHeadLength),
                      Limit::Normal, kHeadLength);
    base::ByteReader in(modes.data);
    in.skip(2);
    const unsigned device_specific = in.u8();
    const unsigned descriptor_length = in.u8();
    const std::uint8_t density = in.u8();
    in.skip(4);
    const std::uint32_t block_size = in.u24();
    is_write_protected_ = false;
    if (!modes.is_good || modes.data.size() < 4) {
        block_size_ = 512;  // what st takes a drive to use that does not say
        co_return 0;
    }
    constexpr unsigned kWriteProtected = 0x80;
    constexpr unsigned kDescriptorLength = 8;
    is_write_protected_ = (device_specific & kWriteProtected) != 0;
    buffering_ = device_specific >> 4 & 7;
    if (descriptor_length < kDescriptorLength || !in.ok()) co_return 0;
    density_ = density;
    block_size_ = block_size;
    co_return 0;
}

// --- Close.

TapeDriver::Work TapeDriver::close_steps(std::function<bool()> is_open) {
    if (!is_open()) co_return TapeResult{0};
    std::int64_t result = 0;
    if (here().activity == Activity::Writing && !is_position_unknown_) {
        result = co_await end_file();
    } else if (!rewinds_at_close_) {
        result = co_await settle_read();
    }
    if (rewinds_at_close_) {
        const std::int64_t rewound = co_await on_tape(MTREW, 1);
        if (result == 0) result = rewound;
    }
    if (door_ == Door::LockedByUs) co_await lock(false);
    is_in_use_ = is_closing_ = false;
    leftover_.clear();
    co_return TapeResult{result};
}

// The filemark behind what was written.
TapeDriver::Number TapeDriver::end_file() {
    const std::uint32_t count = has(MT_ST_TWO_FM) ? 2 : 1;
    const TapeAnswer answer =
        co_await send(tape::write_filemarks(tape::Marks::File, tape::Immediate::No, count));
    here().activity = Activity::Idle;
    const bool is_early_warning = answer.has_end_of_medium() && !answer.sense->is_deferred &&
                                  (answer.has_key(scsi::SenseKey::NoSense) ||
                                   answer.has_key(scsi::SenseKey::RecoveredError)) &&
                                  answer.left.value_or(0) == 0;
    if (!answer.is_good && !is_early_warning) co_return -EIO;
    enter_next_file();
    if (count > 1) co_await cross_filemark_back();
    here().met = Met::Filemark;
    co_return 0;
}

// With the System V manner a file that was read in part is left altogether.
TapeDriver::Number TapeDriver::settle_read() {
    Partition& at = here();
    if (!has(MT_ST_SYSV) || at.activity != Activity::Reading) {
        const std::int64_t settled = co_await drop_read_ahead();
        co_return settled;
    }
    leftover_.clear();
    if (at.met == Met::Nothing) {
        const TapeAnswer passed =
            co_await send(tape::space(tape::SpaceOver::Filemarks, 1), Limit::Long);
        if (!passed.is_good) co_return -EIO;
        at.met = Met::FilemarkUntold;
    }
    if (at.met == Met::FilemarkUntold) {
        enter_next_file();
        at.met = Met::Filemark;
    }
    co_return 0;
}

// A read that has passed a filemark nobody was told of goes back before it.
TapeDriver::Number TapeDriver::drop_read_ahead() {
    leftover_.clear();
    if (here().met != Met::FilemarkUntold) co_return 0;
    const std::int64_t result = co_await cross_filemark_back();
    if (result == 0) {
        here().met = Met::Nothing;
    } else {
        enter_next_file();
    }
    co_return result;
}

void TapeDriver::enter_next_file() {
    if (here().file >= 0) ++here().file;
    here().block = 0;
}

// --- Where it is.

TapeDriver::Work TapeDriver::status_steps() {
    if (is_position_unknown_) co_return TapeResult{-EIO};
    const std::int64_t settled = co_await drop_read_ahead();
    if (settled != 0) co_return TapeResult{settled};
    const std::int64_t switched = co_await switch_partition();
    if (switched != 0) co_return TapeResult{switched};
    TapeResult result{0, status_data()};
    recovered_errors_ = 0;
    co_return result;
}

TapeDriver::Work TapeDriver::position_steps() {
    if (is_position_unknown_) co_return TapeResult{-EIO};
    const std::int64_t settled = co_await drop_read_ahead();
    if (settled != 0) co_return TapeResult{settled};
    const std::int64_t switched = co_await switch_partition();
    if (switched != 0) co_return TapeResult{switched};
    const std::int64_t object = co_await tell(false);
    co_return TapeResult{object};
}

scsi::Bytes TapeDriver::status_data() const {
    const Partition& at = here();
    mtget status{};
    status.mt_type = MT_ISSCSI2;
    status.mt_resid = static_cast<long>(partition_);
    const std::uint32_t register_bits =
        (block_size_ & MT_ST_BLKSIZE_MASK) | std::uint32_t{density_} << MT_ST_DENSITY_SHIFT;
    status.mt_dsreg = static_cast<long>(register_bits);
    status.mt_erreg = static_cast<long>(recovered_errors_ & MT_ST_SOFTERR_MASK);
    status.mt_fileno = at.file;
    status.mt_blkno = at.block;

    constexpr unsigned long kAll = 0xFFFFFFFF;
    unsigned long bits = 0;
    if (is_write_protected_) bits |= GMT_WR_PROT(kAll);
    if (at.block == 0) bits |= at.file == 0 ? GMT_BOT(kAll) : GMT_EOF(kAll);
    if (at.met == Met::EarlyWarning || at.met == Met::EarlyWarningTold) {
        bits |= GMT_EOT(kAll);
    } else if (at.met >= Met::EndOfDataUntold) {
        bits |= GMT_EOD(kAll);
    }
    if (readiness_ == Readiness::Ready) bits |= GMT_ONLINE(kAll);
    if (readiness_ == Readiness::NoTape) bits |= GMT_DR_OPEN(kAll);
    if (has(MT_ST_ASYNC_WRITES) || (has(MT_ST_BUFFER_WRITES) && is_fixed()) || buffering_ != 0) {
        bits |= GMT_IM_REP_EN(kAll);
    }
    if (wants_cleaning_) bits |= GMT_CLN(kAll);
    status.mt_gstat = static_cast<long>(bits);

    scsi::Bytes data(sizeof(status));
    std::memcpy(data.data(), &status, sizeof(status));
    return data;
}

// READ POSITION; at the beginning the counts are known again, whatever they were.
TapeDriver::Number TapeDriver::tell(bool is_logical) {
    if (readiness_ != Readiness::Ready) co_return -EIO;
    constexpr std::uint32_t kLength = 20;
    constexpr unsigned kBeginning = 0x80;
    const auto address =
        is_logical || has(MT_ST_SCSI2LOGICAL) ? tape::Address::Logical : tape::Address::Vendor;
    const TapeAnswer answer = co_await send(tape::read_position(address), Limit::Normal, kLength);
    base::ByteReader in(answer.data);
    const unsigned flags = in.u8();
    const std::uint8_t partition = in.u8();
    in.skip(2);
    const std::uint32_t object = in.u32();
    if (!answer.is_good || !in.ok() || (flags & kNoPosition) != 0) co_return -EIO;
    if ((flags & kBeginning) != 0 && partition == 0) {
        partitions_.front().file = 0;
        partitions_.front().block = 0;
    }
    co_return object;
}

}  // namespace nearline::apps
