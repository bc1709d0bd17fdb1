#include "config/personality_reader.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "config/inheritance.h"
#include "config/unit_builder.h"

namespace nearline::config {
namespace {

using C = v1::ChangerModel;
using D = v1::DriveModel;
using P = v1::Personality;

constexpr std::uint32_t kAddresses = 0x10000;
constexpr std::uint32_t kKindBits = 0xCF;  // the four kinds, and READ/WRITE ATTRIBUTE (SMC-3 7.3.4)
constexpr std::uint32_t kLongestDay = 24 * 60 * 60 * 1000;  // no motion takes longer, in ms

constexpr std::uint32_t kLargestBlock = 0xFFFFFF;  // SSC-4 6.5: three bytes

sim::Duration milliseconds(std::uint32_t count) {
    return std::chrono::milliseconds(count);
}

void check_range(const Where& where, int field, std::uint64_t value, std::uint64_t least,
                 std::uint64_t most, std::string_view name, ProblemList& problems) {
    if (value < least || value > most) {
        problems.add(where.of(field),
                     fmt::format("{}: {} is not from {} to {}", name, value, least, most));
    }
}

// The four kinds of elements, by field.
struct Kind {
    int field;
    const C::Elements& (C::*elements)() const;
    std::string_view name;
};
constexpr std::array<Kind, 4> kKinds = {{
    {C::kRobotsFieldNumber, &C::robots, "robots"},
    {C::kSlotsFieldNumber, &C::slots, "slots"},
    {C::kStationsFieldNumber, &C::stations, "stations"},
    {C::kDrivesFieldNumber, &C::drives, "drives"},
}};

void check_elements(const C& changer, const Where& where, ProblemList& problems) {
    std::set<std::uint32_t> firsts;
    for (const Kind& kind : kKinds) {
        const auto& elements = (changer.*kind.elements)();
        const auto at = where.into(kind.field);
        check_range(at, C::Elements::kFirstFieldNumber, elements.first(), 0, kAddresses - 1,
                    "first", problems);
        check_range(at, C::Elements::kMostFieldNumber, elements.most(), 0, kAddresses, "most",
                    problems);
        if (!firsts.insert(elements.first()).second) {
            problems.add_missing(at.of(C::Elements::kFirstFieldNumber),
                                 fmt::format("first: {} begin at {:04X}h, where others do",
                                             kind.name, elements.first()));
        }
    }
    check_range(where, C::kSlotsPerMagazineFieldNumber, changer.slots_per_magazine(), 0,
                kAddresses - 1, "slots_per_magazine", problems);
}

void check_by_kind(const C::ByKind& bits, const Where& where, ProblemList& problems) {
    using B = C::ByKind;
    const std::array<std::pair<int, std::uint32_t>, 4> fields = {
        {{B::kRobotFieldNumber, bits.robot()},
         {B::kSlotFieldNumber, bits.slot()},
         {B::kStationFieldNumber, bits.station()},
         {B::kDriveFieldNumber, bits.drive()}}};
    for (const auto& [field, value] : fields) {
        if ((value & ~kKindBits) != 0) {
            problems.add(where.of(field),
                         fmt::format("{:#x} has bits that stand for no kind of element", value));
        }
    }
}

void check_capabilities(const C& changer, const Where& where, ProblemList& problems) {
    using Cap = C::Capabilities;
    const auto at = where.into(C::kCapabilitiesFieldNumber);
    check_range(at, Cap::kStorageFieldNumber, changer.capabilities().storage(), 0, 0x0F, "storage",
                problems);
    check_range(at, Cap::kFlagsFieldNumber, changer.capabilities().flags(), 0, 0xFF, "flags",
                problems);
    check_by_kind(changer.capabilities().move_from(), at.into(Cap::kMoveFromFieldNumber), problems);
    check_by_kind(changer.capabilities().exchange_from(), at.into(Cap::kExchangeFromFieldNumber),
                  problems);
}

void check_sense(const v1::SenseCode& sense, const Where& where, ProblemList& problems) {
    check_range(where, v1::SenseCode::kKeyFieldNumber, sense.key(), 0, 0x0F, "key", problems);
    check_range(where, v1::SenseCode::kAscFieldNumber, sense.asc(), 0, 0xFF, "asc", problems);
    check_range(where, v1::SenseCode::kAscqFieldNumber, sense.ascq(), 0, 0xFF, "ascq", problems);
}

void check_axis(const C::Axis& axis, const Where& where, ProblemList& problems) {
    check_range(where, C::Axis::kSpeedMmPerSFieldNumber, axis.speed_mm_per_s(), 1, 100000,
                "speed_mm_per_s", problems);
    check_range(where, C::Axis::kAccelerationMmPerS2FieldNumber, axis.acceleration_mm_per_s2(), 1,
                1000000, "acceleration_mm_per_s2", problems);
}

void check_kinematics(const C& changer, const Where& where, ProblemList& problems) {
    using K = C::Kinematics;
    if (!changer.has_kinematics()) {
        problems.add_missing(where.own(), "changer: say its kinematics");
        return;
    }
    const auto& k = changer.kinematics();
    const auto at = where.into(C::kKinematicsFieldNumber);
    check_axis(k.horizontal(), at.into(K::kHorizontalFieldNumber), problems);
    check_axis(k.vertical(), at.into(K::kVerticalFieldNumber), problems);
    check_range(at, K::kColumnPitchMmFieldNumber, k.column_pitch_mm(), 1, 100000, "column_pitch_mm",
                problems);
    check_range(at, K::kRowPitchMmFieldNumber, k.row_pitch_mm(), 1, 100000, "row_pitch_mm",
                problems);
    check_range(at, K::kRowsPerColumnFieldNumber, k.rows_per_column(), 1, kAddresses - 1,
                "rows_per_column", problems);
    check_range(at, K::kPickMsFieldNumber, k.pick_ms(), 0, kLongestDay, "pick_ms", problems);
    check_range(at, K::kPlaceMsFieldNumber, k.place_ms(), 0, kLongestDay, "place_ms", problems);
    check_range(at, K::kScanPerSlotMsFieldNumber, k.scan_per_slot_ms(), 0, kLongestDay,
                "scan_per_slot_ms", problems);
    check_range(at, K::kPowerOnMsFieldNumber, k.power_on_ms(), 0, kLongestDay, "power_on_ms",
                problems);
}

void check_changer(const C& changer, const Where& where, ProblemList& problems) {
    check_elements(changer, where, problems);
    check_capabilities(changer, where, problems);
    check_sense(changer.door_open(), where.into(C::kDoorOpenFieldNumber), problems);
    check_sense(changer.incompatible_medium(), where.into(C::kIncompatibleMediumFieldNumber),
                problems);
    check_sense(changer.unreadable_label(), where.into(C::kUnreadableLabelFieldNumber), problems);
    check_kinematics(changer, where, problems);
}

void check_speeds(const D& drive, const Where& where, ProblemList& problems) {
    for (int i = 0; i < drive.speeds_size(); ++i) {
        const D::Speeds& speeds = drive.speeds(i);
        const auto& rates = speeds.mb_per_s();
        const auto at = where.into(D::kSpeedsFieldNumber, i);
        if (rates.empty()) problems.add_missing(at.own(), "speeds: say mb_per_s");
        for (int j = 0; j < rates.size(); ++j) {
            check_range(at, D::Speeds::kMbPerSFieldNumber, rates[j], 1, 100000, "mb_per_s",
                        problems);
            if (j > 0 && rates[j] <= rates[j - 1]) {
                problems.add(at.of(D::Speeds::kMbPerSFieldNumber, j),
                             fmt::format("mb_per_s: {} does not exceed {}: slowest first", rates[j],
                                         rates[j - 1]));
            }
        }
    }
    if (drive.has_buffer_mb()) {
        check_range(where, D::kBufferMbFieldNumber, drive.buffer_mb(), 1, 1000000, "buffer_mb",
                    problems);
    }
    if (drive.has_search_mm_per_s()) {
        check_range(where, D::kSearchMmPerSFieldNumber, drive.search_mm_per_s(), 1, 100000,
                    "search_mm_per_s", problems);
    }
}

void check_drive(const D& drive, const Where& where, ProblemList& problems) {
    if (drive.generation() == v1::GENERATION_UNSPECIFIED) {
        problems.add_missing(where.own(), "drive: say its generation");
    }
    if (drive.reads().empty()) problems.add_missing(where.own(), "drive: say what it reads");
    for (int i = 0; i < drive.writes_size(); ++i) {
        const auto& reads = drive.reads();
        if (std::find(reads.begin(), reads.end(), drive.writes(i)) == reads.end()) {
            problems.add(where.of(D::kWritesFieldNumber, i),
                         fmt::format("writes: {} is not among what it reads",
                                     v1::Generation_Name(drive.writes(i))));
        }
    }
    check_range(where, D::kLoadMsFieldNumber, drive.load_ms(), 0, kLongestDay, "load_ms", problems);
    check_range(where, D::kUnloadMsFieldNumber, drive.unload_ms(), 0, kLongestDay, "unload_ms",
                problems);
    check_range(where, D::kCleaningMsFieldNumber, drive.cleaning_ms(), 0, kLongestDay,
                "cleaning_ms", problems);
    check_range(where, D::kPowerOnMsFieldNumber, drive.power_on_ms(), 0, kLongestDay, "power_on_ms",
                problems);
    check_range(where, D::kEjectMsFieldNumber, drive.eject_ms(), 0, kLongestDay, "eject_ms",
                problems);
    check_range(where, D::kMaximumBlockLengthFieldNumber, drive.maximum_block_length(), 0,
                kLargestBlock, "maximum_block_length", problems);
    constexpr std::uint32_t kMostBits = 0xFFFFFF;  // SSC-4 7.8.3: three bytes
    for (int i = 0; i < drive.densities_size(); ++i) {
        check_range(where.into(D::kDensitiesFieldNumber, i), D::Density::kBitsPerMmFieldNumber,
                    drive.densities(i).bits_per_mm(), 1, kMostBits, "bits_per_mm", problems);
    }
    constexpr std::uint32_t kLastLogPage = 0x3E;  // SPC-4 7.3.1
    for (int i = 0; i < drive.absent_log_pages_size(); ++i) {
        if (drive.absent_log_pages(i) > kLastLogPage) {
            problems.add(where.of(D::kAbsentLogPagesFieldNumber, i),
                         fmt::format("absent_log_pages: {:#x} exceeds {:#x}",
                                     drive.absent_log_pages(i), kLastLogPage));
        }
    }
    check_sense(drive.unloaded(), where.into(D::kUnloadedFieldNumber), problems);
    check_sense(drive.held(), where.into(D::kHeldFieldNumber), problems);
    check_speeds(drive, where, problems);
}

std::array<std::uint8_t, 4> by_kind(const C::ByKind& bits) {
    const auto byte = [](std::uint32_t value) { return static_cast<std::uint8_t>(value); };
    return {byte(bits.robot()), byte(bits.slot()), byte(bits.station()), byte(bits.drive())};
}

scsi::Sense sense_of(const v1::SenseCode& code) {
    scsi::Sense sense;
    sense.key = static_cast<scsi::SenseKey>(code.key());
    sense.asc = static_cast<std::uint8_t>(code.asc());
    sense.ascq = static_cast<std::uint8_t>(code.ascq());
    return sense;
}

changer::ElementAddress address_of(const C::Elements& elements) {
    return changer::ElementAddress{static_cast<std::uint16_t>(elements.first())};
}

sim::Axis axis_of(const C::Axis& axis) {
    return {axis.speed_mm_per_s(), axis.acceleration_mm_per_s2()};
}

changer::Kinematics kinematics_of(const C::Kinematics& k) {
    changer::Kinematics built;
    built.horizontal = axis_of(k.horizontal());
    built.vertical = axis_of(k.vertical());
    built.column_pitch_mm = k.column_pitch_mm();
    built.row_pitch_mm = k.row_pitch_mm();
    built.rows_per_column = static_cast<std::uint16_t>(k.rows_per_column());
    built.pick = milliseconds(k.pick_ms());
    built.place = milliseconds(k.place_ms());
    built.scan_per_slot = milliseconds(k.scan_per_slot_ms());
    built.power_on = milliseconds(k.power_on_ms());
    return built;
}

changer::LoadedDriveRule loaded_drive_of(C::LoadedDrive rule) {
    switch (rule) {
        case C::REFUSES_UNLOAD_FAILURE:
            return changer::LoadedDriveRule::RefusesUnloadFailure;
        case C::REFUSES_MEDIUM_NOT_PRESENT:
            return changer::LoadedDriveRule::RefusesMediumNotPresent;
        default:
            return changer::LoadedDriveRule::UnloadsItself;
    }
}

drives::MediumTypeCoding medium_types_of(D::MediumTypes types) {
    switch (types) {
        case D::BY_KIND:
            return drives::MediumTypeCoding::Kind;
        case D::BY_KIND_WORM_80:
            return drives::MediumTypeCoding::KindWorm80;
        default:
            return drives::MediumTypeCoding::Generation;
    }
}

void build_quirks(const C& changer, changer::ChangerProfile& profile) {
    profile.drive_identifier = changer.drive_identifier() == C::SERIAL_ONLY
                                   ? changer::DriveIdentifier::SerialOnly
                                   : changer::DriveIdentifier::T10Vendor34;
    profile.label_padding = changer.label_padding() == C::ALL_BLANKS
                                ? changer::LabelPadding::AllBlanks
                                : changer::LabelPadding::BlanksThenZeros;
    profile.empty_tag =
        changer.empty_tag() == C::BLANKS ? changer::EmptyTag::Blanks : changer::EmptyTag::Zeros;
    profile.loaded_drive_is_accessible = changer.loaded_drive_is_accessible();
    profile.mode_page_1d_is_savable = changer.mode_page_1d_is_savable();
    profile.loaded_drive = loaded_drive_of(changer.loaded_drive());
    profile.magazine = changer.magazine() == C::WHOLE_LIBRARY ? changer::MagazineRule::WholeLibrary
                                                              : changer::MagazineRule::OnlyItsSlots;
    if (changer.has_door_open()) profile.door_open = sense_of(changer.door_open());
    if (changer.has_incompatible_medium()) {
        profile.incompatible_medium = sense_of(changer.incompatible_medium());
    }
    if (changer.has_unreadable_label()) {
        profile.unreadable_label_asc = sense_of(changer.unreadable_label()).asc;
        profile.unreadable_label_ascq = sense_of(changer.unreadable_label()).ascq;
    }
}

}  // namespace

std::optional<P> read_personality(std::string_view text, ProblemList& problems) {
    auto located = parse_located<P>(text, problems);
    const auto& model = located.message;
    const auto where = located.where();
    inherit(located.message, where, problems);
    if (model.name().empty()) problems.add_missing({}, "a personality needs a name");
    if (!model.has_unit()) problems.add_missing({}, "a personality needs a unit");
    if (model.has_changer() == model.has_drive()) {
        problems.add_missing({}, "a personality has one of changer and drive");
    }
    if (model.has_unit()) check_unit(model.unit(), where.into(P::kUnitFieldNumber), problems);
    if (model.has_changer()) {
        check_changer(model.changer(), where.into(P::kChangerFieldNumber), problems);
    }
    if (model.has_drive()) check_drive(model.drive(), where.into(P::kDriveFieldNumber), problems);
    if (!problems.is_empty()) return std::nullopt;
    drop_absent_pages(located.message);
    return std::move(located.message);
}

std::string to_text(const P& model) {
    P whole = model;
    whole.clear_base();
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseShortRepeatedPrimitives(true);
    std::string text;
    printer.PrintToString(whole, &text);
    return text;
}

// They have the same numbers; a test goes through them all.
media::Generation generation_of(v1::Generation generation) {
    return v1::Generation_IsValid(generation) ? static_cast<media::Generation>(generation)
                                              : media::Generation::Unknown;
}

changer::ChangerProfile build_changer(const P& model, const Identity& identity) {
    const C& changer = model.changer();
    changer::ChangerProfile profile;
    profile.unit = build_unit(model.unit(), identity, scsi::kMediumChanger);
    profile.first_robot = address_of(changer.robots());
    profile.first_slot = address_of(changer.slots());
    profile.first_station = address_of(changer.stations());
    profile.first_drive = address_of(changer.drives());
    profile.slots_per_magazine = static_cast<std::uint16_t>(changer.slots_per_magazine());
    profile.storage_capability = static_cast<std::uint8_t>(changer.capabilities().storage());
    profile.capability_flags = static_cast<std::uint8_t>(changer.capabilities().flags());
    profile.move_from = by_kind(changer.capabilities().move_from());
    profile.exchange_from = by_kind(changer.capabilities().exchange_from());
    build_quirks(changer, profile);
    profile.kinematics = kinematics_of(changer.kinematics());
    return profile;
}

drives::DriveProfile build_drive(const P& model, const Identity& identity) {
    const D& drive = model.drive();
    drives::DriveProfile profile;
    profile.unit = build_unit(model.unit(), identity, scsi::kSequentialAccessDevice);
    profile.generation = generation_of(drive.generation());
    for (const auto generation : drive.reads()) {
        profile.reads.insert(generation_of(static_cast<v1::Generation>(generation)));
    }
    for (const auto generation : drive.writes()) {
        profile.writes.insert(generation_of(static_cast<v1::Generation>(generation)));
    }
    profile.load = milliseconds(drive.load_ms());
    profile.unload = milliseconds(drive.unload_ms());
    profile.cleaning = milliseconds(drive.cleaning_ms());
    profile.power_on = milliseconds(drive.power_on_ms());
    if (drive.has_eject_ms()) profile.eject = milliseconds(drive.eject_ms());
    if (drive.has_maximum_block_length()) {
        profile.maximum_block_length = drive.maximum_block_length();
    }
    constexpr std::uint64_t kMegabyte = 1'000'000;
    for (const D::Speeds& speeds : drive.speeds()) {
        auto& rates = profile.speeds[generation_of(speeds.generation())];
        for (const std::uint32_t rate : speeds.mb_per_s()) rates.push_back(rate * kMegabyte);
    }
    for (const D::Density& density : drive.densities()) {
        profile.bits_per_mm[generation_of(density.generation())] = density.bits_per_mm();
    }
    if (!drive.speeds().empty()) {
        profile.streaming.speeds = profile.speeds[generation_of(drive.speeds(0).generation())];
    }
    if (drive.has_buffer_mb()) profile.streaming.buffer = drive.buffer_mb() * kMegabyte;
    if (drive.has_search_mm_per_s()) profile.search.speed_mm_per_s = drive.search_mm_per_s();
    profile.recommends_access_order = drive.recommends_access_order();
    profile.medium_types = medium_types_of(drive.medium_types());
    for (const auto page : drive.absent_log_pages()) {
        profile.absent_log_pages.insert(static_cast<std::uint8_t>(page));
    }
    if (drive.has_unloaded()) profile.unloaded = sense_of(drive.unloaded());
    if (drive.has_held()) profile.held = sense_of(drive.held());
    return profile;
}

}  // namespace nearline::config
