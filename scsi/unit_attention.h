// Unit attention conditions, one queue per I_T nexus (SAM-5 5.14, SPC-4 5.6): what happened while
// an initiator was not looking, told once, before anything else.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "scsi/sense.h"
#include "scsi/types.h"

namespace nearline::scsi {

class UnitAttentions {
public:
    void add_nexus(NexusId nexus) { queues_[nexus]; }
    void remove_nexus(NexusId nexus) { queues_.erase(nexus); }

    void establish(NexusId nexus, const Sense& condition);
    void establish_for_all(const Sense& condition);
    // For every nexus but the one whose command was the cause.
    void establish_for_others(NexusId cause, const Sense& condition);

    std::optional<Sense> pending(NexusId nexus) const;
    // The pending condition, which is then told and gone.
    std::optional<Sense> take(NexusId nexus);
    void clear(NexusId nexus, const Sense& condition);

private:
    std::map<NexusId, std::deque<Sense>> queues_;
};

}  // namespace nearline::scsi
