// The world a scenario is played in: one simulation, one library, the initiators before it, and
// Removable Storage if the scenario has it. Everything in one process and in virtual time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "library/library.h"
#include "rsm/service.h"
#include "scenarios/scenario.h"
#include "scsi/local_initiator.h"
#include "sim/simulation.h"
#include "sim/trace.h"

namespace nearline::scenarios {

// A command on its way, or its answer.
struct Pending {
    sim::Time sent{};
    sim::Time answered{};
    std::optional<scsi::Response> response;
};

class World {
    struct Key {};  // only build() makes one

public:
    explicit World(Key);
    // The trace must outlive it. The error is a sentence.
    static base::Result<std::unique_ptr<World>, std::string> build(const Scenario& scenario,
                                                                   std::uint64_t seed,
                                                                   sim::TraceSink& trace);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    sim::Time now() const { return simulation_.now(); }
    library::Library& library() { return *library_; }
    const changer::ElementMap& elements() { return library_->changer().elements(); }

    // Runs events until `is_reached`, at most to `limit`, where time stands then; false when it is
    // not, or when nothing more can happen.
    bool run_until(sim::Time limit, const std::function<bool()>& is_reached);
    void run_to(sim::Time time) { simulation_.run_until(time); }
    bool is_idle() const { return simulation_.is_idle(); }

    void connect(const std::string& initiator);
    void disconnect(const std::string& initiator);
    void reconnect(const std::string& initiator);
    bool is_connected(const std::string& initiator) const;
    // Unit attentions of the beginning are no part of the story.
    void forget_unit_attentions();

    // The initiator must be connected. Its answer comes into what is returned.
    std::shared_ptr<Pending> send(const std::string& initiator, const UnitName& unit,
                                  scsi::Request request);
    scsi::TaskManagementResponse manage(scsi::TaskManagementFunction function,
                                        const std::string& initiator, const UnitName& unit);
    std::optional<scsi::Sense> pending_attention(const std::string& initiator,
                                                 const UnitName& unit);

    // Begins to manage the library.
    base::Result<void, std::string> start_rsm(const std::string& computer_name, std::uint64_t seed);
    std::optional<rsm::Answer> call_rsm(const std::string& method, const std::string& json,
                                        sim::Time limit);

private:
    // Where a unit is reached.
    struct Path {
        std::size_t target = 0;
        scsi::Lun lun{};
    };
    class SimulatedDelays;
    // One nexus with each target.
    using Sessions = std::vector<std::unique_ptr<scsi::LocalInitiator>>;

    Path path_to(const UnitName& unit) const;
    scsi::LogicalUnit* unit_at(const Path& path) const;

    sim::Simulation simulation_;
    std::unique_ptr<library::Library> library_;
    std::vector<library::Target> targets_;
    std::map<std::string, Sessions> sessions_;
    std::unique_ptr<SimulatedDelays> delays_;
    std::unique_ptr<rsm::Service> rsm_;
};

}  // namespace nearline::scenarios
