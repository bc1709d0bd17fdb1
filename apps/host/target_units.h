// What a target has behind its LUNs: its changers and its drives.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "scsi/initiator.h"

namespace nearline::apps {

struct TargetUnits {
    std::vector<scsi::Lun> changers;  // in the target's order, as the drives
    std::vector<scsi::Lun> drives;
};

// REPORT LUNS, and INQUIRY of each. The initiator must outlive the answer, or drop it.
void find_units(scsi::Initiator& initiator,
                std::function<void(base::Result<TargetUnits, std::string>)> done);

}  // namespace nearline::apps
