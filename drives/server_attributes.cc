// READ ATTRIBUTE and WRITE ATTRIBUTE. Neither waits for the tape nor moves it: the cartridge memory
// is read by radio, also while the tape moves and in the hold position.
#include "drives/attribute_commands.h"
#include "drives/cartridge_memory.h"
#include "drives/drive_device_server.h"
#include "drives/tape_sense.h"

namespace nearline::drives {
namespace {

using base::ByteReader;
using base::Bytes;
using base::ByteWriter;
using scsi::Task;

template <class Command>
std::optional<Sense> why_not_there(const Command& command, const media::Medium& medium) {
    if (command.logical_volume != 0) return scsi::invalid_field<Command>("LOGICAL VOLUME NUMBER");
    if (command.partition >= medium.partition_count())
        return scsi::invalid_field<Command>("PARTITION NUMBER");
    return std::nullopt;
}

// SPC-4 6.18.4: the length behind it, the first number, how many.
Bytes range_list(std::uint8_t count) {
    Bytes data;
    ByteWriter(data).u16(2).u8(0).u8(count);
    return data;
}

std::optional<Bytes> asked(const MemoryFacts& facts, const ReadAttribute& command) {
    switch (static_cast<AttributeList>(command.list)) {
        case AttributeList::Values:
            return attribute_values(facts, command.partition, command.first_attribute);
        case AttributeList::Identifiers:
            return attribute_identifiers(facts, command.partition, command.first_attribute);
        default:
            return supported_attributes(facts, command.first_attribute);
    }
}

bool is_list(std::uint8_t list) {
    return list <= static_cast<std::uint8_t>(AttributeList::Partitions) ||
           list == static_cast<std::uint8_t>(AttributeList::Supported);
}

}  // namespace

std::optional<Sense> DriveDeviceServer::why_no_memory() const {
    if (drive_.medium() != nullptr) return std::nullopt;
    const DriveState state = drive_.state();
    const bool is_inside = state == DriveState::Held || state == DriveState::FailedToLoad;
    return is_inside ? kMemoryNotAccessible : not_ready();
}

void DriveDeviceServer::on(const ReadAttribute& command, Task& task) {
    if (!is_list(command.list))
        return task.refuse(scsi::invalid_field<ReadAttribute>("SERVICE ACTION"));
    if (const auto reason = why_no_memory()) return task.refuse(*reason);
    const MemoryFacts facts = drive_.memory_facts();
    if (const auto reason = why_not_there(command, facts.medium)) return task.refuse(*reason);
    const auto list = static_cast<AttributeList>(command.list);
    if (list == AttributeList::LogicalVolumes || list == AttributeList::Partitions) {
        const bool counts_partitions = list == AttributeList::Partitions;
        const Bytes data = range_list(counts_partitions ? facts.medium.partition_count() : 1);
        task.respond(data, command.allocation_length);
        return task.good();
    }
    const auto attributes = asked(facts, command);
    if (!attributes) return task.refuse(scsi::invalid_field<ReadAttribute>("FIRST ATTRIBUTE"));
    Bytes data;
    ByteWriter(data).u32(attributes->size()).bytes(*attributes);
    task.respond(data, command.allocation_length);
    task.good();
}

void DriveDeviceServer::on(const WriteAttribute& command, Task& task) {
    if (command.list_length > WriteAttribute::kLongestList) {
        return task.refuse(scsi::invalid_field<WriteAttribute>("PARAMETER LIST LENGTH"));
    }
    if (const auto reason = why_no_memory()) return task.refuse(*reason);
    const MemoryFacts facts = drive_.memory_facts();
    if (const auto reason = why_not_there(command, facts.medium)) return task.refuse(*reason);
    if (command.list_length == 0) return task.good();
    ByteReader in(task.data_out());
    const std::size_t length = in.u32();
    const base::BytesView list = in.bytes(length);
    if (!in.ok() || in.remaining() > 0) return task.refuse(scsi::kParameterListLengthError);
    auto memory = memory_written(facts, command.partition, list);
    if (!memory) return task.refuse(memory.error());
    if (const auto kept = drive_.medium()->keep_memory(std::move(memory).value()); !kept) {
        drive_.alerts().raise(TapeAlert::MemoryChipFailure);
        return task.refuse(kMemoryNotAccessible);
    }
    task.good();
}

}  // namespace nearline::drives
