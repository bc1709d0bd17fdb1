// What the connections of a portal share: its targets, the sessions by name, limits. Connections
// and sessions enter themselves and leave when they end.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iscsi/portal.h"
#include "iscsi/session.h"

namespace nearline::iscsi {

class TargetConnection;

class PortalCore {
public:
    PortalCore(sim::Simulation& simulation, sim::TraceSink& trace, Portal::Settings settings,
               RandomBytes random);

    sim::Simulation& simulation() { return simulation_; }
    const Portal::Settings& settings() const { return settings_; }
    const RandomBytes& random() const { return random_; }
    void set_address(std::string address) { settings_.address = std::move(address); }
    sim::TraceSink& trace() { return trace_; }
    std::string name_connection() { return "connection " + std::to_string(++connections_made_); }

    void add_target(TargetEntry target);
    const TargetEntry* find_target(std::string_view name) const;
    // The answer to SendTargets for `only` or, when it is empty, for all the initiator may use.
    Bytes list_targets(const std::string& initiator, std::string_view only,
                       const std::string& local) const;
    scsi::NexusNames nexus_names(const SessionName& name) const;

    void add_connection(TargetConnection& connection);
    void remove_connection(TargetConnection& connection);
    std::size_t connections_in_login() const;
    const std::vector<TargetConnection*>& connections() const { return connections_; }

    void add_session(Session& session);
    void remove_session(Session& session);
    std::size_t session_count() const { return sessions_.size(); }
    std::size_t task_count() const;

    // What a login with this name, TSIH and CID would be (RFC 7143 6.3.1, the table of 11.12.6).
    enum class Join { NewSession, ReplacesSession, ReplacesConnection };
    base::Result<Join, LoginStatus> admission(const SessionName& name, std::uint16_t tsih,
                                              std::uint16_t connection_id) const;
    // The session of a login that has succeeded: one it replaces has ended, or has changed hands.
    std::unique_ptr<Session> establish(Session::Identity identity, Join join,
                                       const CommandWindow& window);

    void units_were_reset(const TargetEntry& target, std::optional<Lun> lun);
    // All sessions of a target end, as after a loss of power.
    void end_sessions(const TargetEntry& target);

    void begin_shutdown() { is_shutting_down_ = true; }
    bool is_shutting_down() const { return is_shutting_down_; }

private:
    std::uint16_t unused_tsih();
    std::vector<Session*> sessions_of(const TargetEntry& target) const;

    sim::Simulation& simulation_;
    sim::TraceSink& trace_;
    Portal::Settings settings_;
    RandomBytes random_;
    std::map<std::string, std::unique_ptr<TargetEntry>, std::less<>> targets_;
    std::vector<TargetConnection*> connections_;  // in the order they were accepted
    std::map<SessionName, Session*> sessions_;
    std::uint16_t last_tsih_ = 0;
    std::uint64_t connections_made_ = 0;
    bool is_shutting_down_ = false;
};

// Whether `initiator` is one of `patterns`: a name, or a beginning followed by *. None: everybody.
bool is_allowed(const std::vector<std::string>& patterns, std::string_view initiator);

}  // namespace nearline::iscsi
