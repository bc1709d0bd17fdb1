#include "drives/log_pages.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "media/format.h"

namespace nearline::drives {
namespace {

using base::Bytes;
using base::ByteWriter;
using scsi::LogPage;
using scsi::LogParameter;

// Control bytes of log parameters as captured (scsi-tape sheet 1.19).
constexpr std::uint8_t kCounter = 0x40;
constexpr std::uint8_t kText = 0x41;
constexpr std::uint8_t kBinaryList = 0x43;
constexpr std::uint8_t kUpdatesDisabled = 0xC0;

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
constexpr std::uint64_t kUnknown = 0xFFFFFFFF;  // in four bytes

constexpr std::uint64_t kPollingDelayMs = 500;  // how often a library asks, as captured

// Counters stay at their largest value (SPC-4 7.3.2.2).
LogParameter number(std::uint16_t code, std::uint64_t value, std::size_t width,
                    std::uint8_t control = kCounter) {
    constexpr std::size_t kWidest = 8;
    const std::uint64_t largest =
        width < kWidest ? (std::uint64_t{1} << width * 8) - 1 : UINT64_MAX;
    LogParameter parameter{code, control, Bytes(width)};
    base::store_big_endian(parameter.value, 0, width, std::min(value, largest));
    return parameter;
}

LogParameter text(std::uint16_t code, std::string_view value, std::size_t width) {
    LogParameter parameter{code, kText, {}};
    ByteWriter(parameter.value).padded_text(value, width);
    return parameter;
}

std::uint64_t hours(sim::Duration time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::hours>(time).count());
}

std::uint64_t milliseconds(sim::Duration time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

// SSC-4 8.3.2 and 8.3.3: nothing is ever corrected in the model.
LogPage error_counters(std::uint8_t page, std::uint64_t host_bytes, std::uint64_t uncorrected) {
    constexpr std::uint64_t kKibibyte = 1024;
    LogPage counters{page, 0, {}};
    for (std::uint16_t code = 0; code <= 4; ++code)
        counters.parameters.push_back(number(code, 0, 4));
    counters.parameters.push_back(number(0x0005, host_bytes / kKibibyte, 6));
    counters.parameters.push_back(number(0x0006, uncorrected, 4));
    counters.parameters.push_back(number(0x8000, 0, 8));
    return counters;
}

LogPage write_errors(const LogFacts& facts) {
    const DataCount count = facts.statistics.counted_for(0x02);
    LogPage page = error_counters(0x02, count.from_host, count.unrecovered_writes);
    page.parameters.push_back(number(0x8001, 0, 4));
    return page;
}

LogPage read_errors(const LogFacts& facts) {
    const DataCount count = facts.statistics.counted_for(0x03);
    return error_counters(0x03, count.to_host, count.unrecovered_reads);
}

LogPage non_medium_errors(const LogFacts& facts) {
    return {0x06, 0, {number(0x0000, facts.statistics.counted_for(0x06).non_medium_errors, 4)}};
}

// Bytes of all partitions.
std::uint64_t capacity_of(const media::Medium& medium) {
    std::uint64_t capacity = 0;
    for (std::uint8_t each = 0; each < medium.partition_count(); ++each) {
        capacity += medium.partition_size(each);
    }
    return capacity;
}

std::uint64_t used_of(const media::Medium& medium, std::uint8_t partition) {
    return medium.stored_before({partition, medium.end_of_data(partition)});
}

std::uint64_t used_of(const media::Medium& medium) {
    std::uint64_t used = 0;
    for (std::uint8_t each = 0; each < medium.partition_count(); ++each) {
        used += used_of(medium, each);
    }
    return used;
}

std::uint64_t remaining_of(const media::Medium& medium, std::uint8_t partition) {
    const std::uint64_t size = medium.partition_size(partition);
    return size - std::min(size, used_of(medium, partition));
}

std::uint64_t megabytes_passed(const LogFacts& facts) {
    const DataCount& life = facts.statistics.of_life;
    return (life.to_tape + life.from_tape) / kMegabyte;
}

bool needs_cleaning(const LogFacts& facts) {
    return facts.alerts.is_raised(TapeAlert::CleanNow) ||
           facts.alerts.is_raised(TapeAlert::CleanPeriodic);
}

// SSC-4 8.3.4; the vendor's parameters as captured.
LogPage sequential_access_device(const LogFacts& facts) {
    const DataCount& load = facts.statistics.of_load;
    std::uint64_t to_end_of_data = kUnknown;
    std::uint64_t to_warning = kUnknown;
    std::uint64_t end_zone = kUnknown;
    if (facts.tape != nullptr) {
        const media::Medium& medium = facts.tape->medium();
        const std::uint8_t partition = facts.tape->position().partition;
        to_end_of_data = used_of(medium, partition) / kMegabyte;
        to_warning = medium.partition_size(partition) / kMegabyte;
        end_zone = facts.tape->end_zone() / kMegabyte;
    }
    const auto& odometer = facts.odometer;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(odometer.powered).count();
    return {0x0C,
            0,
            {number(0x0000, load.from_host, 8), number(0x0001, load.to_tape, 8),
             number(0x0002, load.from_tape, 8), number(0x0003, load.to_host, 8),
             number(0x0004, to_end_of_data, 4), number(0x0005, to_warning, 4),
             number(0x0006, end_zone, 4), number(0x0007, kUnknown, 4),
             number(0x0008, facts.profile.streaming.buffer / kMegabyte, 4),
             number(0x0100, needs_cleaning(facts) ? 1 : 0, 8),
             number(0x8000, megabytes_passed(facts) - odometer.megabytes_cleaned, 4),
             number(0x8001, odometer.loads, 4), number(0x8002, odometer.cleanings, 4),
             number(0x8003, static_cast<std::uint64_t>(seconds), 4)}};
}

// The very high frequency data of log page 11h (ADC-3 6.2.2).
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

bool is_in_transition(DriveState state) {
    return state == DriveState::Loading || state == DriveState::Unloading ||
           state == DriveState::Cleaning || state == DriveState::SelfTest;
}

LogPage data_transfer_status(const LogFacts& facts) {
    const DriveState state = facts.state;
    const bool is_ready = state == DriveState::Ready;
    VeryHighFrequencyData status;
    status.prevents_removal = facts.is_removal_prevented;
    status.memory_accessible = is_ready || state == DriveState::Held;
    status.compression = facts.is_compressing;
    status.write_protected = facts.is_write_protected;
    status.cleaning_requested = facts.alerts.is_raised(TapeAlert::CleanPeriodic);
    status.cleaning_required = facts.alerts.is_raised(TapeAlert::CleanNow);
    status.initialized = state != DriveState::SelfTest;
    status.in_transition = is_in_transition(state);
    status.robot_may_access = state == DriveState::Empty || state == DriveState::Unloaded;
    status.medium_present = facts.cartridge != nullptr;
    status.medium_seated = status.medium_present && state != DriveState::Unloaded;
    status.medium_threaded = is_ready;
    status.mounted = is_ready;
    status.activity = activity_of(state, facts.activity);
    status.tape_alert_changed = facts.alerts.has_news_for(facts.reader);
    constexpr std::size_t kBarcodeWidth = 8;
    const std::string label = facts.cartridge == nullptr ? "" : facts.cartridge->label();
    return {0x11,
            0,
            {{0x0000, kBinaryList, scsi::encode_fields(status)},
             number(0x0001, kPollingDelayMs, 2, kBinaryList),
             text(0x8000, label, kBarcodeWidth)}};
}

LogPage tape_alert_response(const LogFacts& facts) {
    return {0x12, 0, {number(0x0000, facts.alerts.as_bits(), 8, kBinaryList)}};
}

// SSC-4 8.3.6: what may help when the drive can do nothing with what is inside.
LogPage requested_recovery(const LogFacts& facts) {
    constexpr std::uint8_t kNone = 0x00;
    constexpr std::uint8_t kUnloadAndInsertAgain = 0x04;
    const bool is_stuck = facts.state == DriveState::FailedToLoad;
    return {0x13, 0, {{0x0000, kBinaryList, {is_stuck ? kUnloadAndInsertAgain : kNone}}}};
}

std::uint64_t percent_of_duty(const LogFacts& facts, sim::Duration part) {
    const std::uint64_t whole = milliseconds(facts.odometer.duty.powered);
    return whole == 0 ? 0 : milliseconds(part) * 100 / whole;
}

// Rows of reserved(2), density, type, hours(4).
LogParameter hours_by_medium(const Odometer& odometer) {
    LogParameter parameter{0x1000, kBinaryList, {}};
    ByteWriter out(parameter.value);
    for (const auto& [medium, time] : odometer.motion_by_medium) {
        out.zeros(2).u8(medium.density).u8(medium.type).u32(hours(time));
    }
    return parameter;
}

// SSC-4 8.3.7. Widths of the duty cycle and the serial numbers are Assumed; SSC-4 has them so.
LogPage device_statistics(const LogFacts& facts) {
    const Odometer& odometer = facts.odometer;
    const DutyCycle& duty = odometer.duty;
    const DataCount& life = facts.statistics.of_life;
    const std::string& serial = facts.profile.unit.serial;
    const auto since = [&](std::size_t cleaning) {
        const bool has_been = cleaning < odometer.cleanings;
        return has_been ? odometer.motion - odometer.motion_at_cleaning[cleaning] : odometer.motion;
    };
    constexpr std::uint64_t kMillimetresPerMetre = 1000;
    LogPage page{0x14,
                 0,
                 {number(0x0000, odometer.loads, 4),
                  number(0x0001, odometer.cleanings, 4),
                  number(0x0002, hours(odometer.powered), 4),
                  number(0x0003, hours(odometer.motion), 4),
                  number(0x0004, odometer.millimetres / kMillimetresPerMetre, 4),
                  number(0x0005, 0, 4),
                  number(0x0006, 0, 4),
                  number(0x0007, hours(odometer.powered), 4),
                  number(0x0008, hours(since(0)), 4),
                  number(0x0009, hours(since(1)), 4),
                  number(0x000A, hours(since(2)), 4),
                  number(0x000B, 0, 4),
                  number(0x000C, odometer.power_cycles, 4),
                  number(0x000D, odometer.loads_since_power_on, 4),
                  number(0x000E, life.unrecovered_writes, 4),
                  number(0x000F, life.unrecovered_reads, 4),
                  number(0x0010, milliseconds(duty.powered), 6),
                  number(0x0011, percent_of_duty(facts, duty.reading), 1),
                  number(0x0012, percent_of_duty(facts, duty.writing), 1),
                  number(0x0013, percent_of_duty(facts, duty.moving), 1),
                  number(0x0014, percent_of_duty(facts, duty.empty), 1),
                  number(0x0015, percent_of_duty(facts, duty.ready), 1),
                  text(0x0040, serial, serial.size()),
                  text(0x0041, serial, serial.size()),
                  number(0x0080, facts.is_removal_prevented ? 1 : 0, 1),
                  number(0x0081, 0, 1)}};
    if (!odometer.motion_by_medium.empty()) page.parameters.push_back(hours_by_medium(odometer));
    return page;
}

// SSC-4 8.3.8: 72 bytes with their header.
LogParameter diagnostic(std::uint16_t code, const DiagnosticEntry& entry,
                        const std::string& revision) {
    constexpr unsigned kRepeat = 0x80;
    LogParameter parameter{code, kBinaryList, {}};
    ByteWriter out(parameter.value);
    out.zeros(2).u8(entry.medium.density).u8(entry.medium.type).u32(hours(entry.motion)).u8(0);
    out.u8((entry.is_repeated ? kRepeat : 0) | static_cast<unsigned>(entry.sense.key));
    out.u8(entry.sense.asc).u8(entry.sense.ascq).zeros(4).padded_text(revision, 4);
    out.u32(hours(entry.motion_since_clean)).u8(entry.opcode).u8(entry.service_action).zeros(2);
    out.padded_text(entry.medium_serial, 32);
    out.zeros(2).u48(milliseconds(entry.at.time_since_epoch()));  // since power on
    return parameter;
}

LogPage tape_diagnostics(const LogFacts& facts) {
    LogPage page{0x16, 0, {}};
    for (const DiagnosticEntry& entry : facts.diagnostics) {
        page.parameters.push_back(diagnostic(static_cast<std::uint16_t>(page.parameters.size()),
                                             entry, facts.profile.unit.revision));
    }
    return page;
}

// A record of eight bytes for each partition: 07 00, number, MB of it.
template <typename Measure>
LogParameter by_partition(std::uint16_t code, const LogFacts& facts, Measure megabytes) {
    LogParameter parameter{code, kBinaryList, {}};
    ByteWriter out(parameter.value);
    const std::uint8_t partitions =
        facts.memory ? facts.memory->medium.partition_count() : std::uint8_t{1};
    for (std::uint8_t each = 0; each < partitions; ++each) {
        out.u8(7).u8(0).u16(each).u32(std::min(megabytes(each), kUnknown));
    }
    return parameter;
}

// A record of ten bytes: 09 00, number, the first block; all ones: there is none.
LogParameter first_blocks(std::uint16_t code, const LogFacts& facts, std::uint64_t none) {
    LogParameter parameter{code, kBinaryList, {}};
    ByteWriter out(parameter.value);
    const std::uint8_t partitions =
        facts.memory ? facts.memory->medium.partition_count() : std::uint8_t{1};
    for (std::uint8_t each = 0; each < partitions; ++each) {
        out.u8(9).u8(0).u16(each).u48(none);
    }
    return parameter;
}

std::uint64_t ratio_percent(std::uint64_t of, std::uint64_t to) {
    constexpr std::uint64_t kHundred = 100;
    if (of == 0 || to == 0) return kHundred;
    return of < UINT64_MAX / kHundred ? of * kHundred / to : of / to * kHundred;
}

// "0909", "LTOL9G9"; an LTO-7 says "0707", "Ultrium-7" (scsi-tape sheet 1.19). Assumed: those
// before it as it, those behind it as LTO-9.
unsigned digits_of(media::Generation generation) {
    using media::Generation;
    if (!media::is_lto(generation)) return 0;
    if (generation == Generation::Lto10 || generation == Generation::Lto10P) return 10;
    return static_cast<unsigned>(media::to_text(generation).back() - '0');
}

std::string licence_of(media::Generation generation) {
    const unsigned digits = digits_of(generation);
    const std::string half = (digits < 10 ? "0" : "") + std::to_string(digits);
    return half + half;
}

std::string personality_of(media::Generation generation) {
    const std::string digits = std::to_string(digits_of(generation));
    return generation <= media::Generation::LtoM8 ? "Ultrium-" + digits
                                                  : "LTOL" + digits + "G" + digits;
}

std::uint64_t life_remaining(const MemoryFacts& memory) {
    const std::uint64_t life = load_cycles(memory.cartridge.generation);
    const std::uint64_t loads = std::min(load_count(memory), life);
    return (life - loads) * 100 / life;
}

// SSC-4 8.3.10, in the order and the sizes of an LTO-9: 192h bytes with one partition. Without a
// volume it is marked invalid, and what it says is nothing.
LogPage volume_statistics_page(const LogFacts& facts) {
    const bool is_valid = facts.memory.has_value();
    const DataCount load = is_valid ? facts.statistics.of_load : DataCount{};
    const VolumeStatistics all = is_valid ? volume_statistics(*facts.memory) : VolumeStatistics{};
    const media::CartridgeDescription nobody;
    const media::CartridgeDescription& cartridge = is_valid ? facts.memory->cartridge : nobody;
    const media::Medium* medium = is_valid ? &facts.memory->medium : nullptr;
    const auto generation = cartridge.generation;
    const auto elapsed = [&](sim::Time since) {
        return is_valid ? milliseconds(facts.now - since) : 0;
    };
    const std::uint64_t capacity_mb = is_valid ? capacity_of(*medium) / kMegabyte : 0;
    constexpr std::uint64_t kNoBlock = 0xFFFFFFFFFFFF;
    return {0x17,
            0,
            {number(0x0000, is_valid ? 1 : 0, 1),
             number(0x0001, is_valid ? load_count(*facts.memory) : 0, 4),
             number(0x0002, all.data_sets_written, 8),
             number(0x0003, 0, 4),
             number(0x0004, all.unrecovered_writes, 2),
             number(0x0005, 0, 2),
             number(0x0006, 0, 2),
             number(0x0007, all.data_sets_read, 8),
             number(0x0008, 0, 4),
             number(0x0009, all.unrecovered_reads, 2),
             number(0x000C, load.unrecovered_writes, 2),
             number(0x000D, load.unrecovered_reads, 2),
             number(0x000E, load.to_tape / kMegabyte, 4),
             number(0x000F, load.from_tape / kMegabyte, 4),
             number(0x0010, all.bytes_written / kMegabyte, 8),
             number(0x0011, all.bytes_read / kMegabyte, 8),
             number(0x0012, ratio_percent(load.from_host, load.to_tape), 2),
             number(0x0013, ratio_percent(load.to_host, load.from_tape), 2),
             number(0x0014, elapsed(facts.statistics.inserted), 6),
             number(0x0015, elapsed(facts.statistics.ready), 6),
             number(0x0016, capacity_mb, 4),
             number(0x0017, is_valid ? used_of(*medium) / kMegabyte : 0, 4),
             number(0x0018, capacity_mb, 4),
             number(0x0019, is_valid ? life_remaining(*facts.memory) : 0, 1),
             text(0x0040, is_valid ? medium_serial(cartridge) : "", 32),
             text(0x0041, "", 8),
             text(0x0042, cartridge.label, 32),
             text(0x0043, is_valid ? medium_manufacturer() : "", 8),
             text(0x0044, is_valid ? licence_of(generation) : "", 4),
             text(0x0045, is_valid ? personality_of(generation) : "", 9),
             number(0x0080, is_valid && facts.is_write_protected ? 1 : 0, 1),
             number(0x0081, cartridge.type == media::CartridgeType::Worm ? 1 : 0, 1),
             number(0x0082, 0, 1),
             number(0x0101, all.beginning_passes, 4),
             number(0x0102, all.middle_passes, 4),
             first_blocks(0x0200, facts, kNoBlock),
             first_blocks(0x0201, facts, kNoBlock),
             by_partition(0x0202, facts,
                          [&](std::uint8_t each) {
                              return is_valid ? medium->partition_size(each) / kMegabyte : 0;
                          }),
             by_partition(0x0203, facts,
                          [&](std::uint8_t each) {
                              return is_valid ? used_of(*medium, each) / kMegabyte : 0;
                          }),
             by_partition(0x0204, facts, [&](std::uint8_t each) {
                 return is_valid ? remaining_of(*medium, each) / kMegabyte : 0;
             })}};
}

// SPC-4 7.3.13: no power conditions but active, and no way out of it.
LogPage power_transitions() {
    LogPage page{0x1A, 0, {}};
    for (const int code : {0x01, 0x02, 0x03, 0x04, 0x08, 0x09}) {
        page.parameters.push_back(number(static_cast<std::uint16_t>(code), 0, 4));
    }
    return page;
}

void add_mebibytes(LogPage& page, std::uint16_t code, std::uint64_t bytes) {
    page.parameters.push_back(number(code, bytes / kMebibyte, 4));
    page.parameters.push_back(number(static_cast<std::uint16_t>(code + 1), bytes % kMebibyte, 4));
}

LogPage data_compression(std::uint8_t code, const LogFacts& facts) {
    const DataCount count = facts.statistics.counted_for(code);
    LogPage page{code,
                 0,
                 {number(0x0000, ratio_percent(count.to_host, count.from_tape), 2),
                  number(0x0001, ratio_percent(count.from_host, count.to_tape), 2)}};
    add_mebibytes(page, 0x0002, count.to_host);
    add_mebibytes(page, 0x0004, count.from_tape);
    add_mebibytes(page, 0x0006, count.from_host);
    add_mebibytes(page, 0x0008, count.to_tape);
    if (code == 0x1B) page.parameters.push_back(number(0x0100, facts.is_compressing ? 1 : 0, 1));
    return page;
}

LogPage tape_alerts(const LogFacts& facts) {
    LogPage page{kTapeAlertPage, 0, {}};
    for (std::size_t flag = 1; flag <= TapeAlerts::kCount; ++flag) {
        page.parameters.push_back(number(static_cast<std::uint16_t>(flag),
                                         facts.alerts.is_shown(facts.reader, flag) ? 1 : 0, 1,
                                         kUpdatesDisabled));
    }
    return page;
}

LogPage tape_usage(const LogFacts& facts) {
    constexpr std::uint8_t c = kUpdatesDisabled;
    const bool is_there = facts.memory.has_value();
    const VolumeStatistics all = is_there ? volume_statistics(*facts.memory) : VolumeStatistics{};
    return {0x30,
            0,
            {number(0x0001, is_there ? load_count(*facts.memory) : 0, 4, c),
             number(0x0002, all.data_sets_written, 8, c), number(0x0003, 0, 4, c),
             number(0x0004, all.unrecovered_writes, 2, c), number(0x0005, 0, 2, c),
             number(0x0006, 0, 2, c), number(0x0007, all.data_sets_read, 8, c),
             number(0x0008, 0, 4, c), number(0x0009, all.unrecovered_reads, 2, c),
             number(0x000A, 0, 2, c), number(0x000B, 0, 2, c)}};
}

// Main and alternate partition, MiB.
LogPage tape_capacity(const LogFacts& facts) {
    constexpr std::uint8_t c = kUpdatesDisabled;
    const media::Medium* medium = facts.memory ? &facts.memory->medium : nullptr;
    const auto has = [&](std::uint8_t partition) {
        return medium != nullptr && partition < medium->partition_count();
    };
    const auto remaining = [&](std::uint8_t partition) {
        return has(partition) ? remaining_of(*medium, partition) / kMebibyte : 0;
    };
    const auto maximum = [&](std::uint8_t partition) {
        return has(partition) ? medium->partition_size(partition) / kMebibyte : 0;
    };
    return {0x31,
            0,
            {number(0x0001, remaining(0), 4, c), number(0x0002, remaining(1), 4, c),
             number(0x0003, maximum(0), 4, c), number(0x0004, maximum(1), 4, c)}};
}

// Per channel, of which none ever errs.
LogPage channel_errors(std::uint8_t code, std::uint16_t last) {
    LogPage page{code, 0, {}};
    for (std::uint16_t each = 0; each <= last; ++each)
        page.parameters.push_back(number(each, 0, 2));
    return page;
}

}  // namespace

std::vector<LogPage> drive_log_pages(const LogFacts& facts) {
    constexpr std::uint16_t kLastWriteCounter = 0x10;
    constexpr std::uint16_t kLastReadCounter = 0x1E;
    std::vector<LogPage> pages = {write_errors(facts),
                                  read_errors(facts),
                                  non_medium_errors(facts),
                                  sequential_access_device(facts),
                                  data_transfer_status(facts),
                                  tape_alert_response(facts),
                                  requested_recovery(facts),
                                  device_statistics(facts),
                                  tape_diagnostics(facts),
                                  volume_statistics_page(facts),
                                  power_transitions(),
                                  data_compression(0x1B, facts),
                                  tape_alerts(facts),
                                  tape_usage(facts),
                                  tape_capacity(facts),
                                  data_compression(0x32, facts),
                                  channel_errors(0x33, kLastWriteCounter),
                                  channel_errors(0x34, kLastReadCounter)};
    const auto is_absent = [&](const LogPage& page) {
        return facts.profile.absent_log_pages.contains(page.code);
    };
    pages.erase(std::remove_if(pages.begin(), pages.end(), is_absent), pages.end());
    return pages;
}

}  // namespace nearline::drives
