#include "drives/drive_device_server.h"

#include <utility>

#include "base/bytes.h"
#include "drives/medium_codes.h"
#include "drives/tape_sense.h"

namespace nearline::drives {
namespace {

using base::ByteWriter;
using scsi::Bytes;
using scsi::BytesView;
using scsi::Task;

constexpr std::uint8_t kBufferedMode = 0x10;

constexpr std::uint8_t kDefaultDensity = 0x00;  // in MODE SELECT: what the medium has
constexpr std::uint8_t kSameDensity = 0x7F;

// 2/30/03 and 3/30/00 have no user outside drives (scsi-tape sheet 2.1).
constexpr Sense kCleaningCartridgeInstalled{scsi::SenseKey::NotReady, 0x30, 0x03};

// What REQUEST SENSE says of a motion that goes on after its command (scsi-tape sheet 1.4).
Sense in_progress(Activity activity) {
    switch (activity) {
        case Activity::Erasing:
            return kEraseInProgress;
        case Activity::Locating:
            return kLocateInProgress;
        case Activity::Rewinding:
            return kRewindInProgress;
        default:
            return kMotionInProgress;
    }
}

}  // namespace

DriveDeviceServer::DriveDeviceServer(DriveControl& drive)
    : MaintenanceServer(drive.profile().unit), drive_(drive) {
    drive_.alerts().tell([this] { flag_raised(); });
}

std::span<const scsi::CommandDescriptor> DriveDeviceServer::commands() const {
    using Commands =
        scsi::Concatenate<scsi::PrimaryCommands, scsi::MaintenanceCommands, StreamCommands>::type;
    return scsi::CommandTable<DriveDeviceServer, Commands>::rows;
}

std::optional<Sense> DriveDeviceServer::not_ready() const {
    switch (drive_.state()) {
        case DriveState::Ready:
            if (!is_moving_unasked_) return std::nullopt;
            return (drive_.activity() == Activity::Formatting ? kFormatInProgress
                                                              : scsi::kOperationInProgress)
                .with_progress(drive_.motion_progress());
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
            return drive_.load_failure();
        case DriveState::Cleaning:
            return kCleaningCartridgeInstalled;
        case DriveState::PoweredOff:
            break;
    }
    return scsi::kLogicalUnitNotSupported;
}

Sense DriveDeviceServer::polled_sense() const {
    if (drive_.state() == DriveState::Ready && is_moving_unasked_) {
        return in_progress(drive_.activity()).with_progress(drive_.motion_progress());
    }
    const Sense sense = MaintenanceServer::polled_sense();
    const bool has_nothing = sense.is(scsi::kNoSense) && tells_exceptions_on_request();
    return has_nothing ? kFailurePredictedOnRequest : sense;
}

void DriveDeviceServer::power_lost() {
    task_set().abort([](const Task&) { return true; });
    queue_.drop_all();
    is_moving_unasked_ = false;
    deferred_.reset();
    keys_.clear();
}

void DriveDeviceServer::defer(const Sense& failure) {
    deferred_ = failure;
    deferred_->is_deferred = true;
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
    return is_protected ? std::uint8_t{kBufferedMode | kWriteProtectedBit} : kBufferedMode;
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

void DriveDeviceServer::nexus_closed(scsi::NexusId nexus) {
    MaintenanceServer::nexus_closed(nexus);
    drive_.alerts().forget(nexus);
    keys_.forget(nexus);
    exceptions_.erase(nexus);
}

void DriveDeviceServer::was_reset() {
    MaintenanceServer::was_reset();
    block_length_ = 0;
    keys_.clear();
    exceptions_.clear();
    wanted_partition_.reset();
    wanted_layout_.clear();
    may_overwrite_.reset();
    may_format_ = false;
    apply_modes();
}

}  // namespace nearline::drives
