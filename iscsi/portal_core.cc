#include "iscsi/portal_core.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "iscsi/connection.h"
#include "iscsi/text.h"

namespace nearline::iscsi {
namespace {

std::string in_hex(std::uint64_t value, std::size_t bytes) {
    Bytes raw(bytes);
    base::store_big_endian(raw, 0, bytes, value);
    return base::to_hex(raw);
}

// An address nobody can connect to: bound to all of the host's.
bool is_wildcard(std::string_view address) {
    return address.empty() || address.starts_with("0.0.0.0:") || address.starts_with("[::]:") ||
           address.starts_with(":");
}

}  // namespace

bool is_allowed(const std::vector<std::string>& patterns, std::string_view initiator) {
    if (patterns.empty()) return true;
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (!pattern.ends_with('*')) return pattern == initiator;
        pattern.remove_suffix(1);
        return initiator.starts_with(pattern);
    });
}

PortalCore::PortalCore(sim::Simulation& simulation, sim::TraceSink& trace,
                       Portal::Settings settings, RandomBytes random)
    : simulation_(simulation),
      trace_(trace),
      settings_(std::move(settings)),
      random_(std::move(random)) {}

void PortalCore::add_target(TargetEntry target) {
    CHECK(target.device != nullptr);
    const std::string name = target.name;
    const bool is_new =
        targets_.emplace(name, std::make_unique<TargetEntry>(std::move(target))).second;
    CHECK(is_new);
}

const TargetEntry* PortalCore::find_target(std::string_view name) const {
    const auto at = targets_.find(name);
    return at == targets_.end() ? nullptr : at->second.get();
}

Bytes PortalCore::list_targets(const std::string& initiator, std::string_view only,
                               const std::string& local) const {
    const std::string& address = is_wildcard(settings_.address) ? local : settings_.address;
    Bytes text;
    for (const auto& [name, target] : targets_) {
        const bool is_asked_for = only.empty() || only == name;
        if (!is_asked_for || !is_allowed(target->access.initiators, initiator)) continue;
        append_pair(text, "TargetName", name);
        append_pair(text, "TargetAddress", address + "," + std::to_string(settings_.group_tag));
    }
    return text;
}

// RFC 7143 4.2.7.2 and its names of SCSI ports.
scsi::NexusNames PortalCore::nexus_names(const SessionName& name) const {
    return {name.initiator + ",i,0x" + in_hex(name.isid, 6),
            name.target + ",t,0x" + in_hex(settings_.group_tag, 2)};
}

void PortalCore::add_connection(TargetConnection& connection) {
    connections_.push_back(&connection);
}

void PortalCore::remove_connection(TargetConnection& connection) {
    std::erase(connections_, &connection);
}

std::size_t PortalCore::connections_in_login() const {
    return static_cast<std::size_t>(
        std::count_if(connections_.begin(), connections_.end(),
                      [](const TargetConnection* one) { return !one->is_logged_in(); }));
}

void PortalCore::add_session(Session& session) {
    const bool is_new = sessions_.emplace(session.identity().name, &session).second;
    CHECK(is_new);
}

void PortalCore::remove_session(Session& session) {
    const auto at = sessions_.find(session.identity().name);
    if (at != sessions_.end() && at->second == &session) sessions_.erase(at);
}

std::size_t PortalCore::task_count() const {
    std::size_t count = 0;
    for (const auto& [name, session] : sessions_) count += session->task_count();
    return count;
}

base::Result<PortalCore::Join, LoginStatus> PortalCore::admission(
    const SessionName& name, std::uint16_t tsih, std::uint16_t connection_id) const {
    const auto at = sessions_.find(name);
    if (at == sessions_.end()) {
        if (tsih != 0) return base::Failure{LoginStatus::SessionDoesNotExist};
        return Join::NewSession;
    }
    const Session::Identity& there = at->second->identity();
    if (tsih == 0) return Join::ReplacesSession;
    if (tsih != there.tsih) return base::Failure{LoginStatus::SessionDoesNotExist};
    // One connection is all a session here may have.
    if (connection_id != there.connection_id || there.target == nullptr) {
        return base::Failure{LoginStatus::TooManyConnections};
    }
    return Join::ReplacesConnection;
}

std::unique_ptr<Session> PortalCore::establish(Session::Identity identity, Join join,
                                               const CommandWindow& window) {
    if (join != Join::NewSession) {
        Session& there = *sessions_.at(identity.name);
        if (join == Join::ReplacesConnection) return there.holder()->surrender_session();
        there.holder()->end_session();
    }
    identity.tsih = unused_tsih();
    return std::make_unique<Session>(*this, std::move(identity), window);
}

// Round robin, so that a stale one is recognised; there are far fewer sessions than numbers.
std::uint16_t PortalCore::unused_tsih() {
    const auto is_used = [&](std::uint16_t tsih) {
        return std::any_of(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
            return entry.second->identity().tsih == tsih;
        });
    };
    do {
        ++last_tsih_;
    } while (last_tsih_ == 0 || is_used(last_tsih_));
    return last_tsih_;
}

std::vector<Session*> PortalCore::sessions_of(const TargetEntry& target) const {
    std::vector<Session*> found;
    for (const auto& [name, session] : sessions_) {
        if (session->identity().target == &target) found.push_back(session);
    }
    return found;
}

void PortalCore::units_were_reset(const TargetEntry& target, std::optional<Lun> lun) {
    for (Session* session : sessions_of(target)) session->unit_was_reset(lun);
}

void PortalCore::end_sessions(const TargetEntry& target) {
    for (Session* session : sessions_of(target)) session->holder()->end_session();
}

}  // namespace nearline::iscsi
