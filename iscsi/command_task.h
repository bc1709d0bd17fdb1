// One SCSI command from its PDU to its response, and the table of those a session has.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "iscsi/data_out_transfer.h"
#include "iscsi/pdu.h"

namespace nearline::iscsi {

struct CommandTask {
    enum class Stage {
        Undelivered,  // its PDU is not whole yet, or commands before it are missing
        Collecting,   // it waits for data, or for commands of its unit that do
        Executing,    // the unit has it
    };

    ScsiCommand request;
    scsi::Cdb cdb;
    Stage stage = Stage::Undelivered;
    // The host may be writing into its buffer: it cannot go before the PDU is whole.
    bool is_receiving = false;
    bool is_dropped = false;  // it goes then, unanswered
    DataOutTransfer transfer;
    Bytes data_out;
    std::size_t buffered = 0;        // bytes of Data-Out it has room for, from beginning to end
    std::uint64_t write_length = 0;  // what the command asks from the initiator
    std::uint32_t bidirectional_read = 0;
};

// The commands of one session by Initiator Task Tag: a few, so they stand in a row. Those that are
// gone leave their room for the next; nothing moves while a command lives.
class TaskTable {
public:
    CommandTask& add(const ScsiCommand& request);
    void remove(CommandTask& task);
    CommandTask* find(std::uint32_t initiator_task_tag) const;
    const std::vector<CommandTask*>& all() const { return live_; }  // in order of arrival
    std::size_t size() const { return live_.size(); }
    std::size_t immediate_count() const { return immediate_; }

private:
    std::deque<CommandTask> rooms_;
    std::vector<CommandTask*> free_;
    std::vector<CommandTask*> live_;
    std::size_t immediate_ = 0;
};

// Data-Out that may still come for commands that were aborted: it is dropped without a word
// (RFC 7143 11.5.1). Remembers as many as a command window has.
class AbortedTransfers {
public:
    explicit AbortedTransfers(std::size_t limit) : limit_(limit) {}
    void remember(std::uint32_t initiator_task_tag, std::uint32_t target_transfer_tag);
    // `pdu` belongs to one; its last forgets it.
    bool take(const DataOut& pdu);

private:
    struct Tags {
        std::uint32_t initiator_task_tag;
        std::uint32_t target_transfer_tag;
    };
    std::size_t limit_;
    std::deque<Tags> tags_;
};

}  // namespace nearline::iscsi
