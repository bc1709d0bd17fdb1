// MTIOCTOP: what moves the tape, marks it, and sets the drive and the driver.
#include <linux/mtio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "apps/exec/tape_driver.h"
#include "initiator/tape_commands.h"

namespace nearline::apps {
namespace {

namespace tape = initiator::tape;

constexpr std::int32_t kToTheEnd = 0x7FFFFF;  // the largest count SPACE(6) takes

bool is_one_of(std::int32_t operation, std::initializer_list<std::int32_t> all) {
    return std::find(all.begin(), all.end(), operation) != all.end();
}

bool writes_marks(std::int32_t operation) {
    return is_one_of(operation, {MTWEOF, MTWEOFI, MTWSM});
}

// That find the tape a known position after a reset.
bool finds_position(std::int32_t operation) {
    return is_one_of(operation, {MTREW, MTOFFL, MTRETEN, MTERASE, MTSEEK, MTEOM});
}

// Behind which the position in the file does not count any more.
bool leaves_file(std::int32_t operation) {
    return is_one_of(operation,
                     {MTREW, MTOFFL, MTRETEN, MTEOM, MTLOCK, MTLOAD, MTFSF, MTFSFM, MTCOMPRESSION});
}

// Which leave what was written to be ended at close.
bool keeps_writing(std::int32_t operation) {
    return is_one_of(operation, {MTNOP, MTSETBLK, MTSETDENSITY, MTWSM, MTSETDRVBUFFER, MTSETPART});
}

}  // namespace

TapeDriver::Work TapeDriver::operate_steps(std::int32_t operation, std::int32_t count) {
    const std::int64_t reason = co_await before_operation(operation, count);
    if (reason != 0) co_return TapeResult{reason};
    if (!keeps_writing(operation)) here().activity = Activity::Idle;
    if (operation == MTOFFL && door_ != Door::Unlocked) co_await lock(false);
    const std::int64_t result = co_await this->operation(operation, count);
    co_return TapeResult{result};
}

// A file that was being written is ended before the tape goes back, one that was being read is left
// where its reader believes to be.
TapeDriver::Number TapeDriver::before_operation(std::int32_t operation, std::int32_t& count) {
    if (is_position_unknown_) {
        if (!finds_position(operation)) co_return -EIO;
        is_position_unknown_ = false;
        begin_session();
        co_return 0;
    }
    Partition& at = here();
    if (at.met == Met::FilemarkUntold) {
        // The mark behind which the tape stands already counts.
        if (is_one_of(operation, {MTFSF, MTFSFM, MTEOM})) {
            --count;
            enter_next_file();
            at.met = Met::Filemark;
        } else if (is_one_of(operation, {MTBSF, MTBSFM})) {
            ++count;
            enter_next_file();
            at.met = Met::Filemark;
        }
    }
    const bool changes_partition =
        operation == MTSEEK && has(MT_ST_CAN_PARTITIONS) && wanted_partition_ != partition_;
    const bool is_left = operation == MTSEEK ? !changes_partition : leaves_file(operation);
    if (is_left && at.met == Met::FilemarkUntold) {
        enter_next_file();
        at.met = Met::Nothing;
    }
    const std::int64_t settled = co_await drop_read_ahead();
    if (settled != 0) co_return settled;
    const bool goes_back = is_one_of(operation, {MTREW, MTOFFL, MTSEEK, MTBSF, MTBSFM});
    if (at.activity != Activity::Writing || !goes_back) co_return 0;
    const std::int64_t ended = co_await on_tape(MTWEOF, 1);
    if (ended != 0) co_return ended;
    if (is_one_of(operation, {MTBSF, MTBSFM})) ++count;
    co_return 0;
}

TapeDriver::Number TapeDriver::operation(std::int32_t operation, std::int32_t count) {
    std::int64_t result = 0;
    const auto options = static_cast<std::uint32_t>(count);
    if (operation == MTSETDRVBUFFER && (options & MT_ST_OPTIONS) != 0) {
        co_return set_options(options);
    }
    if (operation == MTSETPART) {
        result = co_await set_partition(count);
        co_return result;
    }
    if (operation == MTMKPART) {
        result = co_await format_partitions(count);
        co_return result;
    }
    if (operation == MTSEEK) {
        result = co_await seek(options, wanted_partition_, false);
        co_return result;
    }
    if (is_one_of(operation, {MTLOAD, MTUNLOAD, MTOFFL})) {
        result = co_await load_or_unload(operation == MTLOAD);
        co_return result;
    }
    if (is_one_of(operation, {MTLOCK, MTUNLOCK})) {
        result = co_await lock(operation == MTLOCK);
        co_return result;
    }
    if (readiness_ == Readiness::Ready) {
        result = co_await switch_partition();
        if (result != 0) co_return result;
    }
    if (operation == MTCOMPRESSION) {
        result = co_await compress((count & 1) != 0);
    } else {
        result = co_await on_tape(operation, count);
    }
    co_return result;
}

// --- One command on the tape, and what it does to the counts.

TapeDriver::Number TapeDriver::on_tape(std::int32_t operation, std::int32_t count) {
    if (readiness_ != Readiness::Ready) {
        co_return readiness_ == Readiness::NoTape ? -ENOMEDIUM : -EIO;
    }
    if (is_read_only_ && (writes_marks(operation) || operation == MTERASE)) co_return -EACCES;
    if (is_one_of(operation, {MTSETBLK, MTSETDENSITY, MTSETDRVBUFFER})) {
        const std::int64_t set = co_await set_mode_operation(operation, count);
        co_return set;
    }
    const auto immediate = has(MT_ST_NOWAIT) ? tape::Immediate::Yes : tape::Immediate::No;
    scsi::Bytes cdb;
    auto limit = Limit::Long;
    switch (operation) {
        case MTNOP:
            co_return 0;
        case MTFSF:
        case MTFSFM:
            cdb = tape::space(tape::SpaceOver::Filemarks, count);
            break;
        case MTBSF:
        case MTBSFM:
            cdb = tape::space(tape::SpaceOver::Filemarks, -count);
            break;
        case MTFSR:
            cdb = tape::space(tape::SpaceOver::Blocks, count);
            break;
        case MTBSR:
            cdb = tape::space(tape::SpaceOver::Blocks, -count);
            break;
        case MTFSS:
            cdb = tape::space(tape::SpaceOver::Setmarks, count);
            break;
        case MTBSS:
            cdb = tape::space(tape::SpaceOver::Setmarks, -count);
            break;
        case MTWEOF:
        case MTWEOFI:
        case MTWSM: {
            const bool waits =
                operation != MTWEOFI && !(operation == MTWEOF && has(MT_ST_NOWAIT_EOF));
            cdb = tape::write_filemarks(operation == MTWSM ? tape::Marks::Set : tape::Marks::File,
                                        waits ? tape::Immediate::No : tape::Immediate::Yes,
                                        static_cast<std::uint32_t>(count));
            limit = Limit::Normal;
            break;
        }
        case MTREW:
            cdb = tape::rewind(immediate);
            break;
        case MTRETEN:
            cdb = tape::load_unload(tape::Load::Retension, immediate);
            break;
        case MTERASE:
            cdb = tape::erase(count != 0, immediate);
            limit = Limit::Longest;
            break;
        case MTEOM: {
            const std::int64_t ended = co_await space_to_end();
            co_return ended;
        }
        default:
            co_return -ENOSYS;
    }
    const TapeAnswer answer = co_await send(std::move(cdb), limit);
    if (answer.is_good) {
        moved(operation, count);
    } else if (moved_less(operation, count, answer) == Marked::All) {
        co_return 0;
    }
    if (answer.is_good && operation == MTFSFM) {
        const std::int64_t back = co_await on_tape(MTBSF, 1);
        co_return back;
    }
    if (answer.is_good && operation == MTBSFM) {
        const std::int64_t forth = co_await on_tape(MTFSF, 1);
        co_return forth;
    }
    co_return answer.is_good ? 0 : -EIO;
}

// As far as the command was asked to go.
void TapeDriver::moved(std::int32_t operation, std::int32_t count) {
    Partition& at = here();
    const auto file_by = [&](std::int32_t files) {
        if (at.file >= 0) at.file += files;
    };
    const auto block_by = [&](std::int32_t blocks) {
        if (at.block >= 0) at.block += blocks;
    };
    switch (operation) {
        case MTFSF:
        case MTFSFM:
            file_by(count);
            at.block = 0;
            break;
        case MTBSF:
        case MTBSFM:
            file_by(-count);
            at.block = -1;  // how long the file is, nobody knows
            break;
        case MTFSR:
            block_by(count);
            break;
        case MTBSR:
            block_by(-count);
            break;
        case MTWEOF:
        case MTWEOFI:
            file_by(count);
            at.block = 0;
            at.activity = Activity::Idle;  // the file is ended
            break;
        case MTFSS:
        case MTBSS:
            at.file = at.block = -1;
            break;
        case MTREW:
        case MTRETEN:
        case MTERASE:
            at.file = at.block = 0;
            break;
        default:
            break;
    }
    if (operation == MTFSFM || operation == MTBSFM) return;  // the step back comes yet
    at.met = operation == MTFSF ? Met::Filemark : Met::Nothing;
}

// What the sense data say was left of it tells where the tape is. All: marks that were written all
// the same, behind the early warning.
TapeDriver::Marked TapeDriver::moved_less(std::int32_t operation, std::int32_t count,
                                          const TapeAnswer& answer) {
    Partition& at = here();
    const auto left = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(answer.left.value_or(0), -kToTheEnd, kToTheEnd));
    const std::int32_t left_behind = count > 0 ? std::abs(left) : left;  // some tell it negative
    const std::int32_t file = at.file;
    const std::int32_t block = at.block;
    const bool goes_back = is_one_of(operation, {MTBSF, MTBSFM, MTBSR, MTBSS});
    if (answer.has_end_of_medium()) {
        if (!goes_back) at.met = Met::EarlyWarning;
        at.block = 0;
    }
    auto marked = Marked::NotAll;
    switch (operation) {
        case MTWEOF:
        case MTWEOFI:
            if (!answer.has_end_of_medium()) break;
            if (answer.has_key(scsi::SenseKey::NoSense) ||
                answer.has_key(scsi::SenseKey::RecoveredError)) {
                marked = Marked::All;
                at.activity = Activity::Idle;
                at.file = file >= 0 ? file + count : file;
                at.met = Met::Nothing;
            } else {
                at.file = file >= 0 ? file + count - left : file;
                if (left < count) at.met = Met::Nothing;
            }
            break;
        case MTFSF:
        case MTFSFM:
            at.file = file >= 0 ? file + count - left : file;
            at.block = -1;
            at.met = Met::Nothing;
            break;
        case MTBSF:
        case MTBSFM:
            at.file = file >= 0 ? file - count + left_behind : file;
            at.block = 0;
            at.met = Met::Nothing;
            break;
        case MTFSR:
            at.met = Met::Nothing;
            if (answer.has_filemark()) {
                enter_next_file();
                at.met = Met::Filemark;
            } else if (!answer.has_end_of_medium()) {
                at.block = block >= 0 && block + count >= left ? block + count - left : -1;
            }
            break;
        case MTBSR:
            at.met = Met::Nothing;
            if (answer.has_filemark()) {
                --at.file;
                at.block = -1;
            } else if (at.block >= 0) {
                at.block = block >= 0 ? block - count + left_behind : block;
            }
            break;
        default:
            at.met = Met::Nothing;
            break;
    }
    if (answer.has_key(scsi::SenseKey::BlankCheck)) at.met = Met::EndOfData;
    return marked;
}

// Mark by mark, so that the number of the file stays known; the fast way does not tell it.
TapeDriver::Number TapeDriver::space_to_end() {
    std::int32_t file = -1;
    if (!has(MT_ST_FAST_MTEOM)) {
        co_await on_tape(MTFSF, kToTheEnd);
        file = here().file;
        if (here().met >= Met::EndOfDataUntold) co_return 0;
    }
    const TapeAnswer answer =
        co_await send(tape::space(tape::SpaceOver::EndOfData, 0), Limit::Long);
    here().file = answer.is_good ? file : -1;
    here().block = -1;
    here().met = Met::EndOfData;
    co_return answer.is_good ? 0 : -EIO;
}

TapeDriver::Number TapeDriver::cross_filemark_back() {
    const TapeAnswer answer =
        co_await send(tape::space(tape::SpaceOver::Filemarks, -1), Limit::Long);
    co_return answer.is_good ? 0 : -EIO;
}

// --- The cartridge.

TapeDriver::Number TapeDriver::load_or_unload(bool is_load) {
    const auto immediate = has(MT_ST_NOWAIT) ? tape::Immediate::Yes : tape::Immediate::No;
    const auto what = is_load ? tape::Load::Load : tape::Load::Unload;
    const TapeAnswer answer = co_await send(tape::load_unload(what, immediate), Limit::Long);
    if (!answer.is_good) {
        here().file = here().block = -1;
        co_return -EIO;
    }
    if (!is_load) {
        rewinds_at_close_ = false;
        readiness_ = Readiness::NoTape;
        is_new_session_ = true;
        co_return 0;
    }
    rewinds_at_close_ = opening_.at_close == AtClose::Rewind;
    const std::int64_t looked = co_await look_at_tape(opening_);
    co_return looked;
}

TapeDriver::Number TapeDriver::lock(bool is_locked) {
    const TapeAnswer answer = co_await send(tape::prevent_removal(is_locked));
    if (!answer.is_good) co_return -EIO;
    door_ = is_locked ? Door::Locked : Door::Unlocked;
    co_return 0;
}

// --- Addresses and partitions.

// LOCATE; the counts are known again only at the beginning, or where a partition was left.
TapeDriver::Number TapeDriver::seek(std::uint32_t object, std::size_t partition, bool is_logical) {
    if (readiness_ != Readiness::Ready) co_return -EIO;
    const auto address =
        is_logical || has(MT_ST_SCSI2LOGICAL) ? tape::Address::Logical : tape::Address::Vendor;
    const auto immediate = has(MT_ST_NOWAIT) ? tape::Immediate::Yes : tape::Immediate::No;
    if (partition != partition_) {
        const std::int64_t left_at = co_await tell(true);
        if (left_at >= 0) here().left_at = static_cast<std::uint32_t>(left_at);
    }
    Partition left = here();
    here().file = here().block = -1;
    here().met = Met::Nothing;
    std::optional<std::uint8_t> other;
    if (partition != partition_) other = static_cast<std::uint8_t>(partition);
    const TapeAnswer answer =
        co_await send(tape::locate(address, object, other, immediate), Limit::Long);
    if (!answer.is_good) co_return -EIO;
    if (partition != partition_) {
        here() = left;
        partition_ = partition;
        Partition& entered = here();
        entered.met = Met::Nothing;
        const bool is_where_left = is_logical && entered.left_at == object;
        if (!is_where_left) entered.file = entered.block = -1;
        entered.left_at.reset();
    }
    here().activity = Activity::Idle;
    if (object == 0) here().file = here().block = 0;
    co_return 0;
}

// A partition that was chosen is entered by the first call that uses the tape.
TapeDriver::Number TapeDriver::switch_partition() {
    if (!has(MT_ST_CAN_PARTITIONS) || partition_ == wanted_partition_) co_return 0;
    const std::uint32_t object = partitions_.at(wanted_partition_).left_at.value_or(0);
    const std::int64_t result = co_await seek(object, wanted_partition_, true);
    co_return result;
}

TapeDriver::Number TapeDriver::set_partition(std::int32_t number) {
    if (!has(MT_ST_CAN_PARTITIONS) || number < 0) co_return -EINVAL;
    const auto wanted = static_cast<std::size_t>(number);
    if (wanted >= partitions_.size()) co_return -EINVAL;
    if (wanted >= partition_count_) {
        const std::int64_t count = co_await partition_count();
        if (count < 0) co_return count;
        partition_count_ = static_cast<std::size_t>(count);
    }
    if (wanted >= partition_count_) co_return -EINVAL;
    wanted_partition_ = wanted;
    co_return 0;
}

}  // namespace nearline::apps
