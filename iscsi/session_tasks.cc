#include <algorithm>
#include <utility>

#include "iscsi/portal_core.h"
#include "iscsi/session.h"

// The way of a session's commands to their unit, and of what comes back to the initiator.

namespace nearline::iscsi {
namespace {

scsi::TaskAttribute attribute_of(std::uint8_t code) {
    constexpr std::uint8_t kOrdered = 2;
    constexpr std::uint8_t kHeadOfQueue = 3;
    switch (code) {
        case kOrdered:
            return scsi::TaskAttribute::Ordered;
        case kHeadOfQueue:
            return scsi::TaskAttribute::HeadOfQueue;
        default:
            return scsi::TaskAttribute::Simple;  // untagged as well
    }
}

scsi::TaskTag tag_of(const CommandTask& task) {
    return scsi::TaskTag{task.request.initiator_task_tag};
}

// RFC 7143 11.4.5.1: more or less than expected, never both.
Residual residual_of(std::uint64_t expected, std::uint64_t actual) {
    constexpr std::uint64_t kMost = 0xFFFFFFFF;
    const std::uint64_t difference = expected > actual ? expected - actual : actual - expected;
    return {actual > expected, expected > actual,
            static_cast<std::uint32_t>(std::min(difference, kMost))};
}

// RFC 7143 11.4.7: two bytes of length before the sense.
Bytes sense_segment(BytesView sense) {
    Bytes segment;
    if (sense.empty()) return segment;
    segment.reserve(2 + sense.size());
    base::ByteWriter(segment).u16(sense.size()).bytes(sense);
    return segment;
}

// RFC 7143 11.7.3: only these may travel in a Data-In.
bool may_collapse(const scsi::TaskResult& result) {
    const scsi::Status status = result.outcome.status;
    return result.sense.empty() &&
           (status == scsi::Status::Good || status == scsi::Status::ConditionMet);
}

template <typename Response>
void set_residual(Response& response, const Residual& residual) {
    response.is_overflow = residual.is_overflow;
    response.is_underflow = residual.is_underflow;
    response.residual_count = residual.count;
}

}  // namespace

void Session::go_on() {
    submit_what_may();  // which may give memory back
    solicit();
}

// Asks for data as far as memory goes; one transfer always may, so that something moves.
void Session::solicit() {
    bool is_any_asked = std::any_of(collecting_.begin(), collecting_.end(),
                                    [](const auto* task) { return task->transfer.is_solicited(); });
    for (CommandTask* task : collecting_) {
        if (!task->transfer.needs_r2t()) continue;
        const DataOutTransfer::Burst burst = task->transfer.next_burst();
        const std::size_t limit = core_.settings().limits.outstanding_bytes;
        if (is_any_asked && buffered_ + burst.length > limit) return;
        make_room(*task, burst.offset + burst.length);
        ReadyToTransfer r2t;
        r2t.initiator_task_tag = task->request.initiator_task_tag;
        r2t.lun = task->request.lun;
        r2t.target_transfer_tag = next_target_transfer_tag_++;
        if (next_target_transfer_tag_ == kNoTag) next_target_transfer_tag_ = 1;
        r2t.r2t_sn = burst.r2t_sn;
        r2t.buffer_offset = burst.offset;
        r2t.desired_length = burst.length;
        task->transfer.solicited(r2t.target_transfer_tag);
        is_any_asked = true;
        sender_->send(r2t, StatSn::Shows);
    }
}

// A unit gets its commands in the order of their CmdSN, whatever order their data comes in; one
// that waits for data holds up those behind it for the same unit only.
void Session::submit_what_may() {
    std::vector<Lun> waiting;
    for (std::size_t at = 0; at < collecting_.size();) {
        CommandTask& task = *collecting_[at];
        const Lun lun = canonical(task.request.lun);
        const bool is_behind = std::find(waiting.begin(), waiting.end(), lun) != waiting.end();
        const bool may_go = task.request.is_immediate || !is_behind;
        if (!task.transfer.is_complete() || !may_go) {
            if (!task.request.is_immediate) waiting.push_back(lun);
            ++at;
            continue;
        }
        collecting_.erase(collecting_.begin() + static_cast<std::ptrdiff_t>(at));
        if (task.transfer.failure()) {
            refuse(task);
        } else {
            submit(task);
        }
    }
}

void Session::submit(CommandTask& task) {
    task.stage = CommandTask::Stage::Executing;
    const scsi::Task::Address address{nexus_, task.request.lun, tag_of(task),
                                      attribute_of(task.request.attribute)};
    device().submit(std::make_unique<scsi::Task>(
        address, task.cdb, std::move(task.data_out),
        [this, &task](scsi::TaskResult result) { finish(task, std::move(result)); }));
}

void Session::finish(CommandTask& task, scsi::TaskResult result) {
    const ScsiCommand request = task.request;
    const std::uint64_t moved = request.writes ? task.write_length : result.data_in.size();
    const Residual residual = residual_of(request.expected_length, moved);
    remove(task);
    ScsiResponse response;
    response.initiator_task_tag = request.initiator_task_tag;
    response.status = result.outcome.status;
    set_residual(response, residual);
    if (request.reads && !result.data_in.empty() && request.expected_length > 0) {
        send_data(request, response, std::move(result));
    } else {
        sender_->send(response, StatSn::Consumes, sense_segment(result.sense));
    }
    if (!collecting_.empty()) solicit();
}

// Data-In of at most what the initiator takes in one PDU, in sequences of at most a burst (RFC 7143
// 11.7); the last one carries the status if it may. The last PDU owns the payload, those before it
// look at it.
void Session::send_data(const ScsiCommand& request, ScsiResponse response,
                        scsi::TaskResult result) {
    const bool collapses = may_collapse(result);
    // Any but the last is a multiple of four long.
    const std::size_t segment = parameters_->max_recv_data_segment_length & ~std::uint32_t{3};
    const std::size_t burst = parameters_->max_burst_length & ~std::uint32_t{3};
    const BytesView data =
        BytesView(result.data_in)
            .first(std::min<std::size_t>(result.data_in.size(), request.expected_length));
    DataIn pdu;
    pdu.initiator_task_tag = request.initiator_task_tag;
    for (std::size_t offset = 0; offset < data.size(); ++pdu.data_sn) {
        const std::size_t burst_left = burst - offset % burst;
        const std::size_t length = std::min({segment, burst_left, data.size() - offset});
        const BytesView part = data.subspan(offset, length);
        const bool is_last = offset + length == data.size();
        pdu.buffer_offset = static_cast<std::uint32_t>(offset);
        pdu.is_final = is_last || length == burst_left;
        offset += length;
        if (!is_last) {
            sender_->send_part(pdu, StatSn::Absent, part);
            continue;
        }
        if (collapses) {
            pdu.has_status = true;
            pdu.status = response.status;
            pdu.is_overflow = response.is_overflow;
            pdu.is_underflow = response.is_underflow;
            pdu.residual_count = response.residual_count;
        }
        sender_->send_last_part(pdu, collapses ? StatSn::Consumes : StatSn::Absent, part,
                                std::move(result.data_in));
    }
    if (collapses) return;
    response.exp_data_sn = pdu.data_sn;
    sender_->send(response, StatSn::Consumes, sense_segment(result.sense));
}

void Session::refuse(CommandTask& task) {
    const scsi::Sense sense = *task.transfer.failure();
    ScsiResponse response;
    response.initiator_task_tag = task.request.initiator_task_tag;
    response.status = scsi::Status::CheckCondition;
    // Nothing was taken; a command that asks for more than was promised says by how much.
    const bool is_short = sense.is(kInvalidFieldInInformationUnit) && task.request.writes;
    set_residual(response,
                 residual_of(task.request.expected_length, is_short ? task.write_length : 0));
    response.is_read_underflow = task.bidirectional_read > 0;
    response.read_residual_count = task.bidirectional_read;
    remove(task);
    sender_->send(response, StatSn::Consumes,
                  sense_segment(scsi::encode_sense(sense, scsi::SenseFormat::Fixed)));
    if (!collecting_.empty()) solicit();
}

void Session::remove(CommandTask& task) {
    buffered_ -= task.buffered;
    tasks_.remove(task);
    open_window();
}

// Commands under way take up the window; immediate ones are not part of it.
void Session::open_window() {
    window_.open(static_cast<std::uint32_t>(tasks_.size() - tasks_.immediate_count()));
}

}  // namespace nearline::iscsi
