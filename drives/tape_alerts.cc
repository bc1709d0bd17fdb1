#include "drives/tape_alerts.h"

namespace nearline::drives {

void TapeAlerts::raise(TapeAlert flag) {
    raised_.set(bit_of(flag));
    for (auto& [reader, told] : told_) told.reset(bit_of(flag));
    if (listener_) listener_();
}

void TapeAlerts::clear(std::initializer_list<TapeAlert> flags) {
    for (const TapeAlert flag : flags) raised_.reset(bit_of(flag));
}

void TapeAlerts::clear_of_volume(std::initializer_list<TapeAlert> but_for) {
    const Flags before = raised_;
    for (std::size_t flag = 1; flag <= kCount; ++flag) {
        const bool is_of_volume =
            flag <= 19 || (flag >= 50 && flag <= 56) || (flag >= 59 && flag <= 61);
        if (is_of_volume) raised_.reset(flag - 1);
    }
    for (const TapeAlert flag : but_for) raised_[bit_of(flag)] = before[bit_of(flag)];
}

void TapeAlerts::clear_all() {
    raised_.reset();
    told_.clear();
}

bool TapeAlerts::is_shown(scsi::NexusId reader, std::size_t flag) const {
    const auto told = told_.find(reader);
    const bool is_told = told != told_.end() && told->second.test(flag - 1);
    return raised_.test(flag - 1) && !is_told;
}

bool TapeAlerts::has_news_for(scsi::NexusId reader) const {
    for (std::size_t flag = 1; flag <= kCount; ++flag) {
        if (is_shown(reader, flag)) return true;
    }
    return false;
}

std::uint64_t TapeAlerts::as_bits() const {
    std::uint64_t bits = 0;
    for (std::size_t at = 0; at < kCount; ++at) bits = bits << 1 | (raised_.test(at) ? 1U : 0U);
    return bits;
}

}  // namespace nearline::drives
