#include "scsi/types.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace nearline::scsi {

Lun simple_lun(std::uint16_t number) {
    CHECK(number < 0x4000);
    constexpr std::uint64_t kFlatSpace = 0x4000;
    const std::uint64_t first_level = number < 256 ? number : kFlatSpace | number;
    return Lun{first_level << 48};
}

std::string to_text(Lun lun) {
    const auto bytes = static_cast<std::uint64_t>(lun);
    const std::uint64_t first_level = bytes >> 48;
    const std::uint64_t method = first_level >> 14;
    const bool is_single_level = (bytes & 0xFFFFFFFFFFFF) == 0;
    if (is_single_level && method == 0 && first_level < 256) return std::to_string(first_level);
    if (is_single_level && method == 1) return std::to_string(first_level & 0x3FFF);
    Bytes raw;
    base::ByteWriter(raw).u64(bytes);
    return base::to_hex(raw);
}

std::string_view to_text(Status status) {
    switch (status) {
        case Status::Good:
            return "GOOD";
        case Status::CheckCondition:
            return "CHECK CONDITION";
        case Status::ConditionMet:
            return "CONDITION MET";
        case Status::Busy:
            return "BUSY";
        case Status::ReservationConflict:
            return "RESERVATION CONFLICT";
        case Status::TaskSetFull:
            return "TASK SET FULL";
        case Status::AcaActive:
            return "ACA ACTIVE";
        case Status::TaskAborted:
            return "TASK ABORTED";
    }
    return "unknown status";
}

Cdb::Cdb(BytesView bytes) {
    CHECK(!bytes.empty());
    CHECK(bytes.size() <= kMaximumLength);
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    length_ = static_cast<std::uint16_t>(bytes.size());
}

}  // namespace nearline::scsi
