// The commands of a drive that pass data or marks under the head.
#include <algorithm>
#include <utility>

#include "drives/server_tape.h"
#include "drives/tape_sense.h"

namespace nearline::drives {

using scsi::Task;

namespace {

// Of several blocks at once: more would be memory no host needs in one command.
constexpr std::uint64_t kLongestTransfer = std::uint64_t{64} << 20;

}  // namespace

TransferLength DriveDeviceServer::transfer_length(bool is_fixed, std::uint32_t count) const {
    return {is_fixed, count, block_length_};
}

// Blocks of a fixed length need one (SSC-4 4.2.10).
template <class Command>
std::optional<Sense> DriveDeviceServer::why_not_transfer(const TransferLength& length) const {
    if (length.is_fixed && length.block_length == 0) return scsi::invalid_field<Command>("FIXED");
    if (length.is_fixed && length.bytes() > kLongestTransfer) {
        return scsi::invalid_field<Command>("TRANSFER LENGTH");
    }
    return std::nullopt;
}

// With FIXED the bytes depend on the block length, which a MODE SELECT ahead may change.
std::optional<std::uint64_t> DriveDeviceServer::data_out_length(const scsi::Cdb& cdb) const {
    const bool is_write =
        cdb.opcode() == static_cast<std::uint8_t>(Write6::opcode) && cdb.size() >= Write6::length;
    if (is_write && scsi::decode_fields<Write6>(cdb.view()).fixed) return std::nullopt;
    return PrimaryDeviceServer::data_out_length(cdb);
}

void DriveDeviceServer::on(const Read6& command, Task& task) {
    const auto length = transfer_length(command.fixed, command.transfer_length);
    if (command.fixed && command.sili) return task.refuse(scsi::invalid_field<Read6>("SILI"));
    if (const auto fault = why_not_transfer<Read6>(length)) return task.refuse(*fault);
    const auto rule = command.sili ? IncorrectLength::Suppresses : IncorrectLength::Tells;
    use_tape(task, [this, length, rule, &task](Tape& tape) { read(tape, length, rule, task); });
}

void DriveDeviceServer::read(Tape& tape, const TransferLength& length, IncorrectLength rule,
                             Task& task) {
    if (length.count == 0) return queue_.finish({});
    if (const auto reason = why_not_cipher(task, Activity::Reading)) {
        return queue_.finish(check_condition(*reason));
    }
    const TapeReport report = tape.read(length, rule, codec_, task.data_in());
    note_encryption_failure(report.outcome);
    drive_.statistics().read(report, tape.position().partition);
    note_failure(report, Activity::Reading);
    const auto time =
        drive_.streaming().read(drive_.now(), report.passed.host, report.passed.stored);
    drive_.stream(Activity::Reading, time,
                  [this, outcome = report.outcome] { queue_.finish(outcome); });
}

void DriveDeviceServer::on(const Write6& command, Task& task) {
    const auto length = transfer_length(command.fixed, command.transfer_length);
    if (const auto fault = why_not_transfer<Write6>(length)) return task.refuse(*fault);
    const std::uint32_t check = codec_.length_on_write();
    const std::uint32_t block = length.is_fixed ? length.block_length : length.count;
    const bool is_too_short = length.count > 0 && block <= check;  // nothing but its protection
    const bool is_too_long =
        !length.is_fixed && length.count > drive_.profile().maximum_block_length + check;
    if (is_too_long || is_too_short)
        return task.refuse(scsi::invalid_field<Write6>("TRANSFER LENGTH"));
    use_tape(task, [this, length, &task](Tape& tape) { write(tape, length, task); });
}

void DriveDeviceServer::write(Tape& tape, const TransferLength& length, Task& task) {
    if (length.count == 0) return queue_.finish({});
    if (const auto reason = why_not_record()) return queue_.finish(check_condition(*reason));
    if (task.data_out().size() != length.bytes()) {
        return queue_.finish(check_condition(scsi::kIncorrectAmountOfData));
    }
    if (const auto reason = why_not_cipher(task, Activity::Writing)) {
        return queue_.finish(check_condition(*reason));
    }
    TapeReport report = tape.write(length, codec_, task.data_out());
    note_change(report);
    drive_.statistics().wrote(report, tape.position().partition);
    note_failure(report, Activity::Writing);
    const auto time = drive_.streaming().write(drive_.now(), report.passed.host,
                                               report.passed.stored, report.passed.objects);
    drive_.stream(Activity::Writing, time,
                  [this, outcome = report.outcome] { queue_.finish(outcome); });
}

std::optional<Sense> DriveDeviceServer::why_write_protected() {
    const media::CartridgeDescription& cartridge = drive_.cartridge()->description();
    if (cartridge.is_write_protected) {
        drive_.alerts().raise(TapeAlert::WriteProtect);
        return kWriteProtected;
    }
    if (!drive_.profile().writes.contains(cartridge.generation)) return kCannotWriteFormat;
    return std::nullopt;
}

std::optional<Sense> DriveDeviceServer::why_not_record() {
    if (const auto reason = why_write_protected()) return reason;
    const media::CartridgeDescription& cartridge = drive_.cartridge()->description();
    if (cartridge.type == media::CartridgeType::Worm && !drive_.tape().is_where_worm_appends()) {
        drive_.alerts().raise(TapeAlert::WormOverwriteAttempted);
        return kWormOverwriteAttempted;
    }
    if (is_append_only() && !drive_.tape().is_at_end_of_data() &&
        may_overwrite_ != drive_.tape().position()) {
        return kAppendOnly;
    }
    may_overwrite_.reset();
    return std::nullopt;
}

void DriveDeviceServer::on(const WriteFilemarks6& command, Task& task) {
    if (command.wsmk) return task.refuse(scsi::invalid_field<WriteFilemarks6>("WSMK"));
    use_tape(task, [this, command](Tape& tape) { write_filemarks(tape, command); });
}

// Without IMMED everything is on the tape before GOOD, marks or none: hosts use it to make sure.
void DriveDeviceServer::write_filemarks(Tape& tape, const WriteFilemarks6& command) {
    if (command.count > 0) {
        if (const auto reason = why_not_record()) return queue_.finish(check_condition(*reason));
    }
    TapeReport report = tape.write_filemarks(command.count);
    note_change(report);
    sim::Duration time{};
    if (report.passed.objects > 0) {
        time =
            drive_.streaming().write(drive_.now(), 0, report.passed.stored, report.passed.objects);
    }
    if (!command.immed) {
        if (TapeReport synced = tape.sync(); !synced.outcome.is_good()) report = synced;
        time = drive_.streaming().flush(drive_.now());
    }
    drive_.statistics().wrote(report, tape.position().partition);
    note_failure(report, Activity::Writing);
    drive_.stream(Activity::Writing, time,
                  [this, outcome = report.outcome] { queue_.finish(outcome); });
}

void DriveDeviceServer::on(const Verify6& command, Task& task) {
    const auto length = transfer_length(command.fixed, command.verification_length);
    if (command.bytcmp) return task.refuse(scsi::invalid_field<Verify6>("BYTCMP"));
    // Blocks are checked on the tape in any case; without a method there is nothing to check by.
    if (command.vlbpm && codec_.appended_length() == 0 && codec_.length_on_write() == 0) {
        return task.refuse(scsi::invalid_field<Verify6>("VLBPM"));
    }
    const bool counts_blocks = !command.vte && !command.vbf;
    if (counts_blocks && command.fixed && length.block_length == 0) {
        return task.refuse(scsi::invalid_field<Verify6>("FIXED"));
    }
    use_tape(task, [this, command, length, counts_blocks](Tape& tape) {
        if (counts_blocks && length.count == 0) return queue_.finish({});
        if (command.immed) {
            is_moving_unasked_ = true;
            verify(tape, command, length);
            return queue_.finish({});
        }
        verify(tape, command, length);
    });
}

// In steps, so that a tape of any length is verified without anybody waiting for it but its host.
void DriveDeviceServer::verify(Tape& tape, const Verify6& command, TransferLength length) {
    TapeReport report;
    bool is_over = true;
    if (command.vte) {
        report = tape.verify_towards(UINT64_MAX);
        is_over = tape.is_at_end_of_data();
    } else if (command.vbf) {
        const auto end = tape.behind_filemark(length.count);
        const std::uint64_t marks = tape.medium().filemarks_before(tape.position());
        report = tape.verify_towards(end.value_or(UINT64_MAX));
        length.count -=
            static_cast<std::uint32_t>(tape.medium().filemarks_before(tape.position()) - marks);
        is_over = end ? length.count == 0 : tape.is_at_end_of_data();
        if (is_over && length.count > 0 && report.outcome.is_good()) {
            report.outcome = check_condition(kEndOfData.with_information(length.count));
        }
    } else {
        TransferLength step = length;
        if (length.is_fixed) {
            step.count = std::min<std::uint32_t>(length.count, Tape::kVerifyStep);
            length.count -= step.count;
            is_over = length.count == 0;
        }
        report = tape.verify(step);
        if (length.is_fixed && report.outcome.sense.information) {
            *report.outcome.sense.information += length.count;
        }
    }
    drive_.statistics().read(report, tape.position().partition);
    note_failure(report, Activity::Reading);
    const auto time = drive_.streaming().read(drive_.now(), 0, report.passed.stored);
    if (!is_over && report.outcome.is_good()) {
        return drive_.stream(Activity::Reading, std::max(time, sim::Duration(1)),
                             [this, command, length] { verify(drive_.tape(), command, length); });
    }
    drive_.stream(Activity::Reading, time, [this, command, outcome = report.outcome] {
        if (!command.immed) return queue_.finish(outcome);
        is_moving_unasked_ = false;
        if (!outcome.is_good()) defer(outcome.sense);
    });
}

void DriveDeviceServer::on(const Erase6& command, Task& task) {
    use_tape(task, [this, command](Tape& tape) { erase(tape, command); });
}

// The long form passes all that is left of the partition under the head; the position stays.
void DriveDeviceServer::erase(Tape& tape, const Erase6& command) {
    if (!command.is_long && !erases_short()) return queue_.finish({});
    if (const auto reason = why_not_record()) return queue_.finish(check_condition(*reason));
    const std::uint64_t left = tape.bytes_to_end_of_partition();
    TapeReport report = tape.erase_from_here();
    if (report.outcome.is_good()) report = tape.sync();
    if (report.outcome.is_good()) {
        report.passed.objects = 1;  // the end of data
        note_change(report);
    }
    note_failure(report, Activity::Writing);
    sim::Duration time = drive_.streaming().flush(drive_.now());
    if (command.is_long) time += drive_.streaming().passing_time(left);
    finish(report.outcome, command.immed ? Answer::AtOnce : Answer::WhenDone, Activity::Erasing,
           time);
}

// What is recorded first after a load renews the volume change reference, which is kept only when
// the data is (scsi-tape sheet 4.3).
void DriveDeviceServer::note_change(TapeReport& report) {
    if (report.passed.objects == 0) return;
    const auto noted = drive_.note_change();
    if (noted) return;
    report.outcome = check_condition(kWriteError);
    report.fault = noted.error();
}

void DriveDeviceServer::note_failure(const TapeReport& report, Activity activity) {
    if (!report.fault) return;
    note_diagnostic(report.outcome.sense);
    TapeAlerts& alerts = drive_.alerts();
    alerts.raise(TapeAlert::HardError);
    if (activity == Activity::Writing) return alerts.raise(TapeAlert::WriteFailure);
    if (report.fault->kind == media::MediumFault::Kind::Unreadable) alerts.raise(TapeAlert::Media);
    alerts.raise(TapeAlert::ReadFailure);
}

}  // namespace nearline::drives
