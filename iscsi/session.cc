#include "iscsi/session.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "iscsi/portal_core.h"
#include "iscsi/session_machine.h"
#include "scsi/logical_unit.h"

namespace nearline::iscsi {
namespace {

using scsi::Sense;
using Kind = Session::Reception::Kind;
using Verdict = DataOutTransfer::Verdict;

// RFC 7143 11.2.1.2 wants at least one at a time; a few more cost nothing.
constexpr std::size_t kImmediateLimit = 16;
// Room for as much is taken at once, so that a block is not moved while it grows.
constexpr std::size_t kRoomAtOnce = std::size_t{16} << 20;

constexpr std::uint8_t kAttributeAca = 4;
constexpr std::uint8_t kVariableLengthOperation = 0x7F;

constexpr Sense kInvalidMessageError{scsi::SenseKey::IllegalRequest, 0x49, 0x00};
constexpr Sense kCommandsClearedByProtocol{scsi::SenseKey::UnitAttention, 0x47, 0x7F};

Session::Reception rejected(RejectReason reason) {
    return {Kind::Rejected, reason};
}
Session::Reception fatal(RejectReason reason) {
    return {Kind::Fatal, reason};
}

scsi::Cdb cdb_of(BytesView header, const AdditionalHeaders& additional) {
    const BytesView first = header.subspan(ScsiCommand::cdb_offset, ScsiCommand::cdb_length);
    if (additional.extended_cdb.empty()) return scsi::Cdb(first);
    Bytes whole(first.begin(), first.end());
    whole.insert(whole.end(), additional.extended_cdb.begin(), additional.extended_cdb.end());
    return scsi::Cdb(whole);
}

// SPC-4 4.2.3: byte 7 of a variable length CDB counts what follows it.
bool has_consistent_length(const scsi::Cdb& cdb) {
    constexpr std::size_t kAdditionalLength = 7;
    return cdb.opcode() != kVariableLengthOperation ||
           cdb[kAdditionalLength] + kAdditionalLength + 1 == cdb.size();
}

}  // namespace

Session::Session(PortalCore& core, Identity identity, const CommandWindow& window)
    : core_(core),
      identity_(std::move(identity)),
      window_(window),
      aborted_(2 * core.settings().limits.command_window),
      machine_(std::make_unique<SessionMachine>(*this, core.simulation(), core.trace(),
                                                "session " + std::to_string(identity_.tsih))) {
    core_.add_session(*this);
    machine_->start();
    machine_->tell(LoginCompleted());
}

Session::~Session() {
    end();
}

void Session::attach(SessionHolder& holder, Sender& sender, const Parameters& parameters) {
    holder_ = &holder;
    sender_ = &sender;
    parameters_ = &parameters;
    sender.follow(&window_);
}

void Session::open_nexus() {
    const bool is_discovery = identity_.target == nullptr;
    machine_->record("login", identity_.name.initiator + " to " +
                                  (is_discovery ? "discovery" : identity_.name.target));
    if (is_discovery) return;
    nexus_ = device().open_nexus(core_.nexus_names(identity_.name));
}

void Session::close_nexus() {
    if (identity_.target != nullptr) device().close_nexus(nexus_);
    const std::vector<CommandTask*> left = tasks_.all();
    collecting_.clear();
    for (CommandTask* task : left) {
        if (!task->is_receiving) remove(*task);
    }
}

void Session::end() {
    core_.remove_session(*this);
    machine_->tell(SessionEnded());
}

Bytes Session::lose_connection() {
    Bytes kept;
    const bool had_tasks = !tasks_.all().empty();
    for (const Lun lun : device().luns()) {
        device().manage(scsi::TaskManagementFunction::AbortTaskSet, nexus_, lun);
        scsi::LogicalUnit* unit = device().find(lun);
        if (!had_tasks || unit == nullptr) continue;
        unit->unit_attentions().establish(nexus_, kCommandsClearedByProtocol);
    }
    collecting_.clear();
    while (!tasks_.all().empty()) {
        CommandTask& task = *tasks_.all().back();
        if (task.is_receiving) kept = std::move(task.data_out);
        remove(task);
    }
    return kept;
}

// --- The command PDU.

Session::Reception Session::begin_command(BytesView header, BytesView segments) {
    const auto request = scsi::decode_fields<ScsiCommand>(header);
    AdditionalHeaders additional;
    if (!segments.empty()) {
        auto parsed = parse_additional_headers(segments);
        if (!parsed) return fatal(RejectReason::ProtocolError);
        additional = *std::move(parsed);
    }
    if (Reception wrong = check(request, additional); wrong.kind != Kind::Taken) return wrong;
    const scsi::Cdb cdb = cdb_of(header, additional);
    if (!has_consistent_length(cdb) && !additional.extended_cdb.empty()) {
        return fatal(RejectReason::ProtocolError);
    }
    if (Reception refused = admit(request); refused.kind != Kind::Taken) return refused;

    CommandTask& task = tasks_.add(request);
    task.cdb = cdb;
    task.bidirectional_read = additional.bidirectional_read.value_or(0);
    task.is_receiving = true;
    plan_data_out(task);
    return {Kind::Taken, {}, &task, task.data_out};
}

// What is wrong with the header by itself (RFC 7143 11.3).
Session::Reception Session::check(const ScsiCommand& request, const AdditionalHeaders& additional) {
    const bool moves_nothing = !request.reads && !request.writes;
    const bool is_bidirectional = request.reads && request.writes;
    if (request.initiator_task_tag == kNoTag) return fatal(RejectReason::InvalidPduField);
    if (!request.is_final && !request.writes) return fatal(RejectReason::InvalidPduField);
    if (moves_nothing && request.expected_length > 0) return fatal(RejectReason::InvalidPduField);
    if (request.attribute > kAttributeAca) return fatal(RejectReason::ProtocolError);
    if (is_bidirectional != additional.bidirectional_read.has_value()) {
        return fatal(RejectReason::ProtocolError);
    }
    return {Kind::Taken};
}

// Whether it is a new command, and its turn may come (RFC 7143 4.2.2.1).
Session::Reception Session::admit(const ScsiCommand& request) {
    if (const CommandTask* living = tasks_.find(request.initiator_task_tag)) {
        // A retry of what is under way is dropped without a word.
        if (living->request.cmd_sn == request.cmd_sn) return {Kind::Ignored};
        forget_silenced();
        if (tasks_.find(request.initiator_task_tag) != nullptr) {
            return rejected(RejectReason::TaskInProgress);
        }
    }
    if (request.is_immediate) {
        if (tasks_.immediate_count() >= kImmediateLimit) forget_silenced();
        if (tasks_.immediate_count() >= kImmediateLimit) {
            return rejected(RejectReason::TooManyImmediateCommands);
        }
        return {Kind::Taken};
    }
    const bool is_stray = window_.classify(request.cmd_sn) == CommandWindow::Arrival::Stray;
    return {is_stray ? Kind::Ignored : Kind::Taken};
}

void Session::plan_data_out(CommandTask& task) {
    const ScsiCommand& request = task.request;
    task.write_length =
        device().data_out_length(request.lun, task.cdb).value_or(request.promised());
    const std::optional<Sense> refused = refusal(task, request.data_length);
    if (request.writes) {
        const std::uint64_t wanted =
            refused ? 0 : std::min<std::uint64_t>(task.write_length, request.expected_length);
        task.transfer = DataOutTransfer({.expected_length = request.expected_length,
                                         .wanted = static_cast<std::uint32_t>(wanted),
                                         .first_burst = parameters_->first_burst_length,
                                         .max_burst = parameters_->max_burst_length,
                                         .initial_r2t = parameters_->initial_r2t,
                                         .immediate_data = parameters_->immediate_data},
                                        request.data_length, request.is_final);
        const std::uint32_t unsolicited =
            task.transfer.is_open() ? task.transfer.sequence_end() : request.data_length;
        if (!refused && !task.transfer.failure()) {
            if (wanted > unsolicited)
                task.data_out.reserve(std::min<std::size_t>(wanted, kRoomAtOnce));
            make_room(task,
                      static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, unsolicited)));
        }
    }
    if (refused) task.transfer.spoil(*refused);
}

// What the transport itself has against a command, whatever its unit would say.
std::optional<Sense> Session::refusal(const CommandTask& task, std::uint32_t immediate) const {
    const ScsiCommand& request = task.request;
    const bool is_strict = identity_.target->on_mismatch == LengthMismatch::Refused;
    const std::uint64_t promised = request.promised();
    // No unit here establishes ACA (SPC-4 NORMACA 0), so there is none to continue.
    if (request.attribute == kAttributeAca) return kInvalidMessageError;
    if (request.reads && request.writes) return scsi::kInvalidFieldInCdb;
    if (!request.writes && immediate > 0) return scsi::kUnexpectedUnsolicitedData;
    if (task.write_length > promised && is_strict) return kInvalidFieldInInformationUnit;
    if (std::min(task.write_length, promised) > core_.settings().limits.outstanding_bytes) {
        return scsi::kInsufficientResources;
    }
    const bool is_contrary = promised > 0 && task.write_length == 0 && is_strict;
    if (is_contrary && knows_operation(request.lun, task.cdb))
        return kInvalidFieldInInformationUnit;
    return std::nullopt;
}

bool Session::knows_operation(Lun lun, const scsi::Cdb& cdb) const {
    const scsi::LogicalUnit* unit = device().find(lun);
    if (unit == nullptr) return false;
    const auto commands = unit->commands();
    return std::any_of(commands.begin(), commands.end(), [&](const auto& row) {
        return static_cast<std::uint8_t>(row.opcode) == cdb.opcode();
    });
}

void Session::make_room(CommandTask& task, std::uint32_t size) {
    if (size <= task.data_out.size()) return;
    buffered_ += size - task.buffered;
    task.buffered = size;
    task.data_out.resize(size);
}

void Session::forget(CommandTask& task) {
    task.is_receiving = false;
    remove(task);
}

void Session::deliver(CommandTask& task) {
    if (task.is_dropped) {
        remove(task);
        return;
    }
    task.stage = CommandTask::Stage::Collecting;
    // Nothing before it waits: the way of nearly every command.
    const bool may_pass = collecting_.empty() || task.request.is_immediate;
    if (may_pass && task.transfer.is_complete() && !task.transfer.failure()) {
        submit(task);
        return;
    }
    collecting_.push_back(&task);
    go_on();
}

// --- Data-Out.

Session::Reception Session::begin_data_out(const DataOut& pdu) {
    CommandTask* task = tasks_.find(pdu.initiator_task_tag);
    const bool may_take = task != nullptr && task->stage != CommandTask::Stage::Executing &&
                          task->request.writes && !task->is_dropped;
    const bool is_addressed = may_take && (pdu.target_transfer_tag == kNoTag ||
                                           canonical(pdu.lun) == canonical(task->request.lun));
    const Verdict verdict = is_addressed ? task->transfer.examine(pdu) : Verdict::Unsolicited;
    if (verdict == Verdict::Unsolicited) {
        if (aborted_.take(pdu)) return {Kind::Ignored};
        return rejected(RejectReason::InvalidPduField);
    }
    if (verdict == Verdict::Endless) return fatal(RejectReason::ProtocolError);
    Reception reception{Kind::Taken, {}, task, {}, verdict};
    if (verdict == Verdict::InvalidField) reception.reason = RejectReason::InvalidPduField;
    if (verdict == Verdict::Accepted) {
        const std::size_t offset = std::min<std::size_t>(pdu.buffer_offset, task->data_out.size());
        const std::size_t room = task->data_out.size() - offset;
        reception.place = MutableBytes(task->data_out)
                              .subspan(offset, std::min<std::size_t>(room, pdu.data_length));
    }
    task->is_receiving = true;
    return reception;
}

void Session::data_out_arrived(const DataOut& pdu, const Reception& reception,
                               DataOutTransfer::Digest digest) {
    CommandTask& task = *reception.task;
    task.is_receiving = false;
    task.transfer.arrived(pdu, reception.verdict, digest);
    if (task.is_dropped) {
        task.is_dropped = false;
        drop(task);
    } else if (task.stage == CommandTask::Stage::Collecting) {
        go_on();
    }
}

}  // namespace nearline::iscsi
