#include "scsi/report_luns.h"

#include "scsi/target_device.h"

namespace nearline::scsi {
namespace {

enum SelectReport : std::uint8_t {
    kAddressableUnits = 0,
    kWellKnownUnits = 1,  // there are none
    kAllUnits = 2,
};

}  // namespace

void report_luns(const ReportLuns& command, TargetDevice* device, Task& task) {
    if (command.select_report > kAllUnits)
        return task.refuse(invalid_field<ReportLuns>("SELECT REPORT"));
    constexpr std::uint32_t kLeastAllocation = 16;
    if (command.allocation_length < kLeastAllocation) {
        return task.refuse(invalid_field<ReportLuns>("ALLOCATION LENGTH"));
    }
    std::vector<Lun> luns;
    if (command.select_report != kWellKnownUnits) {
        luns = device != nullptr ? device->luns() : std::vector<Lun>{task.lun()};
    }
    Bytes data;
    base::ByteWriter out(data);
    out.u32(luns.size() * 8).u32(0);
    for (const Lun lun : luns) out.u64(static_cast<std::uint64_t>(lun));
    task.respond(data, command.allocation_length);
    if (device != nullptr) device->luns_reported(task.nexus());
    task.good();
}

}  // namespace nearline::scsi
