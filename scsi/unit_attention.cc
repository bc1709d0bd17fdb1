#include "scsi/unit_attention.h"

#include <algorithm>

namespace nearline::scsi {
namespace {

// A queue holds each condition once, so its length is bounded by the number of conditions there
// are; this bounds it even so.
constexpr std::size_t kQueueLimit = 32;

// Power on and reset say "assume everything changed", so they come first and replace the rest;
// nexus loss is next (SAM-5 5.14.3).
int precedence(const Sense& condition) {
    if (condition.asc != 0x29) return 2;
    return condition.ascq == kNexusLossOccurred.ascq ? 1 : 0;
}

void insert(std::deque<Sense>& queue, const Sense& condition) {
    const int rank = precedence(condition);
    if (rank == 0) queue.clear();
    const bool is_known = std::any_of(queue.begin(), queue.end(),
                                      [&](const Sense& other) { return other.is(condition); });
    if (is_known || queue.size() >= kQueueLimit) return;
    const auto place = std::find_if(queue.begin(), queue.end(),
                                    [&](const Sense& other) { return precedence(other) > rank; });
    queue.insert(place, condition);
}

}  // namespace

void UnitAttentions::establish(NexusId nexus, const Sense& condition) {
    const auto found = queues_.find(nexus);
    if (found != queues_.end()) insert(found->second, condition);
}

void UnitAttentions::establish_for_all(const Sense& condition) {
    for (auto& entry : queues_) insert(entry.second, condition);
}

void UnitAttentions::establish_for_others(NexusId cause, const Sense& condition) {
    for (auto& [nexus, queue] : queues_) {
        if (nexus != cause) insert(queue, condition);
    }
}

std::optional<Sense> UnitAttentions::pending(NexusId nexus) const {
    const auto found = queues_.find(nexus);
    if (found == queues_.end() || found->second.empty()) return std::nullopt;
    return found->second.front();
}

std::optional<Sense> UnitAttentions::take(NexusId nexus) {
    const std::optional<Sense> condition = pending(nexus);
    if (condition) queues_[nexus].pop_front();
    return condition;
}

void UnitAttentions::clear(NexusId nexus, const Sense& condition) {
    const auto found = queues_.find(nexus);
    if (found == queues_.end()) return;
    std::erase_if(found->second, [&](const Sense& other) { return other.is(condition); });
}

}  // namespace nearline::scsi
