#include "iscsi/command_task.h"

#include <algorithm>

#include "base/check.h"

namespace nearline::iscsi {

CommandTask& TaskTable::add(const ScsiCommand& request) {
    if (free_.empty()) free_.push_back(&rooms_.emplace_back());
    CommandTask& task = *free_.back();
    free_.pop_back();
    task.request = request;
    task.stage = CommandTask::Stage::Undelivered;
    task.is_receiving = false;
    task.is_dropped = false;
    task.transfer = DataOutTransfer();
    task.buffered = 0;
    task.write_length = 0;
    task.bidirectional_read = 0;
    live_.push_back(&task);
    if (request.is_immediate) ++immediate_;
    return task;
}

void TaskTable::remove(CommandTask& task) {
    const auto at = std::find(live_.begin(), live_.end(), &task);
    CHECK(at != live_.end());
    live_.erase(at);
    if (task.request.is_immediate) --immediate_;
    task.data_out = Bytes();
    free_.push_back(&task);
}

CommandTask* TaskTable::find(std::uint32_t initiator_task_tag) const {
    const auto at = std::find_if(live_.begin(), live_.end(), [&](const CommandTask* task) {
        return task->request.initiator_task_tag == initiator_task_tag;
    });
    return at == live_.end() ? nullptr : *at;
}

void AbortedTransfers::remember(std::uint32_t initiator_task_tag,
                                std::uint32_t target_transfer_tag) {
    tags_.push_back({initiator_task_tag, target_transfer_tag});
    if (tags_.size() > limit_) tags_.pop_front();
}

bool AbortedTransfers::take(const DataOut& pdu) {
    const auto at = std::find_if(tags_.begin(), tags_.end(), [&](const Tags& tags) {
        return tags.initiator_task_tag == pdu.initiator_task_tag &&
               tags.target_transfer_tag == pdu.target_transfer_tag;
    });
    if (at == tags_.end()) return false;
    if (pdu.is_final) tags_.erase(at);
    return true;
}

}  // namespace nearline::iscsi
