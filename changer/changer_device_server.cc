#include "changer/changer_device_server.h"

#include <algorithm>
#include <utility>

#include "changer/changer_pages.h"
#include "changer/element_status.h"

namespace nearline::changer {
namespace {

using Commands =
    scsi::Concatenate<scsi::PrimaryCommands, scsi::MaintenanceCommands, ChangerCommands>::type;

// Puts `page` in place of the one of its code, or behind all others.
template <typename PageType>
void replace_or_add(std::vector<PageType>& pages, PageType page) {
    const auto found = std::find_if(pages.begin(), pages.end(), [&](const PageType& other) {
        return other.code == page.code && other.subpage == page.subpage;
    });
    if (found != pages.end()) {
        *found = std::move(page);
    } else {
        pages.push_back(std::move(page));
    }
}

// Pages are reported in ascending order (SPC-4 7.5.1 and 7.3.1).
template <typename PageType>
void sort_by_code(std::vector<PageType>& pages) {
    std::stable_sort(pages.begin(), pages.end(), [](const PageType& a, const PageType& b) {
        return std::pair(a.code, a.subpage) < std::pair(b.code, b.subpage);
    });
}

template <typename Command>
std::uint16_t byte_of(std::string_view field) {
    return scsi::position_of<Command>(field).byte;
}

}  // namespace

ChangerDeviceServer::ChangerDeviceServer(sim::Simulation& simulation, sim::TraceSink& trace,
                                         ChangerProfile profile, const ElementMap& map,
                                         std::vector<DriveBay*> drive_bays, FactSink& facts)
    : MaintenanceServer(profile.unit),
      simulation_(simulation),
      profile_(std::move(profile)),
      mechanics_(simulation, trace, profile_, map, std::move(drive_bays), facts, *this) {}

std::span<const scsi::CommandDescriptor> ChangerDeviceServer::commands() const {
    return scsi::CommandTable<ChangerDeviceServer, Commands>::rows;
}

std::optional<Sense> ChangerDeviceServer::not_ready() const {
    return mechanics_.not_ready();
}

// A running task lives until it is completed, aborted or not, so an order may keep its address.
Order ChangerDeviceServer::order_of(scsi::Task& task) {
    return {[&task] { return !task.is_aborted(); },
            [&task](const Result<void, Sense>& result) {
                if (result) {
                    task.good();
                } else {
                    task.refuse(result.error());
                }
            }};
}

void ChangerDeviceServer::on(const InitializeElementStatus&, scsi::Task& task) {
    mechanics_.take_inventory(order_of(task));
}

void ChangerDeviceServer::on(const InitializeElementStatusWithRange& command, scsi::Task& task) {
    scan(command, byte_of<InitializeElementStatusWithRange>("STARTING ELEMENT ADDRESS"), task);
}

void ChangerDeviceServer::on(const LegacyInitializeElementStatusWithRange& command,
                             scsi::Task& task) {
    scan(command, byte_of<LegacyInitializeElementStatusWithRange>("STARTING ELEMENT ADDRESS"),
         task);
}

void ChangerDeviceServer::scan(const ElementRangeToScan& command, std::uint16_t address_at,
                               scsi::Task& task) {
    if (command.range) {
        const auto first = mechanics_.planner().find(command.starting_element, address_at);
        if (!first) return task.refuse(first.error());
    }
    // Nothing is ever unknown while the library is ready: what changed has been looked at.
    if (command.fast) return task.good();
    if (!command.range) return mechanics_.take_inventory(order_of(task));
    // What follows within the kind of the first; other kinds are seen on the way.
    const ElementTable& table = mechanics_.table();
    const ElementRange& kind = table.map().of(table.find(command.starting_element)->type);
    const auto left =
        static_cast<std::uint16_t>(static_cast<std::uint16_t>(kind.first) + kind.count -
                                   static_cast<std::uint16_t>(command.starting_element));
    const std::uint16_t count =
        command.number_of_elements == 0 ? left : std::min(left, command.number_of_elements);
    mechanics_.scan({command.starting_element, count}, order_of(task));
}

void ChangerDeviceServer::on(const OpenCloseImportExportElement& command, scsi::Task& task) {
    const auto at = byte_of<OpenCloseImportExportElement>("ELEMENT ADDRESS");
    const auto element = mechanics_.planner().find(command.element, at);
    if (command.action != ImportExportAction::Open && command.action != ImportExportAction::Close) {
        return task.refuse(
            scsi::kInvalidFieldInCdb.at_byte(byte_of<OpenCloseImportExportElement>("ACTION CODE")));
    }
    if (!element) return task.refuse(element.error());
    if (element->type != ElementType::ImportExport) {
        return task.refuse(scsi::kInvalidElementAddress.at_byte(at));
    }
    const auto why = command.action == ImportExportAction::Open ? mechanics_.host_opens_station()
                                                                : mechanics_.host_closes_station();
    if (why) return task.refuse(*why);
    task.good();
}

void ChangerDeviceServer::on(const PositionToElement& command, scsi::Task& task) {
    mechanics_.position(command, order_of(task));
}

void ChangerDeviceServer::on(const MoveMedium& command, scsi::Task& task) {
    const bool has_station = mechanics_.table().map().stations.count > 0;
    if (command.station_option == StationOption::Invalid ||
        (command.station_option != StationOption::None && !has_station)) {
        return task.refuse(scsi::kInvalidFieldInCdb.at_byte(byte_of<MoveMedium>("EXTEND/RETRACT")));
    }
    mechanics_.move(command, order_of(task));
}

void ChangerDeviceServer::on(const ExchangeMedium& command, scsi::Task& task) {
    mechanics_.exchange(command, order_of(task));
}

void ChangerDeviceServer::on(const ReadElementStatus& command, scsi::Task& task) {
    if (command.element_type > static_cast<std::uint8_t>(ElementType::DataTransfer)) {
        return task.refuse(scsi::invalid_field<ReadElementStatus>("ELEMENT TYPE CODE"));
    }
    // Later it answers from what it knows, ready or not (changer sheet 3.1).
    if (!mechanics_.has_inventory()) {
        return task.refuse(mechanics_.not_ready().value_or(scsi::kBecomingReady));
    }
    const ElementTable& table = mechanics_.table();
    // Clients that walk upwards over all types know by this where the library ends (4.7).
    if (command.element_type == 0 &&
        static_cast<std::uint16_t>(command.starting_element) > table.highest_address()) {
        return task.refuse(scsi::kInvalidElementAddress.at_byte(
            byte_of<ReadElementStatus>("STARTING ELEMENT ADDRESS")));
    }
    ElementStatusQuery query{.type = {},
                             .first = command.starting_element,
                             .count = command.number_of_elements,
                             .with_volume_tags = command.voltag,
                             .with_device_identifiers = command.dvcid};
    if (command.element_type != 0) query.type = static_cast<ElementType>(command.element_type);
    task.data_in() = element_status(
        table, profile_, [this](Place place) { return mechanics_.condition_of(place); }, query,
        command.allocation_length);
    task.good();
}

std::vector<scsi::ModePage> ChangerDeviceServer::mode_pages() const {
    auto pages = PrimaryDeviceServer::mode_pages();
    const ElementMap& map = mechanics_.table().map();
    replace_or_add(pages, element_address_assignment(map, profile_.mode_page_1d_is_savable));
    replace_or_add(pages, transport_geometry(map));
    replace_or_add(pages, device_capabilities(map, profile_));
    sort_by_code(pages);
    return pages;
}

std::vector<scsi::LogPage> ChangerDeviceServer::log_pages(scsi::NexusId reader) const {
    auto pages = PrimaryDeviceServer::log_pages(reader);
    for (scsi::LogPage& page : pages) {
        if (page.subpage != 0) continue;
        if (page.code == kChangerStatisticsLogPage) {
            page = changer_statistics(mechanics_.statistics());
        } else if (page.code == kElementStatisticsLogPage) {
            page = element_statistics(mechanics_.statistics());
        }
    }
    replace_or_add(pages, tape_alert(alerts_, reader));
    sort_by_code(pages);
    return pages;
}

void ChangerDeviceServer::log_page_read(scsi::NexusId reader, std::uint8_t page) {
    if (page == kTapeAlertLogPage) alerts_.read_by(reader);
}

void ChangerDeviceServer::log_pages_reset(std::uint8_t) {
    alerts_.clear();
    mechanics_.forget_statistics();
}

std::uint64_t ChangerDeviceServer::clock_milliseconds() const {
    return sim::milliseconds_of(simulation_.now());
}

void ChangerDeviceServer::removal_prevention_changed() {
    mechanics_.set_removal_prevented(is_removal_prevented());
}

void ChangerDeviceServer::nexus_closed(scsi::NexusId nexus) {
    MaintenanceServer::nexus_closed(nexus);
    alerts_.forget(nexus);
    searches_.erase(nexus);
}

void ChangerDeviceServer::was_reset() {
    MaintenanceServer::was_reset();
    alerts_.clear();
    searches_.clear();
}

void ChangerDeviceServer::unit_attention(const Sense& condition) {
    unit_attentions().establish_for_all(condition);
}

}  // namespace nearline::changer
