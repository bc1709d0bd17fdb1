// Reading and writing, and what stops them.
#include <linux/mtio.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "apps/exec/tape_driver.h"
#include "initiator/tape_commands.h"

namespace nearline::apps {
namespace {

namespace tape = initiator::tape;

// Of one command that moves blocks of a fixed length; a longer call takes several.
constexpr std::uint64_t kMostInOneCommand = std::uint64_t{8} << 20;

}  // namespace

// What both directions ask first. 0 is no reason.
TapeDriver::Number TapeDriver::why_not_transfer(std::uint64_t count) {
    if (readiness_ == Readiness::NoTape) co_return -ENOMEDIUM;
    if (readiness_ != Readiness::Ready || is_position_unknown_) co_return -EIO;
    if (count == 0) co_return 0;
    const std::int64_t switched = co_await switch_partition();
    if (switched != 0) co_return switched;
    const bool has_limits = !is_fixed() && longest_block_ != 0;
    if (has_limits && (count < shortest_block_ || count > longest_block_)) co_return -EINVAL;
    if (has(MT_ST_AUTO_LOCK) && door_ == Door::Unlocked) {
        const std::int64_t locked = co_await lock(true);
        if (locked == 0) door_ = Door::LockedByUs;
    }
    co_return 0;
}

// --- Reading.

// One block of any length, or as many of the fixed length as it takes.
TapeDriver::Work TapeDriver::read_steps(std::uint64_t count) {
    if (const std::int64_t reason = co_await why_not_transfer(count); reason != 0) {
        co_return TapeResult{reason};
    }
    if (count == 0) co_return TapeResult{0};
    Partition& at = here();
    // What was written stays without a filemark; st reads on from there.
    at.activity = Activity::Reading;
    if (leftover_.empty() && at.met >= Met::EndOfDataUntold) {
        if (at.met == Met::EndOfData) co_return TapeResult{-EIO};
        at.met = static_cast<Met>(static_cast<int>(at.met) + 1);
        co_return TapeResult{0};
    }
    TapeResult result;
    for (bool goes_on = true; goes_on && result.data.size() < count;) {
        if (leftover_.empty()) {
            const std::int64_t filled = co_await fill(count - result.data.size());
            if (filled < 0) co_return TapeResult{filled};
            goes_on = filled == kMore;
        }
        const std::size_t taken = std::min(leftover_.size(), count - result.data.size());
        if (result.data.empty() && taken == leftover_.size()) {
            result.data = std::exchange(leftover_, {});  // nearly always: no copy
        } else {
            const auto end = leftover_.begin() + static_cast<std::ptrdiff_t>(taken);
            result.data.insert(result.data.end(), leftover_.begin(), end);
            leftover_.erase(leftover_.begin(), end);
        }
        goes_on = goes_on && is_fixed();
    }
    tell_end(result.data.size());
    result.value = static_cast<std::int64_t>(result.data.size());
    co_return result;
}

// A call that brings nothing has told of the mark or of the end.
void TapeDriver::tell_end(std::uint64_t count) {
    Partition& at = here();
    if (count > 0) {
        if (at.met == Met::Filemark) at.met = Met::Nothing;
    } else if (at.met == Met::FilemarkUntold) {
        enter_next_file();
        at.met = Met::Filemark;
    } else if (at.met == Met::EndOfDataUntold) {
        enter_next_file();
        at.met = Met::EndOfDataTold;
    } else if (at.met == Met::EndOfDataTold) {
        at.met = Met::EndOfData;
    }
}

// One READ. kMore when nothing stands in the way of another, kStop behind something; both may have
// brought data into `leftover_`.
TapeDriver::Number TapeDriver::fill(std::uint64_t wanted) {
    Partition& at = here();
    if (at.met == Met::FilemarkUntold) co_return kStop;
    std::uint64_t asked = wanted;
    if (is_fixed()) {
        const std::uint64_t most = std::max<std::uint64_t>(kMostInOneCommand / block_size_, 1);
        asked = std::min((wanted + block_size_ - 1) / block_size_, most);
    }
    const std::uint64_t bytes = is_fixed() ? asked * block_size_ : asked;
    const auto blocks = is_fixed() ? tape::Blocks::Fixed : tape::Blocks::Variable;
    const auto length =
        !is_fixed() && has(MT_ST_SILI) ? tape::Length::MayBeShorter : tape::Length::MustMatch;
    TapeAnswer answer = co_await send(tape::read(blocks, length, static_cast<std::uint32_t>(asked)),
                                      Limit::Normal, static_cast<std::uint32_t>(bytes));
    std::int64_t result = kMore;
    if (!answer.is_good) {
        result = co_await read_failed(answer, static_cast<std::uint32_t>(asked));
        if (result < 0) co_return result;
        const std::int64_t left = std::max<std::int64_t>(answer.left.value_or(0), 0);
        const std::uint64_t done = asked - std::min(static_cast<std::uint64_t>(left), asked);
        const bool has_data = answer.has_flag() && (is_fixed() || !answer.has_filemark());
        answer.data.resize(
            has_data ? std::min(answer.data.size(), is_fixed() ? done * block_size_ : done) : 0);
    }
    leftover_ = std::move(answer.data);
    if (at.block >= 0) {
        at.block += is_fixed() ? static_cast<std::int32_t>(leftover_.size() / block_size_) : 1;
    }
    co_return result;
}

// The flags first, and of them the filemark before the end of the medium; without any of them only
// the end of the data is no error, and only behind a filemark.
TapeDriver::Number TapeDriver::read_failed(const TapeAnswer& answer, std::uint32_t asked) {
    Partition& at = here();
    if (answer.has_incorrect_length()) {
        const std::int64_t result =
            co_await incorrect_length(answer, asked, answer.left.value_or(0));
        co_return result;
    }
    if (answer.has_filemark()) {
        at.met = Met::FilemarkUntold;
        co_return kStop;
    }
    if (answer.has_end_of_medium() && !answer.has_key(scsi::SenseKey::BlankCheck)) {
        at.met = at.met == Met::Filemark ? Met::EndOfDataUntold : Met::EarlyWarning;
        co_return kStop;
    }
    at.file = at.block = -1;
    if (at.met != Met::Filemark || !answer.has_key(scsi::SenseKey::BlankCheck)) co_return -EIO;
    at.met = Met::EndOfDataTold;
    co_return kStop;
}

// A block of another length than asked for. A variable one that is longer is passed, and lost; a
// fixed one is gone back before, so that the length can be set right.
TapeDriver::Number TapeDriver::incorrect_length(const TapeAnswer& answer, std::uint32_t asked,
                                                std::int64_t left) {
    Partition& at = here();
    if (!is_fixed()) {
        if (left >= 0) co_return kStop;
        if (at.block >= 0) ++at.block;
        co_return -ENOMEM;
    }
    const bool has_nothing = left >= static_cast<std::int64_t>(asked) || answer.data.empty();
    if (at.block >= 0) ++at.block;  // the odd one, which going back takes off again
    const std::int64_t went_back = co_await on_tape(MTBSR, 1);
    co_return has_nothing || went_back != 0 ? std::int64_t{-EIO} : kStop;
}

// --- Writing.

TapeDriver::Work TapeDriver::write_steps(scsi::Bytes data) {
    const std::uint64_t count = data.size();
    if (const std::int64_t reason = co_await why_not_transfer(count); reason != 0) {
        co_return TapeResult{reason};
    }
    if (count == 0) co_return TapeResult{0};
    if (is_read_only_) co_return TapeResult{-EACCES};
    if (is_fixed() && count % block_size_ != 0) co_return TapeResult{-EINVAL};
    Partition& at = here();
    if (at.activity == Activity::Reading) {
        const std::int64_t settled = co_await drop_read_ahead();
        if (settled != 0) co_return TapeResult{settled};
    } else if (at.activity == Activity::Idle && at.file == 0 && at.block == 0) {
        const std::int64_t applied = co_await apply_defaults();
        if (applied != 0) co_return TapeResult{applied};
    }
    at.activity = Activity::Writing;
    if (at.met == Met::EarlyWarning) {
        at.met = Met::EarlyWarningTold;
        co_return TapeResult{-ENOSPC};
    }
    const std::int64_t result = co_await write_blocks(std::move(data));
    co_return TapeResult{result};
}

// In as many commands as it takes; how much is written, or why nothing is.
TapeDriver::Number TapeDriver::write_blocks(scsi::Bytes data) {
    Partition& at = here();
    const std::uint64_t count = data.size();
    const std::uint64_t most =
        is_fixed() ? std::max<std::uint64_t>(kMostInOneCommand / block_size_, 1) * block_size_
                   : count;
    std::uint64_t written = 0;
    while (written < count) {
        const std::uint64_t length = std::min(most, count - written);
        scsi::Bytes part;
        if (length == count) {
            part = std::move(data);
        } else {
            const auto from = data.begin() + static_cast<std::ptrdiff_t>(written);
            part.assign(from, from + static_cast<std::ptrdiff_t>(length));
        }
        const auto units = static_cast<std::uint32_t>(is_fixed() ? length / block_size_ : length);
        const auto blocks = is_fixed() ? tape::Blocks::Fixed : tape::Blocks::Variable;
        const TapeAnswer answer = co_await send_data(tape::write(blocks, units), std::move(part));
        if (!answer.is_good) {
            const std::int64_t error = write_failed(answer, units);
            const std::uint64_t left = bytes_left(answer, units);
            if (error == -ENOSPC) written += length - left;
            if (error == -ENOSPC && is_fixed() && left == 0 && written < count) continue;
            co_return written > 0 ? static_cast<std::int64_t>(written) : error;
        }
        if (at.met != Met::EarlyWarning) at.met = Met::Nothing;
        if (at.block >= 0) at.block += static_cast<std::int32_t>(is_fixed() ? units : 1);
        written += length;
    }
    co_return static_cast<std::int64_t>(written);
}

// At the end of the medium the answer says how much did not fit: nothing, at the early warning.
std::uint64_t TapeDriver::bytes_left(const TapeAnswer& answer, std::uint32_t units) const {
    const bool has_overflown = answer.has_key(scsi::SenseKey::VolumeOverflow);
    const std::int64_t otherwise = !is_fixed() && has_overflown ? units : 0;
    const auto left = static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(answer.left.value_or(otherwise), 0, units));
    return is_fixed() ? left * block_size_ : left;
}

// ENOSPC at the end of the medium, for which the drive has kept room for a few more writes.
std::int64_t TapeDriver::write_failed(const TapeAnswer& answer, std::uint32_t units) {
    Partition& at = here();
    if (!answer.has_end_of_medium() || answer.sense->is_deferred) {
        at.block = -1;
        return -EIO;
    }
    at.met = Met::EarlyWarning;
    const std::uint64_t left = bytes_left(answer, units);
    if (at.block >= 0) {
        at.block += static_cast<std::int32_t>(is_fixed() ? units - left / block_size_
                                                         : (left == 0 ? 1U : 0U));
    }
    return -ENOSPC;
}

}  // namespace nearline::apps
