// The log pages of a drive: what it has counted and what state it is in.
#include "base/bytes.h"
#include "drives/drive_device_server.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using scsi::Bytes;
using scsi::LogPage;
using scsi::LogParameter;

// Control bytes of log parameters as captured from LTO-9 drives (scsi-tape sheet 1.19).
constexpr std::uint8_t kCounter = 0x40;
constexpr std::uint8_t kBinaryList = 0x43;
constexpr std::uint8_t kUpdatesDisabled = 0xC0;

constexpr std::uint8_t kDataTransferStatusPage = 0x11;
constexpr std::uint8_t kTapeAlertResponsePage = 0x12;
constexpr std::uint8_t kDeviceStatisticsPage = 0x14;
constexpr std::uint8_t kTapeAlertPage = 0x2E;
constexpr std::uint8_t kTapeCapacityPage = 0x31;

constexpr std::uint64_t kPollingDelayMs = 500;  // how often a library asks, as captured

LogParameter number(std::uint16_t code, std::uint64_t value, std::size_t width,
                    std::uint8_t control = kCounter) {
    LogParameter parameter{code, control, Bytes(width)};
    base::store_big_endian(parameter.value, 0, width, value);
    return parameter;
}

LogPage tape_alert_page(const TapeAlerts& alerts, scsi::NexusId reader) {
    LogPage page{kTapeAlertPage, 0, {}};
    for (std::size_t flag = 1; flag <= TapeAlerts::kCount; ++flag) {
        page.parameters.push_back(number(static_cast<std::uint16_t>(flag),
                                         alerts.is_shown(reader, flag) ? 1 : 0, 1,
                                         kUpdatesDisabled));
    }
    return page;
}

// The very high frequency data of log page 11h (ADC-3 6.2.2), as much of it as a drive without
// data has.
struct VeryHighFrequencyData {
    static constexpr std::size_t length = 4;
    bool prevents_removal = false;
    bool memory_accessible = false;
    bool compression = true;
    bool write_protected = false;
    bool cleaning_requested = false;
    bool cleaning_required = false;
    bool initialized = true;
    bool in_transition = false;
    bool robot_may_access = false;
    bool medium_present = false;
    bool medium_seated = false;
    bool medium_threaded = false;
    bool mounted = false;
    std::uint8_t activity = 0;
    bool tape_alert_changed = false;

    static constexpr auto fields() {
        using Self = VeryHighFrequencyData;
        return std::tuple{scsi::Field{"PAMR", &Self::prevents_removal, 0, 7, 1},
                          scsi::Field{"MACC", &Self::memory_accessible, 0, 5, 1},
                          scsi::Field{"CMPR", &Self::compression, 0, 4, 1},
                          scsi::Field{"WRTP", &Self::write_protected, 0, 3, 1},
                          scsi::Field{"CRQST", &Self::cleaning_requested, 0, 2, 1},
                          scsi::Field{"CRQRD", &Self::cleaning_required, 0, 1, 1},
                          scsi::Field{"DINIT", &Self::initialized, 0, 0, 1},
                          scsi::Field{"INXTN", &Self::in_transition, 1, 7, 1},
                          scsi::Field{"RAA", &Self::robot_may_access, 1, 5, 1},
                          scsi::Field{"MPRSNT", &Self::medium_present, 1, 4, 1},
                          scsi::Field{"MSTD", &Self::medium_seated, 1, 2, 1},
                          scsi::Field{"MTHRD", &Self::medium_threaded, 1, 1, 1},
                          scsi::Field{"MOUNTED", &Self::mounted, 1, 0, 1},
                          scsi::Field{"DT DEVICE ACTIVITY", &Self::activity, 2, 7, 8},
                          scsi::Field{"TAFC", &Self::tape_alert_changed, 3, 0, 1}};
    }
};

// Device activity (scsi-tape sheet 1.19, page 11h).
std::uint8_t activity_of(Activity activity) {
    switch (activity) {
        case Activity::AtRest:
            return 0;
        case Activity::Reading:
            return 5;
        case Activity::Writing:
            return 6;
        case Activity::Locating:
        case Activity::Spacing:
            return 7;
        case Activity::Rewinding:
            return 8;
        case Activity::Erasing:
            return 9;
        case Activity::Formatting:
            return 0x0A;
    }
    return 0;
}

bool is_in_transition(DriveState state) {
    return state == DriveState::Loading || state == DriveState::Unloading ||
           state == DriveState::Cleaning || state == DriveState::SelfTest;
}

std::uint8_t activity_of(DriveState state, Activity activity) {
    switch (state) {
        case DriveState::Ready:
            return activity_of(activity);
        case DriveState::Cleaning:
            return 1;
        case DriveState::Loading:
            return 2;
        case DriveState::Unloading:
            return 3;
        case DriveState::SelfTest:
            return 0x10;
        default:
            return 0;
    }
}

}  // namespace

std::vector<LogPage> DriveDeviceServer::log_pages(scsi::NexusId reader) const {
    const DriveState state = drive_.state();
    const TapeAlerts& alerts = drive_.alerts();
    const bool is_ready = state == DriveState::Ready;

    VeryHighFrequencyData status;
    status.prevents_removal = is_removal_prevented();
    status.memory_accessible = is_ready || state == DriveState::Held;
    status.write_protected = (device_specific_parameter() & kWriteProtectedBit) != 0;
    status.cleaning_requested = alerts.is_raised(TapeAlert::CleanPeriodic);
    status.cleaning_required = alerts.is_raised(TapeAlert::CleanNow);
    status.initialized = state != DriveState::SelfTest;
    status.in_transition = is_in_transition(state);
    status.robot_may_access = state == DriveState::Empty || state == DriveState::Unloaded;
    status.medium_present = drive_.cartridge() != nullptr;
    status.medium_seated = status.medium_present && state != DriveState::Unloaded;
    status.medium_threaded = is_ready;
    status.mounted = is_ready;
    status.activity = activity_of(state, drive_.activity());
    status.tape_alert_changed = alerts.has_news_for(reader);

    const Odometer odometer = drive_.odometer();
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(odometer.powered).count();
    const std::uint64_t capacity_mib =
        is_ready ? native_capacity_mb(drive_.cartridge()->description().generation) * 1'000'000 /
                       (1024 * 1024)
                 : 0;

    auto pages = PrimaryDeviceServer::log_pages(reader);
    pages.push_back({kDataTransferStatusPage,
                     0,
                     {{0x0000, kBinaryList, scsi::encode_fields(status)},
                      number(0x0001, kPollingDelayMs, 2, kBinaryList)}});
    pages.push_back(
        {kTapeAlertResponsePage, 0, {number(0x0000, alerts.as_bits(), 8, kBinaryList)}});
    pages.push_back({kDeviceStatisticsPage,
                     0,
                     {number(0x0000, odometer.loads, 4), number(0x0001, odometer.cleanings, 4),
                      number(0x0002, static_cast<std::uint64_t>(hours), 4),
                      number(0x000C, odometer.power_cycles, 4),
                      number(0x000D, odometer.loads_since_power_on, 4),
                      number(0x0080, is_removal_prevented() ? 1 : 0, 1)}});
    pages.push_back(tape_alert_page(alerts, reader));
    // All of the tape is left: nothing has been written. Main and alternate partition.
    pages.push_back({kTapeCapacityPage,
                     0,
                     {number(0x0001, capacity_mib, 4), number(0x0002, 0, 4),
                      number(0x0003, capacity_mib, 4), number(0x0004, 0, 4)}});
    return pages;
}

void DriveDeviceServer::log_page_read(scsi::NexusId reader, std::uint8_t page) {
    if (page == kTapeAlertPage) drive_.alerts().shown_all_to(reader);
}

void DriveDeviceServer::log_pages_reset() {
    drive_.alerts().clear_all();
}

}  // namespace nearline::drives
