// The commands of a drive that move the tape without touching data, and READ POSITION.
#include <algorithm>
#include <limits>
#include <utility>

#include "drives/server_tape.h"
#include "drives/tape_sense.h"

namespace nearline::drives {

using scsi::Bytes;
using scsi::Task;

namespace {

constexpr std::uint8_t kShortForm = 0x00;
constexpr std::uint8_t kShortVendorForm = 0x01;  // the same data; Linux asks for it
constexpr std::uint8_t kLongForm = 0x06;
constexpr std::uint8_t kExtendedForm = 0x08;

constexpr std::uint64_t kLargestIn24Bits = 0xFFFFFF;

bool is_space_code(std::uint8_t code) {
    return code <= static_cast<std::uint8_t>(SpaceCode::EndOfData) &&
           code != static_cast<std::uint8_t>(SpaceCode::SequentialFilemarks);
}

std::int64_t signed_24(std::uint32_t count) {
    constexpr std::uint32_t kSign = 0x800000;
    return static_cast<std::int64_t>(count ^ kSign) - kSign;
}

std::uint32_t in_32_bits(std::uint64_t value) {
    constexpr std::uint64_t kAll = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(value, kAll));
}

}  // namespace

void DriveDeviceServer::finish(const scsi::Outcome& outcome, Answer answer, Activity activity,
                               sim::Duration time) {
    const bool is_at_once = answer == Answer::AtOnce && outcome.is_good();
    is_moving_unasked_ = is_at_once;
    const auto end = [this, outcome, is_at_once] {
        is_moving_unasked_ = false;
        if (!is_at_once) queue_.finish(outcome);
    };
    drive_.move_for(activity, time, end);
    if (is_at_once) queue_.finish({});
}

void DriveDeviceServer::on(const Rewind& command, Task& task) {
    const auto answer = command.immed ? Answer::AtOnce : Answer::WhenDone;
    use_tape(task, [this, answer](Tape& tape) {
        move(tape, Activity::Rewinding, answer, [](Tape& moved) {
            moved.rewind();
            return TapeReport{};
        });
    });
}

void DriveDeviceServer::on(const Space6& command, Task& task) {
    if (!is_space_code(command.code)) return task.refuse(scsi::invalid_field<Space6>("CODE"));
    space(static_cast<SpaceCode>(command.code), signed_24(command.count), task);
}

void DriveDeviceServer::on(const Space16& command, Task& task) {
    if (!is_space_code(command.code)) return task.refuse(scsi::invalid_field<Space16>("CODE"));
    if (command.parameter_length != 0) {
        return task.refuse(scsi::invalid_field<Space16>("PARAMETER LENGTH"));
    }
    space(static_cast<SpaceCode>(command.code), static_cast<std::int64_t>(command.count), task);
}

void DriveDeviceServer::space(SpaceCode code, std::int64_t count, Task& task) {
    use_tape(task, [this, code, count](Tape& tape) {
        move(tape, Activity::Spacing, Answer::WhenDone, [code, count](Tape& moved) {
            switch (code) {
                case SpaceCode::Blocks:
                    return moved.space_blocks(count);
                case SpaceCode::Filemarks:
                    return moved.space_filemarks(count);
                case SpaceCode::EndOfData:
                case SpaceCode::SequentialFilemarks:
                    break;
            }
            return moved.space_to_end_of_data();
        });
    });
}

void DriveDeviceServer::on(const Locate10& command, Task& task) {
    Locate16 same;
    same.cp = command.cp;
    same.immed = command.immed;
    same.partition = command.partition;
    same.identifier = command.object;
    locate(same, task);
}

void DriveDeviceServer::on(const Locate16& command, Task& task) {
    constexpr std::uint8_t kReservedDestination = 2;
    if (command.destination == kReservedDestination) {
        return task.refuse(scsi::invalid_field<Locate16>("DEST_TYPE"));
    }
    if (command.bam) return task.refuse(scsi::invalid_field<Locate16>("BAM"));
    locate(command, task);
}

void DriveDeviceServer::locate(const Locate16& command, Task& task) {
    const bool is_ten = task.cdb().opcode() == static_cast<std::uint8_t>(Locate10::opcode);
    use_tape(task, [this, command, is_ten](Tape& tape) {
        const std::uint8_t partition = command.cp ? command.partition : tape.position().partition;
        if (partition >= tape.medium().partition_count()) {
            return queue_.finish(check_condition(is_ten
                                                     ? scsi::invalid_field<Locate10>("PARTITION")
                                                     : scsi::invalid_field<Locate16>("PARTITION")));
        }
        const auto answer = command.immed ? Answer::AtOnce : Answer::WhenDone;
        move(tape, Activity::Locating, answer, [command, partition](Tape& moved) {
            switch (static_cast<LocateDestination>(command.destination)) {
                case LocateDestination::File:
                    return moved.locate_file(partition, command.identifier);
                case LocateDestination::EndOfData:
                    return moved.locate_end_of_data(partition);
                case LocateDestination::Object:
                    break;
            }
            return moved.locate({partition, command.identifier});
        });
    });
}

// Neither moves the tape nor waits for it: what stands in the buffer is told as such.
void DriveDeviceServer::on(const ReadPosition& command, Task& task) {
    use_tape(task, [this, command, &task](Tape& tape) {
        const auto data = position_data(tape, command);
        if (!data) return queue_.finish(check_condition(data.error()));
        const bool is_cut = command.form == kExtendedForm;
        task.respond(*data, is_cut ? command.allocation_length : data->size());
        queue_.finish({});
    });
}

Result<Bytes, Sense> DriveDeviceServer::position_data(const Tape& tape,
                                                      const ReadPosition& command) const {
    const bool has_length = command.allocation_length != 0;
    if (has_length && command.form != kExtendedForm) {
        return base::Failure{scsi::invalid_field<ReadPosition>("ALLOCATION LENGTH")};
    }
    const media::Position at = tape.position();
    const std::uint64_t objects =
        std::min(drive_.streaming().buffered_objects(drive_.now()), at.object);
    const std::uint64_t bytes = drive_.streaming().buffered_bytes(drive_.now());
    const auto flags = [&](auto& position) {
        position.bop = tape.is_at_beginning();
        position.eop = tape.is_in_end_zone();
        position.bpew = tape.is_in_programmable_zone();
    };
    switch (command.form) {
        case kShortForm:
        case kShortVendorForm: {
            ShortPosition position;
            flags(position);
            position.perr = at.object > std::numeric_limits<std::uint32_t>::max();
            position.partition = at.partition;
            position.first_object = in_32_bits(at.object);
            position.last_object = in_32_bits(at.object - objects);
            position.buffered_objects = in_32_bits(std::min(objects, kLargestIn24Bits));
            position.buffered_bytes = in_32_bits(bytes);
            return scsi::encode_fields(position);
        }
        case kLongForm: {
            LongPosition position;
            flags(position);
            position.partition = at.partition;
            position.object = at.object;
            position.file = tape.medium().filemarks_before(at);
            return scsi::encode_fields(position);
        }
        case kExtendedForm: {
            ExtendedPosition position;
            flags(position);
            position.partition = at.partition;
            position.buffered_objects = in_32_bits(std::min(objects, kLargestIn24Bits));
            position.first_object = at.object;
            position.last_object = at.object - objects;
            position.buffered_bytes = bytes;
            return scsi::encode_fields(position);
        }
        default:
            return base::Failure{scsi::invalid_field<ReadPosition>("SERVICE ACTION")};
    }
}

}  // namespace nearline::drives
