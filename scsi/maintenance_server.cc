#include "scsi/maintenance_server.h"

#include <algorithm>

namespace nearline::scsi {
namespace {

constexpr std::uint8_t kDataBuffer = 0x00;
constexpr std::uint8_t kDumpBuffer = 0x01;  // where LTO drives have theirs (scsi-tape sheet 1.21)
constexpr std::size_t kBufferCapacity = 65536;
constexpr std::size_t kEchoCapacity = 4096;  // thirteen bits tell it (SPC-4 6.18.8)

constexpr Sense kTimestampChanged{SenseKey::UnitAttention, 0x2A, 0x10};
constexpr Sense kMicrocodeChanged{SenseKey::UnitAttention, 0x3F, 0x01};
constexpr Sense kDeviceIdentifierChanged{SenseKey::UnitAttention, 0x3F, 0x05};

Bytes from_offset(const Bytes& bytes, std::uint32_t offset) {
    return {bytes.begin() + offset, bytes.end()};
}

// SPC-4 table 302, and the parameter list of SET TIMESTAMP: the same place.
struct TimestampData {
    static constexpr std::size_t length = 12;
    std::uint16_t data_length = 0x0A;
    std::uint8_t origin = 0;
    std::uint64_t milliseconds = 0;
    static constexpr auto fields() {
        using Self = TimestampData;
        return std::tuple{Field{"TIMESTAMP PARAMETER DATA LENGTH", &Self::data_length, 0, 7, 16},
                          Field{"TIMESTAMP ORIGIN", &Self::origin, 2, 2, 3},
                          Field{"TIMESTAMP", &Self::milliseconds, 4, 7, 48}};
    }
};

// SPC-4 6.18.8: EBOS, as each nexus has an echo of its own, and the capacity.
Bytes echo_descriptor() {
    constexpr unsigned kEchoBufferOverwrittenSupported = 0x01;
    Bytes data;
    base::ByteWriter(data).u8(kEchoBufferOverwrittenSupported).u8(0).u16(kEchoCapacity);
    return data;
}

}  // namespace

void MaintenanceServer::on(const ReadBuffer& command, Task& task) {
    const auto answer = [&](const Result<Bytes, Sense>& data) {
        if (!data) return task.refuse(data.error());
        task.respond(*data, command.allocation_length);
        task.good();
    };
    switch (command.mode) {
        case BufferMode::Data:
            return answer(read_data(command));
        case BufferMode::Descriptor:
            return answer(buffer_descriptor(command.buffer_id));
        case BufferMode::EchoData:
            return answer(read_echo(task.nexus()));
        case BufferMode::EchoDescriptor:
            return answer(echo_descriptor());
        case BufferMode::ErrorHistory:
            if (!keeps_error_history()) break;
            return answer(history_.read(task.nexus(), command.buffer_id, command.buffer_offset,
                                        profile().vendor, [this] { return error_history(); }));
        default:
            break;
    }
    task.refuse(invalid_field<ReadBuffer>("MODE"));
}

Result<Bytes, Sense> MaintenanceServer::read_data(const ReadBuffer& command) {
    const bool is_dump = command.buffer_id == kDumpBuffer && !dump().empty();
    if (command.buffer_id != kDataBuffer && !is_dump) {
        return Failure{invalid_field<ReadBuffer>("BUFFER ID")};
    }
    const std::size_t size = is_dump ? dump().size() : kBufferCapacity;
    if (command.buffer_offset > size) return Failure{invalid_field<ReadBuffer>("BUFFER OFFSET")};
    if (is_dump) return from_offset(dump(), command.buffer_offset);
    if (data_.empty()) return Bytes(kBufferCapacity - command.buffer_offset);
    return from_offset(data_, command.buffer_offset);
}

// What nobody wrote cannot be read back (SPC-4 6.18.7).
Result<Bytes, Sense> MaintenanceServer::read_echo(NexusId reader) const {
    const auto echo = echoes_.find(reader);
    if (echo == echoes_.end()) return Failure{kCommandSequenceError};
    return echo->second;
}

// Zeros for a buffer there is not (SPC-4 6.18.5). Any offset will do: the boundary is 2^0.
Bytes MaintenanceServer::buffer_descriptor(std::uint8_t buffer_id) {
    std::size_t capacity = 0;
    if (buffer_id == kDataBuffer) capacity = kBufferCapacity;
    if (buffer_id == kDumpBuffer) capacity = dump().size();
    Bytes data;
    base::ByteWriter(data).u8(0).u24(capacity);
    return data;
}

const Bytes& MaintenanceServer::dump() {
    if (!dump_) take_dump();
    return *dump_;
}

void MaintenanceServer::on(const WriteBuffer& command, Task& task) {
    if (task.data_out().size() < command.data_out_length()) {
        return task.refuse(kIncorrectAmountOfData);
    }
    const BytesView data = task.data_out().first(command.data_out_length());
    std::optional<Sense> refusal;
    switch (command.mode) {
        case BufferMode::Data:
            refusal = write_data(command, data);
            break;
        case BufferMode::EchoData:
            refusal = write_echo(task.nexus(), data);
            break;
        case BufferMode::DownloadAndActivate:
        case BufferMode::DownloadSaveAndActivate:
        case BufferMode::DownloadWithOffsets:
        case BufferMode::DownloadWithOffsetsAndDefer:
        case BufferMode::ActivateDeferred:
            refusal = take_microcode(command, task.nexus());
            if (refusal) microcode_came(Microcode::Refused);
            break;
        default:
            refusal = invalid_field<WriteBuffer>("MODE");
    }
    return refusal ? task.refuse(*refusal) : task.good();
}

std::optional<Sense> MaintenanceServer::write_data(const WriteBuffer& command, BytesView data) {
    if (command.buffer_id != kDataBuffer) return invalid_field<WriteBuffer>("BUFFER ID");
    if (command.buffer_offset > kBufferCapacity) return invalid_field<WriteBuffer>("BUFFER OFFSET");
    if (data.size() > kBufferCapacity - command.buffer_offset) {
        return invalid_field<WriteBuffer>("PARAMETER LIST LENGTH");
    }
    data_.resize(kBufferCapacity);
    std::copy(data.begin(), data.end(), data_.begin() + command.buffer_offset);
    return std::nullopt;
}

std::optional<Sense> MaintenanceServer::write_echo(NexusId sender, BytesView data) {
    if (data.size() > kEchoCapacity) return invalid_field<WriteBuffer>("PARAMETER LIST LENGTH");
    echoes_[sender].assign(data.begin(), data.end());
    return std::nullopt;
}

std::optional<Sense> MaintenanceServer::take_microcode(const WriteBuffer& command, NexusId sender) {
    if (command.mode == BufferMode::ActivateDeferred) return activate_deferred(command, sender);
    if (command.buffer_id != 0) return invalid_field<WriteBuffer>("BUFFER ID");
    const bool is_whole = command.mode == BufferMode::DownloadAndActivate ||
                          command.mode == BufferMode::DownloadSaveAndActivate;
    return is_whole ? download_whole(command, sender) : download_piece(command, sender);
}

// A list of no bytes is no error and no microcode (SPC-4 6.49.1).
std::optional<Sense> MaintenanceServer::download_whole(const WriteBuffer& command, NexusId sender) {
    if (command.buffer_offset != 0) return invalid_field<WriteBuffer>("BUFFER OFFSET");
    if (command.parameter_list_length > 0) activate(sender);
    return std::nullopt;
}

// Pieces come one behind the other, from one sender; offset 0 begins anew. No image tells us where
// it ends: a piece shorter than the first is the last.
std::optional<Sense> MaintenanceServer::download_piece(const WriteBuffer& command, NexusId sender) {
    const bool is_first = command.buffer_offset == 0;
    if (is_first) download_ = Download{sender, command.mode, command.parameter_list_length, 0};
    if (!download_ || download_->sender != sender || download_->mode != command.mode) {
        return kCommandSequenceError;
    }
    if (command.buffer_offset != download_->received) {
        download_.reset();
        return invalid_field<WriteBuffer>("BUFFER OFFSET");
    }
    download_->received += command.parameter_list_length;
    if (command.mode == BufferMode::DownloadWithOffsetsAndDefer) {
        has_deferred_ = download_->received > 0;
    } else if (!is_first && command.parameter_list_length < download_->first_length) {
        activate(sender);
    }
    return std::nullopt;
}

std::optional<Sense> MaintenanceServer::activate_deferred(const WriteBuffer& command,
                                                          NexusId sender) {
    if (command.parameter_list_length != 0)
        return invalid_field<WriteBuffer>("PARAMETER LIST LENGTH");
    if (!has_deferred_) return kCommandSequenceError;
    activate(sender);
    return std::nullopt;
}

void MaintenanceServer::activate(NexusId sender) {
    download_.reset();
    has_deferred_ = false;
    unit_attentions().establish_for_others(sender, kMicrocodeChanged);
    microcode_came(Microcode::Activated);
}

void MaintenanceServer::on(const ReportDeviceIdentifier& command, Task& task) {
    if (command.type != 0) {
        return task.refuse(invalid_field<ReportDeviceIdentifier>("IDENTIFYING INFORMATION TYPE"));
    }
    Bytes data;
    base::ByteWriter(data).u32(identifier_.size()).bytes(identifier_);
    task.respond(data, command.allocation_length);
    task.good();
}

void MaintenanceServer::on(const SetDeviceIdentifier& command, Task& task) {
    if (command.type != 0) {
        return task.refuse(invalid_field<SetDeviceIdentifier>("IDENTIFYING INFORMATION TYPE"));
    }
    if (command.parameter_list_length > SetDeviceIdentifier::kLongest) {
        return task.refuse(invalid_field<SetDeviceIdentifier>("PARAMETER LIST LENGTH"));
    }
    const BytesView name = task.data_out();
    if (name.size() != command.parameter_list_length) {
        return task.refuse(kParameterListLengthError);
    }
    identifier_.assign(name.begin(), name.end());
    unit_attentions().establish_for_others(task.nexus(), kDeviceIdentifierChanged);
    task.good();
}

void MaintenanceServer::on(const ReportTimestamp& command, Task& task) {
    constexpr std::uint64_t kLargest = 0xFFFFFFFFFFFF;
    TimestampData data;
    data.origin = timestamp_origin();
    data.milliseconds = timestamp() & kLargest;
    task.respond(encode_fields(data), command.allocation_length);
    task.good();
}

// Who has page 0Ah/01h sets its clock only where SCSIP says that hosts may (SPC-4 7.5.9).
void MaintenanceServer::on(const SetTimestamp& command, Task& task) {
    constexpr std::uint8_t kScsiPrecedence = 0x02;
    const auto extension = mode_page_values(0x0A, 0x01);
    if (extension && !extension->empty() && (extension->front() & kScsiPrecedence) == 0) {
        return task.refuse(kInvalidFieldInCdb.at_byte(1, 4));
    }
    if (command.parameter_list_length == 0) return task.good();
    if (command.parameter_list_length != SetTimestamp::kListLength ||
        task.data_out().size() < SetTimestamp::kListLength) {
        return task.refuse(kParameterListLengthError);
    }
    const auto list = decode_fields<TimestampData>(task.data_out());
    clock_offset_ = list.milliseconds - clock_milliseconds();
    is_clock_set_ = true;
    unit_attentions().establish_for_others(task.nexus(), kTimestampChanged);
    task.good();
}

void MaintenanceServer::nexus_closed(NexusId nexus) {
    PrimaryDeviceServer::nexus_closed(nexus);
    echoes_.erase(nexus);
    history_.forget(nexus);
    if (download_ && download_->sender == nexus) download_.reset();
}

// The clock runs on: only power stops it (SPC-4 5.17).
void MaintenanceServer::was_reset() {
    PrimaryDeviceServer::was_reset();
    download_.reset();
    has_deferred_ = false;
    echoes_.clear();
    history_.clear();
}

void MaintenanceServer::powered_on() {
    PrimaryDeviceServer::powered_on();
    clock_offset_ = 0 - clock_milliseconds();
    is_clock_set_ = false;
    data_.clear();
    dump_.reset();
}

}  // namespace nearline::scsi
