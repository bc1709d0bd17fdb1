// Any bytes as the first block of a tape: somebody claims it or nobody does, and what is claimed
// fits where a side keeps it. The same bytes as what an application says of its file system.
#include <cstdint>
#include <optional>

#include "base/check.h"
#include "rsm/media_label.h"

namespace nearline::rsm {
namespace {

void check_label(const std::optional<MediaLabel>& label) {
    if (!label) return;
    CHECK(!label->type.empty());
    CHECK(label->type.size() <= 63);
    CHECK(label->id.size() <= 2 * 255);
    CHECK(label->info.size() <= 255);
}

}  // namespace
}  // namespace nearline::rsm

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > nearline::rsm::kLongestLabel) return 0;
    nearline::rsm::check_label(nearline::rsm::recognize_label({data, size}));
    nearline::rsm::check_label(nearline::rsm::file_system_label({data, size}));
    return 0;
}
