#include "changer/changer.h"

#include <utility>

#include "changer/changer_device_server.h"

namespace nearline::changer {
namespace {

ElementMap map_of(const ChangerProfile& profile, const ChangerCounts& counts, std::size_t drives) {
    return {{profile.first_robot, counts.robots},
            {profile.first_slot, counts.slots},
            {profile.first_station, counts.stations},
            {profile.first_drive, static_cast<std::uint16_t>(drives)}};
}

}  // namespace

class Changer::World {
public:
    World(sim::Simulation& simulation, sim::TraceSink& trace, ChangerProfile profile,
          const ChangerCounts& counts, std::vector<DriveBay*> drive_bays, FactSink& facts)
        : server(simulation, trace, profile, map_of(profile, counts, drive_bays.size()), drive_bays,
                 facts) {}

    ChangerDeviceServer server;
};

Changer::Changer(sim::Simulation& simulation, sim::TraceSink& trace, ChangerProfile profile,
                 ChangerCounts counts, std::vector<DriveBay*> drive_bays, FactSink& facts)
    : world_(std::make_unique<World>(simulation, trace, std::move(profile), counts,
                                     std::move(drive_bays), facts)) {}

Changer::~Changer() = default;

scsi::LogicalUnit& Changer::unit() {
    return world_->server;
}

const ElementMap& Changer::elements() const {
    return mechanics().table().map();
}

void Changer::put_initially(media::Cartridge cartridge, ElementAddress at,
                            std::optional<ElementAddress> source, bool is_imported) {
    mechanics().put_initially(std::move(cartridge), at, source, is_imported);
}

void Changer::remember_source(ElementAddress drive, ElementAddress source) {
    mechanics().remember_source(drive, source);
}

void Changer::power_on() {
    mechanics().power_on();
}

void Changer::power_off() {
    mechanics().power_off();
    world_->server.forget_alerts();
}

bool Changer::is_powered() const {
    return mechanics().is_powered();
}

bool Changer::is_ready() const {
    return mechanics().is_ready();
}

base::Result<void, OperatorRefusal> Changer::open_door() {
    return mechanics().open_door();
}

base::Result<void, OperatorRefusal> Changer::close_door() {
    return mechanics().close_door();
}

base::Result<void, OperatorRefusal> Changer::open_station() {
    return mechanics().open_station();
}

base::Result<void, OperatorRefusal> Changer::close_station() {
    return mechanics().close_station();
}

base::Result<void, OperatorRefusal> Changer::pull_magazine(std::uint16_t number) {
    return mechanics().pull_magazine(number);
}

base::Result<void, OperatorRefusal> Changer::push_magazine(std::uint16_t number) {
    return mechanics().push_magazine(number);
}

base::Result<void, OperatorRefusal> Changer::set_online(bool is_online) {
    return mechanics().set_online(is_online);
}

base::Result<media::Cartridge, OperatorRefusal> Changer::take(ElementAddress from) {
    return mechanics().take(from);
}

base::Result<void, Changer::InsertRefusal> Changer::insert(media::Cartridge cartridge,
                                                           ElementAddress to) {
    return mechanics().insert(std::move(cartridge), to);
}

void Changer::drive_power_changed() {
    mechanics().drive_changed();
}

void Changer::obstruct_robot(RobotAction action, int attempts) {
    mechanics().obstruct(action, attempts);
}

void Changer::for_each_element(const std::function<void(const ElementView&)>& visit) const {
    const ElementTable& table = mechanics().table();
    for (const ElementType type : table.types_by_address()) {
        for (std::uint16_t index = 0; index < table.map().of(type).count; ++index) {
            const Place place{type, index};
            ElementView view{type, table.address_of(place), table.cartridge(place), {}, true,
                             false};
            if (view.cartridge != nullptr) view.source = table.source(place);
            view.is_accessible = mechanics().condition_of(place).is_accessible;
            if (type != ElementType::DataTransfer) view.is_imported = table.bay(place).is_imported;
            visit(view);
        }
    }
}

std::size_t Changer::cartridge_count() const {
    return mechanics().table().cartridge_count();
}

Mechanics& Changer::mechanics() {
    return world_->server.mechanics();
}

const Mechanics& Changer::mechanics() const {
    return std::as_const(world_->server).mechanics();
}

}  // namespace nearline::changer
