#include "scsi/task.h"

#include <algorithm>

#include "base/check.h"
#include "scsi/task_set.h"

namespace nearline::scsi {

void Task::respond(BytesView data, std::size_t allocation_length) {
    const BytesView kept = data.first(std::min(data.size(), allocation_length));
    data_in_.assign(kept.begin(), kept.end());
}

void Task::complete(const Outcome& outcome) {
    CHECK(owner_ != nullptr);
    owner_->complete(*this, outcome);
}

std::string to_text(const Outcome& outcome) {
    std::string text(to_text(outcome.status));
    if (outcome.status == Status::CheckCondition) text += " " + to_text(outcome.sense);
    return text;
}

}  // namespace nearline::scsi
