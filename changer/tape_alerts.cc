#include "changer/tape_alerts.h"

namespace nearline::changer {
namespace {

std::uint64_t bit_of(unsigned flag) {
    return std::uint64_t{1} << (flag - 1);
}

}  // namespace

void TapeAlerts::raise(TapeAlert alert) {
    const std::uint64_t bit = bit_of(static_cast<unsigned>(alert));
    raised_ |= bit;
    for (auto& [nexus, read] : read_) read &= ~bit;
}

void TapeAlerts::lower(TapeAlert alert) {
    raised_ &= ~bit_of(static_cast<unsigned>(alert));
}

bool TapeAlerts::is_set(unsigned flag, scsi::NexusId reader) const {
    const auto read = read_.find(reader);
    const std::uint64_t unread = read == read_.end() ? raised_ : raised_ & ~read->second;
    return (unread & bit_of(flag)) != 0;
}

void TapeAlerts::read_by(scsi::NexusId reader) {
    read_[reader] = raised_;
}

void TapeAlerts::clear() {
    raised_ = 0;
    read_.clear();
}

}  // namespace nearline::changer
