#include "scenarios/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>

#include "base/check.h"

namespace nearline::scenarios {
namespace {

constexpr std::string_view kRsm = "rsm";  // the initiator that Removable Storage is

scsi::NexusNames names_of(const std::string& initiator, const std::string& target) {
    return {fmt::format("iqn.2026-11.test.nearline.scenario:{},i,0x00023d000001", initiator),
            target + ",t,0x0001", 1};
}

}  // namespace

// Waiting in virtual time. Timers that have run are kept until the next one is asked for.
class World::SimulatedDelays final : public rsm::Delays {
public:
    explicit SimulatedDelays(sim::Simulation& simulation) : simulation_(simulation) {}

    void after(std::uint64_t milliseconds, std::function<void()> action) override {
        timers_.remove_if([](const auto& timer) { return !timer->is_running(); });
        timers_.push_back(std::make_unique<sim::Timer>(simulation_, std::move(action)));
        constexpr std::uint64_t kCentury = 100ULL * 365 * 24 * 3600 * 1000;
        timers_.back()->start(std::chrono::milliseconds(std::min(milliseconds, kCentury)));
    }
    std::uint64_t now_ms() const override {
        constexpr std::uint64_t kPowerOnDay = 1'793'491'200'000;  // 2026-11-01 00:00 UTC
        const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
            simulation_.now().time_since_epoch());
        return kPowerOnDay + static_cast<std::uint64_t>(elapsed.count());
    }

private:
    sim::Simulation& simulation_;
    std::list<std::unique_ptr<sim::Timer>> timers_;
};

World::World(Key) {}

World::~World() {
    rsm_.reset();
    sessions_.clear();
    delays_.reset();
}

base::Result<std::unique_ptr<World>, std::string> World::build(const Scenario& scenario,
                                                               std::uint64_t seed,
                                                               sim::TraceSink& trace) {
    std::unique_ptr<World> world(std::make_unique<World>(Key{}));
    auto library = library::Library::open(world->simulation_, trace, scenario.library);
    if (!library) return base::Failure{library.error()};
    world->library_ = *std::move(library);
    world->targets_ = world->library_->targets();
    if (scenario.begins_powered_off) {
        for (const auto& initiator : scenario.initiators) world->connect(initiator);
        return world;
    }
    world->library_->power_on();
    const bool is_ready =
        world->run_until(sim::kNever, [&] { return world->library_->changer().is_ready(); });
    if (!is_ready) return base::Failure{std::string("the library does not become ready")};
    for (const auto& initiator : scenario.initiators) world->connect(initiator);
    if (scenario.has_rsm) {
        const auto started = world->start_rsm(scenario.computer_name, seed);
        if (!started) return base::Failure{started.error()};
    }
    world->forget_unit_attentions();
    return world;
}

bool World::run_until(sim::Time limit, const std::function<bool()>& is_reached) {
    while (!is_reached()) {
        if (simulation_.is_idle() || simulation_.next_event_time() > limit) {
            if (limit != sim::kNever) simulation_.run_until(std::max(limit, now()));
            return is_reached();
        }
        simulation_.run_next();
    }
    return true;
}

void World::connect(const std::string& initiator) {
    Sessions sessions;
    for (const auto& target : targets_) {
        sessions.push_back(std::make_unique<scsi::LocalInitiator>(
            *target.device, names_of(initiator, target.name)));
    }
    sessions_[initiator] = std::move(sessions);
}

void World::disconnect(const std::string& initiator) {
    sessions_.erase(initiator);
}

void World::reconnect(const std::string& initiator) {
    for (auto& session : sessions_[initiator]) session->reconnect();
}

bool World::is_connected(const std::string& initiator) const {
    return sessions_.contains(initiator);
}

World::Path World::path_to(const UnitName& unit) const {
    const std::uint16_t number = unit.drive ? static_cast<std::uint16_t>(*unit.drive + 1) : 0;
    if (library_->description().layout == library::DeviceLayout::TargetPerDevice) {
        return {number, scsi::simple_lun(0)};
    }
    return {0, scsi::simple_lun(number)};
}

scsi::LogicalUnit* World::unit_at(const Path& path) const {
    if (path.target >= targets_.size()) return nullptr;
    return targets_.at(path.target).device->find(path.lun);
}

void World::forget_unit_attentions() {
    for (const auto& [name, sessions] : sessions_) {
        for (std::size_t target = 0; target < sessions.size(); ++target) {
            const auto nexus = sessions.at(target)->nexus();
            for (const scsi::Lun lun : targets_.at(target).device->luns()) {
                auto& attentions = targets_.at(target).device->find(lun)->unit_attentions();
                while (attentions.take(nexus)) {
                }
            }
        }
    }
}

std::shared_ptr<Pending> World::send(const std::string& initiator, const UnitName& unit,
                                     scsi::Request request) {
    const Path path = path_to(unit);
    request.lun = path.lun;
    // Owned by whoever waits and by the completion, whichever is longer there.
    auto pending = std::make_shared<Pending>();
    pending->sent = now();
    sessions_.at(initiator)
        .at(path.target)
        ->execute(std::move(request), [this, pending](scsi::Response response) {
            pending->response = std::move(response);
            pending->answered = now();
        });
    return pending;
}

scsi::TaskManagementResponse World::manage(scsi::TaskManagementFunction function,
                                           const std::string& initiator, const UnitName& unit) {
    const Path path = path_to(unit);
    const auto nexus = sessions_.at(initiator).at(path.target)->nexus();
    return targets_.at(path.target).device->manage(function, nexus, path.lun);
}

std::optional<scsi::Sense> World::pending_attention(const std::string& initiator,
                                                    const UnitName& unit) {
    const Path path = path_to(unit);
    auto* logical_unit = unit_at(path);
    const auto sessions = sessions_.find(initiator);
    if (logical_unit == nullptr || sessions == sessions_.end()) return std::nullopt;
    return logical_unit->unit_attentions().pending(sessions->second.at(path.target)->nexus());
}

base::Result<void, std::string> World::start_rsm(const std::string& computer_name,
                                                 std::uint64_t seed) {
    delays_ = std::make_unique<SimulatedDelays>(simulation_);
    rsm::Service::Settings settings;
    settings.database = ":memory:";
    settings.computer_name = computer_name.empty() ? "NEARLINE" : computer_name;
    settings.identifier_seed = seed;
    auto service = rsm::Service::open(settings, *delays_);
    if (!service) return base::Failure{service.error()};
    rsm_ = *std::move(service);
    const std::string name(kRsm);
    connect(name);
    rsm::ManagedLibrary managed;
    managed.name = library_->description().name;
    const Path changer = path_to({});
    managed.changer = sessions_.at(name).at(changer.target).get();
    managed.changer_lun = changer.lun;
    for (std::uint16_t drive = 0; drive < library_->description().drives.size(); ++drive) {
        const Path path = path_to({drive});
        managed.drives.push_back({sessions_.at(name).at(path.target).get(), path.lun});
    }
    rsm_->manage(managed);
    simulation_.run_until(now());
    return {};
}

std::optional<rsm::Answer> World::call_rsm(const std::string& method, const std::string& json,
                                           sim::Time limit) {
    // Owned by this call and by the completion, which may come after the limit.
    auto answer = std::make_shared<std::optional<rsm::Answer>>();
    const rsm::Caller caller{0, {0}, 1};
    rsm_->call(method, json, caller, [answer](rsm::Answer got) { *answer = std::move(got); });
    run_until(limit, [&] { return answer->has_value(); });
    return *answer;
}

}  // namespace nearline::scenarios
