// A drive's TapeAlert flags (scsi-tape sheet 2.2; SSC-4 annex A): each is a level for log page 12h,
// and for page 2Eh an edge that every initiator is told once.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <utility>

#include "scsi/types.h"

namespace nearline::drives {

enum class TapeAlert : std::uint8_t {
    HardError = 3,
    Media = 4,
    ReadFailure = 5,
    WriteFailure = 6,
    MediaLife = 7,
    WriteProtect = 9,
    NoRemoval = 10,
    CleaningMedia = 11,
    UnsupportedFormat = 12,
    MemoryChipFailure = 15,
    ReadOnlyFormat = 17,
    DirectoryCorruptedOnLoad = 18,
    NearingMediaLife = 19,
    CleanNow = 20,
    CleanPeriodic = 21,
    ExpiredCleaningMedia = 22,
    InvalidCleaningTape = 23,
    DownloadFailed = 34,
    LostStatistics = 50,
    DirectoryInvalidAtUnload = 51,
    SystemAreaWriteFailure = 52,
    WormOverwriteAttempted = 60,
    EncryptionPolicyViolation = 61,
};

class TapeAlerts {
public:
    static constexpr std::size_t kCount = 64;

    // A flag raised again is told again.
    void raise(TapeAlert flag);
    // Called whenever one is raised.
    void tell(std::function<void()> listener) { listener_ = std::move(listener); }
    void clear(std::initializer_list<TapeAlert> flags);
    // Those about the volume, when it goes or the next one comes: 1 to 19, 50 to 56, 59 to 61
    // (scsi-tape sheet 2.2).
    void clear_of_volume(std::initializer_list<TapeAlert> but_for);
    void clear_all();

    bool is_raised(TapeAlert flag) const { return raised_.test(bit_of(flag)); }
    // 1 to 64, as page 2Eh shows it to `reader`.
    bool is_shown(scsi::NexusId reader, std::size_t flag) const;
    bool has_news_for(scsi::NexusId reader) const;
    void shown_all_to(scsi::NexusId reader) { told_[reader] = raised_; }
    void forget(scsi::NexusId reader) { told_.erase(reader); }
    // Flag 1 is the most significant bit (page 12h).
    std::uint64_t as_bits() const;

private:
    using Flags = std::bitset<kCount>;
    static std::size_t bit_of(TapeAlert flag) { return static_cast<std::size_t>(flag) - 1; }

    std::function<void()> listener_;
    Flags raised_;
    std::map<scsi::NexusId, Flags> told_;
};

}  // namespace nearline::drives
