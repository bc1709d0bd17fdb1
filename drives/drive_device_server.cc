#include "drives/drive_device_server.h"

#include <utility>

#include "base/bytes.h"
#include "drives/medium_codes.h"

namespace nearline::drives {
namespace {

using base::ByteWriter;
using scsi::Bytes;
using scsi::BytesView;
using scsi::LogPage;
using scsi::LogParameter;
using scsi::Task;

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

constexpr std::uint8_t kMediumConfigurationPage = 0x1D;

constexpr std::uint8_t kWriteProtected = 0x80;  // of the device-specific parameter
constexpr std::uint8_t kBufferedMode = 0x10;

constexpr std::uint8_t kDefaultDensity = 0x00;  // in MODE SELECT: what the medium has
constexpr std::uint8_t kSameDensity = 0x7F;

// 2/30/03 and 3/30/00 have no user outside drives (scsi-tape sheet 2.1).
constexpr Sense kCleaningCartridgeInstalled{scsi::SenseKey::NotReady, 0x30, 0x03};
constexpr Sense kIncompatibleMedium{scsi::SenseKey::MediumError, 0x30, 0x00};

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
std::uint8_t activity_of(DriveState state) {
    switch (state) {
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

bool is_in_motion(DriveState state) {
    return state == DriveState::Loading || state == DriveState::Unloading ||
           state == DriveState::Cleaning || state == DriveState::SelfTest;
}

}  // namespace

DriveDeviceServer::DriveDeviceServer(DriveControl& drive)
    : PrimaryDeviceServer(drive.profile().unit), drive_(drive) {}

std::span<const scsi::CommandDescriptor> DriveDeviceServer::commands() const {
    using Commands = scsi::Concatenate<scsi::PrimaryCommands, StreamCommands>::type;
    return scsi::CommandTable<DriveDeviceServer, Commands>::rows;
}

std::optional<Sense> DriveDeviceServer::not_ready() const {
    switch (drive_.state()) {
        case DriveState::Ready:
            return std::nullopt;
        case DriveState::Empty:
            return scsi::kMediumNotPresent;
        case DriveState::SelfTest:
        case DriveState::Loading:
            return scsi::kBecomingReady;
        case DriveState::Unloading:
            return scsi::kCauseNotReportable;
        case DriveState::Unloaded:
            return drive_.profile().unloaded;
        case DriveState::Held:
            return drive_.profile().held;
        case DriveState::FailedToLoad:
            return kIncompatibleMedium;
        case DriveState::Cleaning:
            return kCleaningCartridgeInstalled;
        case DriveState::PoweredOff:
            break;
    }
    return scsi::kLogicalUnitNotSupported;
}

void DriveDeviceServer::power_lost() {
    task_set().abort([](const Task&) { return true; });
}

// SSC-4 6.5: granularity, the longest and the shortest block.
void DriveDeviceServer::on(const ReadBlockLimits&, Task& task) {
    Bytes limits;
    ByteWriter(limits).u8(0).u24(drive_.profile().maximum_block_length).u16(1);
    task.respond(limits, limits.size());
    task.good();
}

void DriveDeviceServer::on(const LoadUnload& command, Task& task) {
    if (command.eot) {
        const auto at = scsi::position_of<LoadUnload>("EOT");
        return task.refuse(scsi::kInvalidFieldInCdb.at_byte(at.byte, at.bit));
    }
    const auto why_not = command.load ? why_not_load(command) : why_not_unload(command);
    if (why_not) return task.refuse(*why_not);
    const DriveControl::Done done = answer(task, command.immed);
    if (command.load) {
        drive_.load(command.hold ? LoadTo::Hold : LoadTo::Tape, done);
    } else {
        drive_.unload(command.hold ? UnloadTo::Hold : UnloadTo::Mouth, done);
    }
    if (command.immed) task.good();
}

std::optional<Sense> DriveDeviceServer::why_not_load(const LoadUnload&) const {
    if (is_in_motion(drive_.state()) || drive_.state() == DriveState::Empty) return not_ready();
    if (drive_.is_claimed()) return scsi::kCauseNotReportable;
    return std::nullopt;
}

std::optional<Sense> DriveDeviceServer::why_not_unload(const LoadUnload& command) {
    if (is_in_motion(drive_.state()) || drive_.state() == DriveState::Empty) return not_ready();
    if (!command.hold && is_removal_prevented()) {
        drive_.alerts().raise(TapeAlert::NoRemoval);
        return scsi::kMediumRemovalPrevented;
    }
    return std::nullopt;
}

DriveControl::Done DriveDeviceServer::answer(Task& task, bool is_immediate) {
    if (is_immediate) return [](const Result<void, Sense>&) {};
    return [this, &task](const Result<void, Sense>& result) {
        if (result) {
            task.good();
        } else {
            task.refuse(not_ready().value_or(result.error()));  // the drive's own words first
        }
    };
}

bool DriveDeviceServer::is_worm_loaded() const {
    return drive_.state() == DriveState::Ready &&
           drive_.cartridge()->description().type == media::CartridgeType::Worm;
}

std::uint8_t DriveDeviceServer::medium_type() const {
    if (drive_.state() != DriveState::Ready) return 0;
    const auto& medium = drive_.cartridge()->description();
    return drives::medium_type(drive_.profile().medium_types, medium.generation, medium.type);
}

std::uint8_t DriveDeviceServer::device_specific_parameter() const {
    if (drive_.state() != DriveState::Ready) return kBufferedMode;
    const auto& medium = drive_.cartridge()->description();
    const bool is_protected =
        medium.is_write_protected || !drive_.profile().writes.contains(medium.generation);
    return is_protected ? std::uint8_t{kBufferedMode | kWriteProtected} : kBufferedMode;
}

// SSC-4 8.3.2: density, number of blocks (all), length of blocks.
Bytes DriveDeviceServer::block_descriptor() const {
    const bool is_ready = drive_.state() == DriveState::Ready;
    Bytes descriptor;
    ByteWriter(descriptor)
        .u8(is_ready ? density_code(drive_.cartridge()->description().generation) : 0)
        .u24(0)
        .u8(0)
        .u24(block_length_);
    return descriptor;
}

std::optional<Sense> DriveDeviceServer::select_block_descriptor(BytesView descriptor) {
    base::ByteReader in(descriptor);
    const std::uint8_t density = in.u8();
    in.skip(4);  // number of blocks, reserved: all blocks alike, whatever is said
    const std::uint32_t block_length = in.u24();
    if (!in.ok()) return scsi::kParameterListLengthError;
    const bool is_ready = drive_.state() == DriveState::Ready;
    const bool is_own =
        is_ready && density == density_code(drive_.cartridge()->description().generation);
    if (density != kDefaultDensity && density != kSameDensity && !is_own) {
        return scsi::kInvalidFieldInParameterList;
    }
    if (block_length > drive_.profile().maximum_block_length) {
        return scsi::kInvalidFieldInParameterList;
    }
    block_length_ = block_length;
    return std::nullopt;
}

std::vector<scsi::ModePage> DriveDeviceServer::mode_pages() const {
    auto pages = PrimaryDeviceServer::mode_pages();
    for (scsi::ModePage& page : pages) {
        if (page.code == kMediumConfigurationPage && !page.values.empty()) {
            page.values.front() = is_worm_loaded() ? 0x01 : 0x00;  // WORMM
        }
    }
    return pages;
}

std::vector<LogPage> DriveDeviceServer::log_pages(scsi::NexusId reader) const {
    const DriveState state = drive_.state();
    const TapeAlerts& alerts = drive_.alerts();
    const bool is_ready = state == DriveState::Ready;

    VeryHighFrequencyData status;
    status.prevents_removal = is_removal_prevented();
    status.memory_accessible = is_ready || state == DriveState::Held;
    status.write_protected = (device_specific_parameter() & kWriteProtected) != 0;
    status.cleaning_requested = alerts.is_raised(TapeAlert::CleanPeriodic);
    status.cleaning_required = alerts.is_raised(TapeAlert::CleanNow);
    status.initialized = state != DriveState::SelfTest;
    status.in_transition = is_in_motion(state);
    status.robot_may_access = state == DriveState::Empty || state == DriveState::Unloaded;
    status.medium_present = drive_.cartridge() != nullptr;
    status.medium_seated = status.medium_present && state != DriveState::Unloaded;
    status.medium_threaded = is_ready;
    status.mounted = is_ready;
    status.activity = activity_of(state);
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

void DriveDeviceServer::nexus_closed(scsi::NexusId nexus) {
    PrimaryDeviceServer::nexus_closed(nexus);
    drive_.alerts().forget(nexus);
}

void DriveDeviceServer::was_reset() {
    PrimaryDeviceServer::was_reset();
    block_length_ = 0;
}

}  // namespace nearline::drives
