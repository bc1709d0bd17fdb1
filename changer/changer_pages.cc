#include "changer/changer_pages.h"

#include <array>
#include <tuple>

#include "base/bytes.h"
#include "changer/changer_commands.h"
#include "changer/move_plan.h"
#include "scsi/field.h"

namespace nearline::changer {
namespace {

using base::Bytes;
using base::ByteWriter;
using scsi::Field;

// Bodies of mode pages: byte 0 here is byte 2 of the page.
struct ElementAddressAssignment {
    static constexpr std::size_t length = 18;
    ElementAddress first_robot{};
    std::uint16_t robots = 0;
    ElementAddress first_slot{};
    std::uint16_t slots = 0;
    ElementAddress first_station{};
    std::uint16_t stations = 0;
    ElementAddress first_drive{};
    std::uint16_t drives = 0;
    static constexpr auto fields() {
        using Self = ElementAddressAssignment;
        return std::tuple{
            Field{"FIRST MEDIUM TRANSPORT ELEMENT ADDRESS", &Self::first_robot, 0, 7, 16},
            Field{"NUMBER OF MEDIUM TRANSPORT ELEMENTS", &Self::robots, 2, 7, 16},
            Field{"FIRST STORAGE ELEMENT ADDRESS", &Self::first_slot, 4, 7, 16},
            Field{"NUMBER OF STORAGE ELEMENTS", &Self::slots, 6, 7, 16},
            Field{"FIRST IMPORT/EXPORT ELEMENT ADDRESS", &Self::first_station, 8, 7, 16},
            Field{"NUMBER OF IMPORT/EXPORT ELEMENTS", &Self::stations, 10, 7, 16},
            Field{"FIRST DATA TRANSFER ELEMENT ADDRESS", &Self::first_drive, 12, 7, 16},
            Field{"NUMBER OF DATA TRANSFER ELEMENTS", &Self::drives, 14, 7, 16}};
    }
};

// The masks are bytes: bit 0 medium transport, 1 storage, 2 import/export, 3 data transfer.
struct DeviceCapabilities {
    static constexpr std::size_t length = 18;
    std::uint8_t storage = 0;
    std::uint8_t flags = 0;
    std::uint8_t move_from_robot = 0;
    std::uint8_t move_from_slot = 0;
    std::uint8_t move_from_station = 0;
    std::uint8_t move_from_drive = 0;
    std::uint8_t exchange_from_robot = 0;
    std::uint8_t exchange_from_slot = 0;
    std::uint8_t exchange_from_station = 0;
    std::uint8_t exchange_from_drive = 0;
    static constexpr auto fields() {
        using Self = DeviceCapabilities;
        return std::tuple{Field{"STORAGE", &Self::storage, 0, 7, 8},
                          Field{"ACE, VTRP, S2C", &Self::flags, 1, 7, 8},
                          Field{"MT->", &Self::move_from_robot, 2, 7, 8},
                          Field{"ST->", &Self::move_from_slot, 3, 7, 8},
                          Field{"I/E->", &Self::move_from_station, 4, 7, 8},
                          Field{"DT->", &Self::move_from_drive, 5, 7, 8},
                          Field{"MT<>", &Self::exchange_from_robot, 10, 7, 8},
                          Field{"ST<>", &Self::exchange_from_slot, 11, 7, 8},
                          Field{"I/E<>", &Self::exchange_from_station, 12, 7, 8},
                          Field{"DT<>", &Self::exchange_from_drive, 13, 7, 8}};
    }
};

scsi::ModePage fixed_page(std::uint8_t code, Bytes values) {
    scsi::ModePage page;
    page.code = code;
    page.changeable = Bytes(values.size());
    page.values = std::move(values);
    return page;
}

// The parameter control byte HPE libraries have everywhere (changer sheet 6).
constexpr std::uint8_t kParameterControl = 0x40;

scsi::LogParameter counter(std::uint16_t code, std::uint32_t value) {
    Bytes bytes;
    ByteWriter(bytes).u32(value);
    return {code, kParameterControl, std::move(bytes)};
}

}  // namespace

scsi::ModePage element_address_assignment(const ElementMap& map, bool is_savable) {
    scsi::ModePage page = fixed_page(
        kElementAddressAssignmentPage,
        scsi::encode_fields(ElementAddressAssignment{
            map.robots.first, map.robots.count, map.slots.first, map.slots.count,
            map.stations.first, map.stations.count, map.drives.first, map.drives.count}));
    page.is_savable = is_savable;
    return page;
}

// Two bytes a robot: ROTATE, which is 0, and its number in its set.
scsi::ModePage transport_geometry(const ElementMap& map) {
    Bytes values;
    ByteWriter out(values);
    for (std::uint16_t robot = 0; robot < map.robots.count; ++robot) out.u8(0).u8(robot);
    return fixed_page(kTransportGeometryPage, std::move(values));
}

scsi::ModePage device_capabilities(const ElementMap& map, const ChangerProfile& profile) {
    const auto from = [&](const std::array<std::uint8_t, 4>& masks, ElementType type) {
        if (map.of(type).count == 0) return std::uint8_t{0};
        return possible_capabilities(map, masks[capability_index(type)]);
    };
    std::array<std::uint8_t, 4> exchange = profile.exchange_from;
    if (profile.unit.unsupported.contains(ExchangeMedium::opcode)) exchange = {};
    return fixed_page(
        kDeviceCapabilitiesPage,
        scsi::encode_fields(DeviceCapabilities{
            possible_capabilities(map, profile.storage_capability), profile.capability_flags,
            from(profile.move_from, ElementType::MediumTransport),
            from(profile.move_from, ElementType::Storage),
            from(profile.move_from, ElementType::ImportExport),
            from(profile.move_from, ElementType::DataTransfer),
            from(exchange, ElementType::MediumTransport), from(exchange, ElementType::Storage),
            from(exchange, ElementType::ImportExport), from(exchange, ElementType::DataTransfer)}));
}

scsi::LogPage tape_alert(const TapeAlerts& alerts, scsi::NexusId reader) {
    scsi::LogPage page;
    page.code = kTapeAlertLogPage;
    for (std::uint16_t flag = 1; flag <= TapeAlerts::kFlags; ++flag) {
        const std::uint8_t value = alerts.is_set(flag, reader) ? 1 : 0;
        page.parameters.push_back({flag, kParameterControl, {value}});
    }
    return page;
}

scsi::LogPage changer_statistics(const ChangerStatistics& statistics) {
    const std::array<std::uint32_t, 12> counts = {
        statistics.moves,
        statistics.picks,
        statistics.pick_retries,
        statistics.places,
        statistics.place_retries,
        statistics.volume_tags_read,
        statistics.invalid_volume_tags,
        statistics.door_opens,
        statistics.station_opens,
        statistics.inventory_scans,
        statistics.unrecovered_robot_errors,
        statistics.recovered_robot_errors,
    };
    scsi::LogPage page;
    page.code = kChangerStatisticsLogPage;
    for (const std::uint32_t count : counts) {
        page.parameters.push_back(
            counter(static_cast<std::uint16_t>(page.parameters.size()), count));
    }
    return page;
}

scsi::LogPage element_statistics(const ChangerStatistics& statistics) {
    // A page has 65,535 bytes at most; an element's parameter has 28.
    constexpr std::size_t kMostParameters = 65'535 / 28;
    scsi::LogPage page;
    page.code = kElementStatisticsLogPage;
    for (const auto& [address, element] : statistics.elements) {
        if (page.parameters.size() == kMostParameters) break;
        Bytes value;
        ByteWriter(value)
            .u32(element.places)
            .u32(element.place_retries)
            .u32(element.picks)
            .u32(element.pick_retries)
            .u32(element.determined_volume_ids)
            .u32(element.unreadable_volume_ids);
        page.parameters.push_back(
            {static_cast<std::uint16_t>(address), kParameterControl, std::move(value)});
    }
    return page;
}

}  // namespace nearline::changer
