#include "rsm/changes.h"

#include <optional>
#include <utility>

namespace nearline::rsm {
namespace {

// `then` after `first`, as one; nullopt when the two cancel out.
std::optional<NotificationOperation> together(NotificationOperation first,
                                              NotificationOperation then) {
    using Operation = NotificationOperation;
    if (first == Operation::Insert) {
        if (then == Operation::Delete) return std::nullopt;
        return Operation::Insert;
    }
    if (first == Operation::Delete) {
        // The same id again is the same object changed; a deleted one's update tells nothing new.
        return then == Operation::Insert ? Operation::Update : Operation::Delete;
    }
    return then;
}

}  // namespace

void ChangeLog::note(const Change& change) {
    if (change.id.is_null()) return;
    // Events stand for themselves.
    if (change.operation > NotificationOperation::Delete) return changes_.push_back(change);
    const auto [place, is_first] = places_.try_emplace(change.id, changes_.size());
    if (is_first) return changes_.push_back(change);
    Change& kept = changes_[place->second];
    const auto both = together(kept.operation, change.operation);
    if (both) {
        kept.operation = *both;
        return;
    }
    kept = {};
    places_.erase(place);
}

std::vector<Change> ChangeLog::take() {
    std::erase_if(changes_, [](const Change& change) { return change.id.is_null(); });
    places_.clear();
    return std::exchange(changes_, {});
}

}  // namespace nearline::rsm
