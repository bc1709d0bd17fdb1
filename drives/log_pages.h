// The log pages of a drive as captured from IBM-built ones (scsi-tape sheet 1.19): orders, sizes
// and control bytes are theirs. Made from facts alone.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "drives/cartridge_memory.h"
#include "drives/drive.h"
#include "drives/odometer.h"
#include "drives/tape_alerts.h"

namespace nearline::drives {

// A failure, as page 16h keeps it.
struct DiagnosticEntry {
    Sense sense;
    std::uint8_t opcode = 0;
    std::uint8_t service_action = 0;
    MediumCode medium;
    std::string medium_serial;
    sim::Duration motion{};  // of the drive, in its life
    sim::Duration motion_since_clean{};
    sim::Time at{};
    bool is_repeated = false;
};

struct LogFacts {
    const DriveProfile& profile;
    const Odometer& odometer;
    const TapeStatistics& statistics;
    const TapeAlerts& alerts;
    scsi::NexusId reader{};
    sim::Time now{};
    DriveState state = DriveState::Empty;
    Activity activity = Activity::AtRest;
    const Tape* tape = nullptr;         // what is threaded
    std::optional<MemoryFacts> memory;  // of what is threaded
    const media::Cartridge* cartridge = nullptr;
    bool is_removal_prevented = false;
    bool is_write_protected = false;
    bool is_compressing = false;
    const std::deque<DiagnosticEntry>& diagnostics;
};

std::vector<scsi::LogPage> drive_log_pages(const LogFacts& facts);

inline constexpr std::uint8_t kTapeAlertPage = 0x2E;

}  // namespace nearline::drives
