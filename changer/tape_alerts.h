// The changer's TapeAlert flags (changer sheet 6.1): raised when something happens, cleared for
// each nexus by its reading them, and for all when what was wrong is right again.
#pragma once

#include <cstdint>
#include <map>

#include "scsi/types.h"

namespace nearline::changer {

enum class TapeAlert : std::uint8_t {  // SMC-3 table A.1
    HardwareC = 3,
    StrayCartridge = 12,
    PickingRetries = 13,
    PlacingRetries = 14,
    DriveLoadRetries = 15,
    DoorOpen = 16,
    MagazineInaccessible = 18,
    SecurityBreached = 19,
    LibraryOffline = 21,
    InconsistentInventory = 24,
    UnreadableBarCode = 32,
};

class TapeAlerts {
public:
    static constexpr unsigned kFlags = 64;

    void raise(TapeAlert alert);
    void lower(TapeAlert alert);
    bool is_set(unsigned flag, scsi::NexusId reader) const;  // flags count from 1
    void read_by(scsi::NexusId reader);
    void forget(scsi::NexusId nexus) { read_.erase(nexus); }
    void clear();

private:
    std::uint64_t raised_ = 0;                     // bit 0 is flag 1
    std::map<scsi::NexusId, std::uint64_t> read_;  // what each nexus has read since it was raised
};

}  // namespace nearline::changer
