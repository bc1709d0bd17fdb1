// Writes every task of one target device into the trace: with its CDB and the digest of its
// data-out when it comes, with its outcome when it is done. Enough to replay it and to explain it.
#pragma once

#include <map>
#include <string>

#include "scsi/target_device.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::library {

class TaskTrace final : public scsi::TaskObserver {
public:
    TaskTrace(const sim::Simulation& simulation, sim::TraceSink& trace)
        : simulation_(simulation), trace_(trace) {}

    void name(scsi::Lun lun, std::string unit) { names_[lun] = std::move(unit); }

    // "task": nexus 1 tag 7 cdb a50000010400000200000000 data 0
    void task_arrived(const scsi::Task& task) override;
    // "completed": nexus 1 tag 7 CHECK CONDITION 5/3B/0E MEDIUM SOURCE ELEMENT EMPTY
    void task_completed(const scsi::Task& task, const scsi::Outcome& outcome) override;

private:
    void record(const scsi::Task& task, std::string_view what, const std::string& detail);

    const sim::Simulation& simulation_;
    sim::TraceSink& trace_;
    std::map<scsi::Lun, std::string> names_;
};

}  // namespace nearline::library
