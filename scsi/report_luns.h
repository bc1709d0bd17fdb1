// REPORT LUNS (SPC-4 6.33), which every logical unit answers, and also where there is none.
#pragma once

#include "scsi/primary_commands.h"

namespace nearline::scsi {

class TargetDevice;

// Answers `task`. A unit that is part of no device (nullptr) reports the LUN it was asked at.
void report_luns(const ReportLuns& command, TargetDevice* device, Task& task);

}  // namespace nearline::scsi
