#include "library/library.h"

#include <utility>

#include "base/check.h"
#include "library/world.h"
#include "scsi/primary_device_server.h"

namespace nearline::library {
namespace {

using base::Failure;
using changer::ElementView;
using media::CartridgeId;

std::string drive_name(std::size_t index) {
    return "drive " + std::to_string(index);
}

}  // namespace

std::string target_name_of(const std::string& library_name) {
    return "iqn.2026-11.test.nearline:" + library_name;
}

void World::UnitPlace::attach() {
    if (!std::exchange(is_attached, true)) device->add(lun, *unit);
}

// Without power there is nobody at that number.
void World::UnitPlace::detach() {
    if (std::exchange(is_attached, false)) device->remove(lun);
}

World::World(sim::Simulation& simulation, sim::TraceSink& trace, LibraryDescription description,
             const Facts& facts, std::unique_ptr<Journal> journal,
             std::unique_ptr<Recordings> recordings)
    : simulation_(simulation),
      trace_(trace),
      description_(std::move(description)),
      journal_(std::move(journal)),
      recordings_(std::move(recordings)),
      hands_(*this) {
    std::vector<changer::DriveBay*> bays;
    for (const DriveDescription& drive : description_.drives) {
        drives_.push_back(std::make_unique<drives::Drive>(
            simulation_, trace_, drive_name(drives_.size()), drive.profile));
        drives_.back()->read_media_from([this](const media::CartridgeDescription& cartridge) {
            return recordings_->open(cartridge);
        });
        mouths_.push_back(std::make_unique<DriveMouth>(*drives_.back()));
        bays.push_back(mouths_.back().get());
    }
    const changer::ChangerCounts counts{description_.robots, description_.slots,
                                        description_.stations};
    changer_ = std::make_unique<changer::Changer>(simulation_, trace_, description_.changer, counts,
                                                  bays, *this);
    for (const auto& [id, fact] : facts.cartridges) put(fact, facts.imported);
    build_targets();
    keep_modes(facts);
    keep_reservations(facts);
    keep_cleanings();
    cartridge_count();
}

World::~World() = default;

// Where it was, as nobody has moved it since: nothing is written.
void World::put(const CartridgeFact& fact, const std::set<std::uint16_t>& imported) {
    const CartridgeId id = fact.description.id;
    known_.insert(id);
    media::Cartridge cartridge(fact.description);
    if (!fact.at) {
        outside_.emplace(id, std::move(cartridge));
        return;
    }
    const ElementAddress at = address_of(*fact.at);
    std::optional<ElementAddress> source;
    if (fact.source) source = address_of(*fact.source);
    if (fact.at->type == ElementType::DataTransfer) {
        drives_[fact.at->place]->put_initially(std::move(cartridge));
        if (source) changer_->remember_source(at, *source);
        return;
    }
    const bool is_imported =
        fact.at->type == ElementType::ImportExport && imported.contains(fact.at->place);
    changer_->put_initially(std::move(cartridge), at, source, is_imported);
}

void World::build_targets() {
    const std::string& name = description_.name;
    if (description_.layout == DeviceLayout::OneTarget) {
        TargetPlace& target = add_target(target_name_of(name));
        place_unit(target, 0, changer_->unit(), "changer");
        for (std::size_t at = 0; at < drives_.size(); ++at) {
            place_unit(target, static_cast<std::uint16_t>(1 + at), drives_[at]->unit(),
                       drive_name(at));
        }
        return;
    }
    place_unit(add_target(target_name_of(name + "-changer")), 0, changer_->unit(), "changer");
    for (std::size_t at = 0; at < drives_.size(); ++at) {
        place_unit(add_target(target_name_of(name + "-drive" + std::to_string(at))), 0,
                   drives_[at]->unit(), drive_name(at));
    }
}

World::TargetPlace& World::add_target(const std::string& name) {
    target_places_.push_back({name, std::make_unique<TaskTrace>(simulation_, trace_),
                              std::make_unique<scsi::TargetDevice>()});
    target_places_.back().device->observe(target_places_.back().trace.get());
    return target_places_.back();
}

void World::place_unit(TargetPlace& target, std::uint16_t number, scsi::LogicalUnit& unit,
                       const std::string& name) {
    const scsi::Lun lun = scsi::simple_lun(number);
    target.trace->name(lun, name);
    units_.push_back({&unit, target.device.get(), lun, false});
    units_.back().attach();
}

void World::keep_modes(const Facts& facts) {
    if (!journal_) return;
    for (std::uint16_t number = 0; number < units_.size(); ++number) {
        auto* server = dynamic_cast<scsi::PrimaryDeviceServer*>(units_[number].unit);
        CHECK(server != nullptr);
        scsi::PrimaryDeviceServer::SavedModePages pages;
        for (const auto& [key, values] : facts.saved_pages) {
            if (key.unit == number) pages[{key.page, key.subpage}] = values;
        }
        server->restore_saved_mode_pages(pages);
        server->keep_saved_mode_pages_with([this, number](const auto& saved) {
            std::map<SavedPageKey, base::Bytes> kept;
            for (const auto& [key, values] : saved) {
                kept[{number, key.first, key.second}] = values;
            }
            return journal_->saved(number, kept);
        });
    }
}

void World::keep_reservations(const Facts& facts) {
    if (!journal_) return;
    for (std::uint16_t number = 0; number < units_.size(); ++number) {
        auto* server = dynamic_cast<scsi::PrimaryDeviceServer*>(units_[number].unit);
        CHECK(server != nullptr);
        const auto kept = facts.reservations.find(number);
        if (kept != facts.reservations.end()) {
            server->restore_persistent_reservations(kept->second);
        }
        server->keep_persistent_reservations_with(
            [this, number](const auto& state) { return journal_->reserved(number, state); });
    }
}

// Nobody waits for a cleaning to be kept: should it fail, the next fact that is kept has it too.
void World::keep_cleanings() {
    if (!journal_) return;
    for (const auto& drive : drives_) {
        drive->on_cleaned([this](const media::Cartridge& cartridge) {
            journal_->changed(cartridge.description());
        });
    }
}

std::vector<Target> World::targets() {
    std::vector<Target> targets;
    for (const TargetPlace& place : target_places_) {
        targets.push_back({place.name, place.device.get()});
    }
    return targets;
}

drives::Drive& World::drive(std::size_t index) {
    CHECK(index < drives_.size());
    return *drives_[index];
}

void World::power_on() {
    changer_->power_on();
    for (const auto& drive : drives_) drive->power_on();
    for (UnitPlace& unit : units_) unit.attach();
    for (const TargetPlace& place : target_places_) place.device->power_on();
}

void World::power_off() {
    changer_->power_off();
    for (const auto& drive : drives_) drive->power_off();
    for (UnitPlace& unit : units_) unit.detach();
}

void World::set_drive_power(std::size_t index, bool is_on) {
    if (is_on) {
        drive(index).power_on();
        unit_of_drive(index).attach();
        unit_of_drive(index).unit->reset(scsi::kPowerOnOccurred);
    } else {
        drive(index).power_off();
        unit_of_drive(index).detach();
    }
    changer_->drive_power_changed();
}

std::size_t World::cartridge_count() const {
    std::set<CartridgeId> seen;
    changer_->for_each_element([&](const ElementView& element) {
        if (element.cartridge == nullptr) return;
        const bool is_new = seen.insert(element.cartridge->id()).second;
        CHECK(is_new);
    });
    for (const auto& [id, held] : outside_) {
        const bool is_new = seen.insert(id).second;
        CHECK(is_new);
    }
    CHECK(seen == known_);
    return seen.size();
}

std::vector<std::string> World::losses() const {
    return journal_ ? journal_->losses() : std::vector<std::string>{};
}

CartridgeId World::next_id() const {
    const std::uint32_t last = known_.empty() ? 0 : static_cast<std::uint32_t>(*known_.rbegin());
    return static_cast<CartridgeId>(last + 1);
}

void World::stayed_outside(CartridgeId id) {
    if (journal_) journal_->stands(id, {}, {});
}

void World::never_came(CartridgeId id) {
    known_.erase(id);
    if (journal_) journal_->never_came(id);
}

ElementAddress World::address_of(const Placement& place) const {
    const changer::ElementRange& range = changer_->elements().of(place.type);
    CHECK(place.place < range.count);
    return static_cast<ElementAddress>(static_cast<std::uint16_t>(range.first) + place.place);
}

Placement World::placement_of(ElementAddress address) const {
    for (const ElementType type : changer::kElementTypes) {
        const changer::ElementRange& range = changer_->elements().of(type);
        if (!range.contains(address)) continue;
        return {type, static_cast<std::uint16_t>(static_cast<std::uint16_t>(address) -
                                                 static_cast<std::uint16_t>(range.first))};
    }
    CHECK(false);
    return {};
}

void World::note(const std::string& act) {
    trace_.record({simulation_.now(), "operator", "act", act});
}

changer::FactSink::Kept World::cartridge_moved(CartridgeId id, ElementAddress to,
                                               std::optional<ElementAddress> source_slot) {
    if (!journal_) return Kept::Yes;
    std::optional<Placement> source;
    if (source_slot) source = placement_of(*source_slot);
    return journal_->stands(id, placement_of(to), source) ? Kept::Yes : Kept::No;
}

changer::FactSink::Kept World::cartridge_left(CartridgeId id) {
    if (!journal_) return Kept::Yes;
    return journal_->left(id) ? Kept::Yes : Kept::No;
}

changer::FactSink::Kept World::cartridge_came(const media::CartridgeDescription& cartridge,
                                              ElementAddress to) {
    known_.insert(cartridge.id);
    if (!journal_) return Kept::Yes;
    return journal_->came(cartridge, placement_of(to)) ? Kept::Yes : Kept::No;
}

changer::FactSink::Kept World::imported(ElementAddress station, bool by_operator) {
    if (!journal_) return Kept::Yes;
    return journal_->imported(placement_of(station).place, by_operator) ? Kept::Yes : Kept::No;
}

Result<std::unique_ptr<Library>, std::string> Library::open(sim::Simulation& simulation,
                                                            sim::TraceSink& trace,
                                                            LibraryDescription description,
                                                            std::optional<State> state) {
    if (!state) {
        const Facts facts = initial_facts(description);
        return std::make_unique<World>(simulation, trace, std::move(description), facts, nullptr,
                                       std::make_unique<Recordings>());
    }
    auto journal = Journal::open(state->files, state->directory, description);
    if (!journal) return Failure{journal.error()};
    const Facts facts = journal.value()->facts();
    return std::make_unique<World>(simulation, trace, std::move(description), facts,
                                   std::move(journal).value(),
                                   std::make_unique<Recordings>(state->files, state->directory));
}

}  // namespace nearline::library
