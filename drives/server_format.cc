// The commands of a drive that make a cartridge something else: partitions, capacity, and leave to
// overwrite.
#include <algorithm>

#include "drives/partitions.h"
#include "drives/server_tape.h"
#include "drives/tape_sense.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using scsi::Task;

constexpr scsi::ModePageKey kPartitionPage{0x11, 0};
constexpr std::uint16_t kVolumeCoherency = 0x080C;  // of the files that are gone

// Assumed: servo checks over one partition's wraps, and the writing of its beginning. IBM waits
// 3000 s at most (scsi-tape sheet 1.21); LTFS users see a minute or two.
constexpr sim::Duration kFormatTime = std::chrono::seconds(60);
constexpr sim::Duration kPartitionTime = std::chrono::seconds(30);  // each

std::uint64_t proportion_of(std::uint64_t capacity, std::uint16_t proportion) {
    constexpr std::uint64_t kWhole = 0xFFFF;
    return capacity / kWhole * proportion + capacity % kWhole * proportion / kWhole;
}

}  // namespace

std::optional<Sense> DriveDeviceServer::why_not_format() {
    if (const auto reason = why_write_protected()) return reason;
    if (is_worm_loaded()) {
        drive_.alerts().raise(TapeAlert::WormOverwriteAttempted);
        return kWormOverwriteAttempted;
    }
    if (drive_.tape().position() != media::Position{}) return kPositionPastBeginning;
    if (is_append_only() && !may_format_) return kAppendOnly;
    return std::nullopt;
}

Result<std::vector<std::uint64_t>, Sense> DriveDeviceServer::sizes_to_format(
    const FormatMedium& command) {
    const auto& cartridge = drive_.cartridge()->description();
    const media::Format& format = *media::format_of(cartridge.generation);
    const std::uint64_t capacity = nominal_capacity(cartridge, format);
    if (command.format == static_cast<std::uint8_t>(FormatKind::Default)) {
        return std::vector{capacity};
    }
    const auto page = mode_page_values(kPartitionPage.first);
    if (!page) return base::Failure{scsi::invalid_field<FormatMedium>("FORMAT")};
    const auto layout = layout_of(*page, format.partitions - 1U);
    if (!layout) return base::Failure{scsi::invalid_field<FormatMedium>("FORMAT")};
    if (wanted_layout_.empty() || layout->division == PartitionLayout::Division::Unchanged) {
        std::vector<std::uint64_t> same;
        const media::Medium& medium = drive_.tape().medium();
        for (std::uint8_t each = 0; each < medium.partition_count(); ++each) {
            same.push_back(medium.partition_size(each));
        }
        return same;
    }
    auto sizes = partition_sizes(*layout, format, capacity);
    if (!sizes) return base::Failure{scsi::invalid_field<FormatMedium>("FORMAT")};
    return *std::move(sizes);
}

void DriveDeviceServer::on(const FormatMedium& command, Task& task) {
    const bool is_known =
        command.format <= static_cast<std::uint8_t>(FormatKind::DefaultThenPartition);
    if (!is_known) return task.refuse(scsi::invalid_field<FormatMedium>("FORMAT"));
    if (command.transfer_length != 0)
        return task.refuse(scsi::invalid_field<FormatMedium>("TRANSFER LENGTH"));
    use_tape(task, [this, command](Tape& tape) {
        if (const auto reason = why_not_format()) return queue_.finish(check_condition(*reason));
        const auto sizes = sizes_to_format(command);
        if (!sizes) return queue_.finish(check_condition(sizes.error()));
        format(tape, *sizes, command.immed ? Answer::AtOnce : Answer::WhenDone);
    });
}

// The capacity is what the tape uses from its beginning on; two wraps at least.
void DriveDeviceServer::on(const SetCapacity& command, Task& task) {
    use_tape(task, [this, command](Tape& tape) {
        if (const auto reason = why_not_format()) return queue_.finish(check_condition(*reason));
        const auto& cartridge = drive_.cartridge()->description();
        const media::Format& format_here = *media::format_of(cartridge.generation);
        const std::uint64_t whole = nominal_capacity(cartridge, format_here);
        const std::uint64_t least = std::max<std::uint64_t>(whole / format_here.wraps * 2, 1);
        const std::uint64_t size = std::max(proportion_of(whole, command.proportion), least);
        format(tape, {size}, command.immed ? Answer::AtOnce : Answer::WhenDone);
    });
}

void DriveDeviceServer::format(Tape& tape, const std::vector<std::uint64_t>& sizes, Answer answer) {
    TapeReport report = tape.format(sizes);
    if (report.outcome.is_good()) {
        wanted_layout_.clear();
        may_format_ = false;
        may_overwrite_.reset();
        media::CartridgeMemory memory = tape.medium().memory();
        std::erase_if(memory, [](const auto& entry) {
            return entry.first.partition > 0 || entry.first.attribute == kVolumeCoherency;
        });
        if (auto kept = tape.medium().keep_memory(std::move(memory)); !kept) {
            report = {check_condition(kWriteError), {}, kept.error()};
        }
    }
    if (report.outcome.is_good()) {
        report.passed.objects = 1;  // an end of data
        note_change(report);
    }
    note_failure(report, Activity::Writing);
    const auto count = static_cast<std::int64_t>(sizes.size());
    finish(report.outcome, answer, Activity::Formatting, kFormatTime + count * kPartitionTime);
}

void DriveDeviceServer::on(const AllowOverwrite& command, Task& task) {
    use_tape(task, [this, command](Tape& tape) {
        const bool is_known = command.kind <= static_cast<std::uint8_t>(OverwriteKind::Format);
        if (!is_known) {
            return queue_.finish(
                check_condition(scsi::invalid_field<AllowOverwrite>("ALLOW OVERWRITE")));
        }
        if (!is_append_only()) return queue_.finish(check_condition(kNotInAppendOnlyMode));
        const auto kind = static_cast<OverwriteKind>(command.kind);
        const media::Position at = tape.position();
        if (kind == OverwriteKind::CurrentPosition && command.partition != at.partition) {
            return queue_.finish(check_condition(scsi::invalid_field<AllowOverwrite>("PARTITION")));
        }
        if (kind == OverwriteKind::CurrentPosition && command.object != at.object) {
            return queue_.finish(
                check_condition(scsi::invalid_field<AllowOverwrite>("LOGICAL OBJECT IDENTIFIER")));
        }
        may_overwrite_.reset();
        if (kind == OverwriteKind::CurrentPosition) may_overwrite_ = at;
        may_format_ = kind == OverwriteKind::Format;
        queue_.finish({});
    });
}

}  // namespace nearline::drives
