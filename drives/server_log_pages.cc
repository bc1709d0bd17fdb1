// LOG SENSE and LOG SELECT of a drive: gathers the facts its pages are made of.
#include "drives/drive_device_server.h"
#include "drives/log_pages.h"
#include "drives/medium_codes.h"

namespace nearline::drives {
namespace {

constexpr std::uint8_t kDataCompressionPage = 0x0F;
constexpr std::uint8_t kCompressionEnabled = 0x80;  // DCE, the first of its values

constexpr std::size_t kDiagnosticsKept = 32;

}  // namespace

std::vector<scsi::LogPage> DriveDeviceServer::log_pages(scsi::NexusId reader) const {
    const auto compression = mode_page_values(kDataCompressionPage);
    const bool is_compressing =
        !compression || compression->empty() || (compression->front() & kCompressionEnabled) != 0;
    const bool is_ready = drive_.state() == DriveState::Ready;
    const Odometer odometer = drive_.odometer();
    LogFacts facts{.profile = drive_.profile(),
                   .odometer = odometer,
                   .statistics = drive_.statistics(),
                   .alerts = drive_.alerts(),
                   .reader = reader,
                   .now = drive_.now(),
                   .state = drive_.state(),
                   .activity = drive_.activity(),
                   .tape = is_ready ? &drive_.tape() : nullptr,
                   .memory = {},
                   .cartridge = drive_.cartridge(),
                   .is_removal_prevented = is_removal_prevented(),
                   .is_write_protected = (device_specific_parameter() & kWriteProtectedBit) != 0,
                   .is_compressing = is_compressing,
                   .diagnostics = diagnostics_};
    if (is_ready) facts.memory.emplace(drive_.memory_facts());
    auto pages = PrimaryDeviceServer::log_pages(reader);
    for (scsi::LogPage& page : drive_log_pages(facts)) pages.push_back(std::move(page));
    return pages;
}

void DriveDeviceServer::log_page_read(scsi::NexusId reader, std::uint8_t page) {
    if (page != kTapeAlertPage) return;
    drive_.alerts().shown_all_to(reader);
    exceptions_.erase(reader);  // it has heard
}

// What belongs to the life of the drive or the volume is no counter to be cleared.
void DriveDeviceServer::log_pages_reset(std::uint8_t page) {
    if (page == 0 || page == kTapeAlertPage) drive_.alerts().clear_all();
    for (const std::uint8_t each : TapeStatistics::kClearable) {
        if (page == 0 || page == each) drive_.statistics().clear_page(each);
    }
}

void DriveDeviceServer::note_diagnostic(const Sense& sense) {
    const Odometer odometer = drive_.odometer();
    const media::CartridgeDescription& cartridge = drive_.cartridge()->description();
    DiagnosticEntry entry;
    entry.sense = sense;
    if (const scsi::Task* task = queue_.running()) entry.opcode = task->cdb().opcode();
    entry.medium = {density_code(cartridge.generation), medium_type()};
    entry.medium_serial = medium_serial(cartridge);
    entry.motion = odometer.motion;
    entry.motion_since_clean = odometer.cleanings > 0
                                   ? odometer.motion - odometer.motion_at_cleaning.front()
                                   : odometer.motion;
    entry.at = drive_.now();
    if (!diagnostics_.empty()) {
        const DiagnosticEntry& last = diagnostics_.front();
        entry.is_repeated = last.sense.is(sense) && last.opcode == entry.opcode &&
                            last.medium_serial == entry.medium_serial;
        if (entry.is_repeated) diagnostics_.pop_front();
    }
    diagnostics_.push_front(std::move(entry));
    if (diagnostics_.size() > kDiagnosticsKept) diagnostics_.pop_back();
}

}  // namespace nearline::drives
