#include "library/task_trace.h"

#include "base/crc32c.h"
#include "base/text.h"

namespace nearline::library {
namespace {

std::string name_of(const scsi::Task& task) {
    return "nexus " + std::to_string(static_cast<std::uint32_t>(task.nexus())) + " tag " +
           std::to_string(static_cast<std::uint64_t>(task.tag()));
}

// CRC32C, since tapes are written through here and the processor has an instruction for it.
std::string digest_of(base::BytesView data) {
    if (data.empty()) return "0";
    base::Bytes digest(sizeof(std::uint32_t));
    base::store_big_endian(digest, 0, digest.size(), base::crc32c(data));
    return std::to_string(data.size()) + " " + base::to_hex(digest);
}

}  // namespace

void TaskTrace::task_arrived(const scsi::Task& task) {
    if (!trace_.is_heard()) return;
    record(task, "task",
           name_of(task) + " cdb " + base::to_hex(task.cdb().view()) + " data " +
               digest_of(task.data_out()));
}

void TaskTrace::task_completed(const scsi::Task& task, const scsi::Outcome& outcome) {
    if (!trace_.is_heard()) return;
    record(task, "completed", name_of(task) + " " + to_text(outcome));
}

void TaskTrace::record(const scsi::Task& task, std::string_view what, const std::string& detail) {
    const auto named = names_.find(task.lun());
    const std::string source = named == names_.end() ? "lun " + to_text(task.lun()) : named->second;
    trace_.record({simulation_.now(), source, what, detail});
}

}  // namespace nearline::library
