#include "library/cartridge_format.h"

#include <algorithm>

#include "media/format.h"

namespace nearline::library {
namespace {

using Generations = std::set<media::Generation>;

// Unknown: no drive has it among what `can` names.
media::Generation newest(const std::vector<DriveDescription>& drives, media::Generation from,
                         Generations drives::DriveProfile::*can) {
    for (auto each = from; each != media::Generation::Unknown; each = media::older_format(each)) {
        const bool is_among = std::any_of(
            drives.begin(), drives.end(),
            [&](const DriveDescription& drive) { return (drive.profile.*can).contains(each); });
        if (is_among) return each;
    }
    return media::Generation::Unknown;
}

}  // namespace

media::Generation format_in(const std::vector<DriveDescription>& drives,
                            media::Generation by_label) {
    const auto written = newest(drives, by_label, &drives::DriveProfile::writes);
    if (written != media::Generation::Unknown) return written;
    const auto read = newest(drives, by_label, &drives::DriveProfile::reads);
    return read != media::Generation::Unknown ? read : by_label;
}

}  // namespace nearline::library
