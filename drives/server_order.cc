// Where the wraps end, and in what order to read.
#include <algorithm>
#include <utility>

#include "drives/access_order.h"
#include "drives/server_tape.h"

namespace nearline::drives {
namespace {

using scsi::Bytes;
using scsi::BytesView;
using scsi::Task;

constexpr std::uint8_t kNoList = 0;  // STATUS of the list. Assumed, as is the other
constexpr std::uint8_t kListIsThere = 1;

// The last object that begins before `stored` bytes of its partition.
std::uint64_t object_across(const media::Medium& medium, std::uint8_t partition,
                            std::uint64_t stored) {
    std::uint64_t begins_before = 0;
    std::uint64_t begins_behind = medium.end_of_data(partition) + 1;
    while (begins_behind - begins_before > 1) {
        const std::uint64_t middle = begins_before + (begins_behind - begins_before) / 2;
        const bool is_before = medium.stored_before({partition, middle}) < stored;
        (is_before ? begins_before : begins_behind) = middle;
    }
    return begins_before;
}

struct Segment {
    std::uint8_t partition = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

// A row of the list that begins at byte `offset` of it.
Result<Segment, Sense> segment_of(BytesView row, std::size_t offset, const media::Medium& medium) {
    constexpr std::uint16_t kRowLength = 0x1E;  // without itself
    constexpr std::uint16_t kPartition = 15;
    constexpr std::uint16_t kBegin = 16;
    const auto wrong = [&](std::uint16_t at) {
        return base::Failure{scsi::kInvalidFieldInParameterList.at_parameter_byte(
            static_cast<std::uint16_t>(offset + at))};
    };
    base::ByteReader in(row);
    if (in.u16() != kRowLength) return wrong(0);
    in.skip(3);
    in.skip(10);  // a name, which comes back with the row
    Segment segment;
    segment.partition = in.u8();
    segment.begin = in.u64();
    segment.end = in.u64();
    if (segment.partition >= medium.partition_count()) return wrong(kPartition);
    if (segment.begin > segment.end) return wrong(kBegin);
    return segment;
}

}  // namespace

bool DriveDeviceServer::supports(const scsi::CommandDescriptor& command) const {
    const bool is_about_order =
        command.service_action == ReceiveRecommendedAccessOrder::service_action &&
        (command.opcode == ReceiveRecommendedAccessOrder::opcode ||
         command.opcode == GenerateRecommendedAccessOrder::opcode);
    if (is_about_order && !drive_.profile().recommends_access_order) return false;
    return MaintenanceServer::supports(command);
}

// Partitions lie on the tape one behind the other. The last row of each is its end of data.
std::vector<DriveDeviceServer::WrapEnd> DriveDeviceServer::wrap_ends(
    const media::Medium& medium) const {
    const TapeGeometry geometry = drive_.geometry();
    const std::uint64_t wrap_bytes =
        std::max<std::uint64_t>(geometry.native_bytes / geometry.wraps, 1);
    std::vector<WrapEnd> ends;
    std::uint64_t begin = 0;
    for (std::uint8_t partition = 0; partition < medium.partition_count(); ++partition) {
        const std::uint64_t end_of_data = medium.end_of_data(partition);
        const std::uint64_t used = medium.stored_before({partition, end_of_data});
        const std::uint64_t last = std::min<std::uint64_t>(
            (begin + std::max<std::uint64_t>(used, 1) - 1) / wrap_bytes, geometry.wraps - 1);
        for (std::uint64_t wrap = begin / wrap_bytes; wrap < last; ++wrap) {
            const std::uint64_t stored = (wrap + 1) * wrap_bytes - begin;
            ends.push_back({static_cast<std::uint16_t>(wrap), partition,
                            object_across(medium, partition, stored)});
        }
        ends.push_back({static_cast<std::uint16_t>(last), partition, end_of_data});
        begin += medium.partition_size(partition);
    }
    return ends;
}

void DriveDeviceServer::on(const ReadEndOfWrapPosition& command, Task& task) {
    if (command.qualifier != ReadEndOfWrapPosition::kQualifier) {
        return task.refuse(scsi::invalid_field<ReadEndOfWrapPosition>("SERVICE ACTION QUALIFIER"));
    }
    if (command.report_all && command.wrap_number_valid) {
        return task.refuse(scsi::invalid_field<ReadEndOfWrapPosition>("WNV"));
    }
    use_tape(task, [this, command, &task](Tape& tape) {
        // What was first told stays so until the next load (scsi-tape sheet 1.21).
        if (wrap_ends_.empty()) wrap_ends_ = wrap_ends(tape.medium());
        const Result<Bytes, Sense> data = command.report_all ? Result<Bytes, Sense>(all_wrap_ends())
                                                             : one_wrap_end(command, tape);
        if (!data) return queue_.finish(check_condition(data.error()));
        task.respond(*data, command.allocation_length);
        queue_.finish({});
    });
}

Bytes DriveDeviceServer::all_wrap_ends() const {
    constexpr std::size_t kRow = 12;
    Bytes data;
    base::ByteWriter out(data);
    out.u16(2 + wrap_ends_.size() * kRow).u16(0);
    for (const WrapEnd& end : wrap_ends_) {
        out.u16(end.wrap).u16(end.partition).u16(0).u48(end.object);
    }
    return data;
}

// Of the wrap asked for, or of the one the tape is at.
Result<Bytes, Sense> DriveDeviceServer::one_wrap_end(const ReadEndOfWrapPosition& command,
                                                     const Tape& tape) const {
    const auto here = drive_.spot_of(tape.position()).wrap;
    const auto found = std::find_if(wrap_ends_.begin(), wrap_ends_.end(), [&](const WrapEnd& end) {
        if (command.wrap_number_valid) return end.wrap == command.wrap_number;
        return end.partition == tape.position().partition && end.wrap >= here;
    });
    const bool is_found = found != wrap_ends_.end();
    if (!is_found && command.wrap_number_valid) {
        return base::Failure{scsi::invalid_field<ReadEndOfWrapPosition>("WRAP NUMBER")};
    }
    Bytes data;
    base::ByteWriter(data).u16(8).u16(0).u48(is_found ? found->object : wrap_ends_.back().object);
    return data;
}

void DriveDeviceServer::on(const GenerateRecommendedAccessOrder& command, Task& task) {
    using Command = GenerateRecommendedAccessOrder;
    if (command.process != kReorders)
        return task.refuse(scsi::invalid_field<Command>("RAO PROCESS"));
    if (command.segment_type > kLastSegmentType)
        return task.refuse(scsi::invalid_field<Command>("UDS TYPE"));
    if (command.parameter_list_length > Command::kLongestList) {
        return task.refuse(scsi::invalid_field<Command>("PARAMETER LIST LENGTH"));
    }
    if (command.parameter_list_length == 0) return task.good();
    use_tape(task, [this, &task](Tape& tape) {
        const auto refusal = order(tape, task.data_out());
        queue_.finish(refusal ? check_condition(*refusal) : scsi::Outcome{});
    });
}

// The rows of `list` become the list that is kept, in another order.
std::optional<Sense> DriveDeviceServer::order(const Tape& tape, BytesView list) {
    if (list.size() < kAccessOrderHeader) return scsi::kParameterListLengthError;
    const std::uint64_t length = base::load_big_endian(list, 4, 4);
    const BytesView rows = list.subspan(kAccessOrderHeader);
    if (length != rows.size() || length % kUserDataSegment != 0) {
        return scsi::kInvalidFieldInParameterList.at_parameter_byte(4);
    }
    const media::Medium& medium = tape.medium();
    std::vector<Stretch> stretches;
    for (std::size_t at = 0; at < rows.size(); at += kUserDataSegment) {
        const auto segment =
            segment_of(rows.subspan(at, kUserDataSegment), kAccessOrderHeader + at, medium);
        if (!segment) return segment.error();
        // Behind the end of data there is nothing to go to.
        const std::uint64_t last = medium.end_of_data(segment->partition);
        stretches.push_back(
            {drive_.spot_of({segment->partition, std::min(segment->begin, last)}),
             drive_.spot_of({segment->partition, segment->end < last ? segment->end + 1 : last})});
    }
    access_order_ = Bytes{};
    for (const std::size_t each :
         recommended_order(drive_.geometry(), drive_.spot_of(tape.position()), stretches)) {
        const BytesView row = rows.subspan(each * kUserDataSegment, kUserDataSegment);
        access_order_->insert(access_order_->end(), row.begin(), row.end());
    }
    return std::nullopt;
}

void DriveDeviceServer::on(const ReceiveRecommendedAccessOrder& command, Task& task) {
    using Command = ReceiveRecommendedAccessOrder;
    if (command.segment_type > kLastSegmentType)
        return task.refuse(scsi::invalid_field<Command>("UDS TYPE"));
    Bytes data;
    base::ByteWriter out(data);
    if (command.uds_limits) {
        out.u16(kMostUserDataSegments).u16(kUserDataSegment);
        task.respond(data, command.allocation_length);
        return task.good();
    }
    const Bytes rows = access_order_.value_or(Bytes{});
    if (command.list_offset > rows.size())
        return task.refuse(scsi::invalid_field<Command>("RAO LIST OFFSET"));
    const BytesView told = BytesView(rows).subspan(command.list_offset);
    out.u8(kReorders).u8(access_order_ ? kListIsThere : kNoList).u16(0).u32(told.size());
    out.bytes(told);
    task.respond(data, command.allocation_length);
    task.good();
}

}  // namespace nearline::drives
