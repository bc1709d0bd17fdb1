// The mode pages of a drive that are more than values: what they show of the tape, what MODE SELECT
// may make of them, and what follows.
#include <algorithm>
#include <utility>

#include "drives/partitions.h"
#include "drives/server_tape.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using scsi::Bytes;
using scsi::ModePage;
using scsi::ModePageKey;

constexpr ModePageKey kDataProtectionPage{0x0A, 0xF0};
constexpr ModePageKey kCompressionPage{0x0F, 0};
constexpr ModePageKey kConfigurationPage{0x10, 0};
constexpr ModePageKey kExtensionPage{0x10, 0x01};
constexpr ModePageKey kPartitionPage{0x11, 0};
constexpr ModePageKey kMediumConfigurationPage{0x1D, 0};

// Places in the values, which begin behind the header of two bytes, or of four with a subpage.
constexpr std::uint16_t kMethod = 0;               // 0Ah/F0h
constexpr std::uint16_t kInformationLength = 1;    //
constexpr std::uint16_t kProtectionSwitches = 2;   //
constexpr std::uint16_t kCompressionSwitches = 0;  // 0Fh
constexpr std::uint16_t kChangePartition = 0;      // 10h
constexpr std::uint16_t kActivePartition = 1;      //
constexpr std::uint16_t kSelectedAlgorithm = 12;   //
constexpr std::uint16_t kWriteMode = 1;            // 10h/01h: and short erase mode
constexpr std::uint16_t kProgrammableWarning = 2;  // two bytes
constexpr std::uint16_t kMaximumPartitions = 0;    // 11h

constexpr std::uint8_t kDataCompressionEnabled = 0x80;  // DCE
constexpr std::uint8_t kChangesPartition = 0x40;        // CAP
constexpr std::uint8_t kProtectsWrites = 0x80;          // LBP_W
constexpr std::uint8_t kProtectsReads = 0x40;           // LBP_R
constexpr std::uint8_t kWriteModeBits = 0xF0;
constexpr std::uint8_t kAppendOnlyMode = 0x10;
constexpr std::uint8_t kShortEraseBits = 0x0F;
constexpr std::uint8_t kShortEraseIsNothing = 1;
constexpr std::uint8_t kShortEraseRecords = 2;  // an end of data
constexpr std::uint8_t kWorm = 0x01;            // WORMM
constexpr std::uint64_t kMegabyte = 1'000'000;

std::uint8_t at(const Bytes& values, std::size_t place) {
    return place < values.size() ? values[place] : std::uint8_t{0};
}

Sense invalid_value(std::uint16_t place, std::uint8_t bit = 7) {
    return scsi::kInvalidFieldInParameterList.at_parameter_byte(place, bit);
}

ProtectionMethod method_of(const Bytes& values, std::uint8_t direction) {
    const bool is_on = (at(values, kProtectionSwitches) & direction) != 0;
    return is_on ? static_cast<ProtectionMethod>(at(values, kMethod)) : ProtectionMethod::None;
}

}  // namespace

std::vector<ModePage> DriveDeviceServer::mode_pages() const {
    auto pages = PrimaryDeviceServer::mode_pages();
    for (ModePage& page : pages) live_values(page);
    return pages;
}

void DriveDeviceServer::live_values(ModePage& page) const {
    const ModePageKey key = scsi::key_of(page);
    const bool is_ready = drive_.state() == DriveState::Ready;
    if (key == kMediumConfigurationPage && !page.values.empty()) {
        if (is_worm_loaded()) {
            page.values.front() = kWorm;
        } else {
            std::fill(page.values.begin(), page.values.end(), std::uint8_t{0});
        }
    }
    if (key != kPartitionPage) return;
    if (!wanted_layout_.empty()) {
        page.values = wanted_layout_;
    } else if (is_ready) {
        const auto& cartridge = drive_.cartridge()->description();
        const media::Format& format = *media::format_of(cartridge.generation);
        page.values = layout_values(page.values, drive_.tape().medium(), format,
                                    nominal_capacity(cartridge, format));
    }
    page.changeable.assign(page.values.size(), 0xFF);
}

// What is selected once and then is not so any more, and where the tape is, whatever was selected.
void DriveDeviceServer::show(ModePage& page) const {
    if (scsi::key_of(page) == kExceptionsPage) show_exceptions(page);
    if (scsi::key_of(page) != kConfigurationPage || page.values.size() <= kActivePartition) return;
    page.values[kChangePartition] &= static_cast<std::uint8_t>(~kChangesPartition);
    const bool is_ready = drive_.state() == DriveState::Ready;
    page.values[kActivePartition] = is_ready ? drive_.tape().position().partition : 0;
}

// Page 11h of a tape and the partition of page 10h are no defaults.
Bytes DriveDeviceServer::default_values(const ModePage& page) const {
    Bytes values = MaintenanceServer::default_values(page);
    if (scsi::key_of(page) == kConfigurationPage && values.size() > kActivePartition) {
        values[kActivePartition] = 0;
    }
    if (scsi::key_of(page) != kPartitionPage) return values;
    for (const ModePage& own : profile().mode_pages) {
        if (scsi::key_of(own) == kPartitionPage) values = own.values;
    }
    return values;
}

bool DriveDeviceServer::keeps_mode_page(const ModePageKey& key) const {
    return key == kPartitionPage;
}

std::optional<Sense> DriveDeviceServer::why_not_change(const ModePage& page) const {
    const ModePageKey key = scsi::key_of(page);
    if (key == kDataProtectionPage) return why_not_protect(page);
    if (key == kExtensionPage) return why_not_configure(page);
    if (key == kPartitionPage) return why_not_partition(page);
    if (key == kConfigurationPage) return why_not_change_partition(page);
    if (key == kExceptionsPage) return why_not_except(page);
    return std::nullopt;
}

// The method has been held against what is changeable; both it and its length, or neither.
std::optional<Sense> DriveDeviceServer::why_not_protect(const ModePage& page) const {
    const bool has_method = at(page.values, kMethod) != 0;
    if (at(page.values, kMethod) > static_cast<std::uint8_t>(ProtectionMethod::Crc32c)) {
        return invalid_value(kMethod);
    }
    if (has_method && at(page.values, kInformationLength) != kProtectionLength) {
        return invalid_value(kInformationLength, 5);
    }
    const bool has_switch =
        (at(page.values, kProtectionSwitches) & (kProtectsWrites | kProtectsReads)) != 0;
    if (!has_method && has_switch) return invalid_value(kMethod);
    return std::nullopt;
}

// Once a tape is to be added to only, it stays so until it is unloaded (scsi-tape sheet 4.3).
std::optional<Sense> DriveDeviceServer::why_not_configure(const ModePage& page) const {
    const std::uint8_t modes = at(page.values, kWriteMode);
    const bool wants_append_only = (modes & kWriteModeBits) == kAppendOnlyMode;
    const bool wants_overwrite = (modes & kWriteModeBits) == 0;
    if (!wants_append_only && !wants_overwrite) return invalid_value(kWriteMode);
    if (wants_overwrite && is_append_only() && drive_.state() == DriveState::Ready) {
        return invalid_value(kWriteMode);
    }
    if ((modes & kShortEraseBits) > kShortEraseRecords) return invalid_value(kWriteMode, 3);
    return std::nullopt;
}

std::optional<Sense> DriveDeviceServer::why_not_partition(const ModePage& page) const {
    unsigned most = 0;
    for (const ModePage& own : profile().mode_pages) {
        if (scsi::key_of(own) == kPartitionPage) most = at(own.values, kMaximumPartitions);
    }
    const auto layout = layout_of(page.values, most);
    if (!layout) return layout.error();
    const bool is_judged = drive_.state() == DriveState::Ready &&
                           layout->division != PartitionLayout::Division::Unchanged;
    if (!is_judged) return std::nullopt;
    const auto& cartridge = drive_.cartridge()->description();
    const media::Format& format = *media::format_of(cartridge.generation);
    const auto sizes = partition_sizes(*layout, format, nominal_capacity(cartridge, format));
    if (!sizes) return sizes.error();
    return std::nullopt;
}

std::optional<Sense> DriveDeviceServer::why_not_change_partition(const ModePage& page) const {
    if ((at(page.values, kChangePartition) & kChangesPartition) == 0) return std::nullopt;
    if (const auto reason = not_ready()) return reason;
    const bool is_there =
        at(page.values, kActivePartition) < drive_.tape().medium().partition_count();
    if (!is_there) return invalid_value(kActivePartition);
    return std::nullopt;
}

// CAP of page 10h: the tape goes to the beginning of the partition, and MODE SELECT has waited.
void DriveDeviceServer::mode_selected(scsi::Task& task) {
    if (!wanted_partition_) return task.good();
    use_tape(task, [this, partition = *std::exchange(wanted_partition_, {})](Tape& tape) {
        if (partition >= tape.medium().partition_count()) {  // formatted meanwhile
            return queue_.finish(check_condition(scsi::kInvalidFieldInParameterList));
        }
        if (partition == tape.position().partition) return queue_.finish({});
        move(tape, Activity::Locating, Answer::WhenDone, [partition](Tape& moved) {
            return moved.locate({partition, 0});
        });
    });
}

void DriveDeviceServer::mode_page_changed(const ModePage& page) {
    const ModePageKey key = scsi::key_of(page);
    if (key == kPartitionPage) wanted_layout_ = page.values;
    if (key == kExceptionsPage) try_exception(page);
    const bool changes_partition = (at(page.values, kChangePartition) & kChangesPartition) != 0;
    if (key == kConfigurationPage && changes_partition) {
        wanted_partition_ = at(page.values, kActivePartition);
    }
    apply_modes();
}

// What a medium that keeps no data gives back could not be decompressed.
void DriveDeviceServer::apply_modes() {
    const bool is_ready = drive_.state() == DriveState::Ready;
    const bool is_discarding = is_ready && drive_.tape().medium().is_discarding();
    const bool compresses = is_compressing() && !is_discarding;
    compressing_.compress_with(compresses ? media::Compression::Lz4 : media::Compression::None);
    const Bytes protection =
        mode_page_values(kDataProtectionPage.first, kDataProtectionPage.second).value_or(Bytes{});
    codec_.protect(method_of(protection, kProtectsWrites), method_of(protection, kProtectsReads));
    const auto extension = mode_page_values(kExtensionPage.first, kExtensionPage.second);
    if (!is_ready || !extension || extension->size() < kProgrammableWarning + 2) return;
    drive_.tape().set_programmable_zone(base::load_big_endian(*extension, kProgrammableWarning, 2) *
                                        kMegabyte);
}

// DCE, unless page 10h selects no algorithm.
bool DriveDeviceServer::is_compressing() const {
    const auto compression = mode_page_values(kCompressionPage.first);
    const auto configuration = mode_page_values(kConfigurationPage.first);
    if (!compression) return false;
    if (configuration && at(*configuration, kSelectedAlgorithm) == 0) return false;
    return (at(*compression, kCompressionSwitches) & kDataCompressionEnabled) != 0;
}

bool DriveDeviceServer::is_append_only() const {
    const auto extension = mode_page_values(kExtensionPage.first, kExtensionPage.second);
    return extension && (at(*extension, kWriteMode) & kWriteModeBits) == kAppendOnlyMode;
}

bool DriveDeviceServer::erases_short() const {
    const auto extension = mode_page_values(kExtensionPage.first, kExtensionPage.second);
    return !extension || (at(*extension, kWriteMode) & kShortEraseBits) != kShortEraseIsNothing;
}

void DriveDeviceServer::tape_loaded() {
    apply_modes();
}

void DriveDeviceServer::tape_unloaded() {
    wanted_layout_.clear();
    wrap_ends_.clear();
    access_order_.reset();
    may_overwrite_.reset();
    may_format_ = false;
    if (!is_append_only()) return;
    ModePage extension{kExtensionPage.first, kExtensionPage.second, false, {}, {}};
    extension.values = *mode_page_values(extension.code, extension.subpage);
    extension.values[kWriteMode] &= kShortEraseBits;
    change(extension);
}

}  // namespace nearline::drives
