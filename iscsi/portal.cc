#include "iscsi/portal.h"

#include <utility>

#include "base/check.h"
#include "iscsi/connection.h"
#include "iscsi/portal_core.h"

namespace nearline::iscsi {

Portal::Portal(sim::Simulation& simulation, sim::TraceSink& trace, Settings settings,
               RandomBytes random)
    : core_(std::make_unique<PortalCore>(simulation, trace, std::move(settings),
                                         std::move(random))) {}

Portal::~Portal() {
    CHECK(core_->connections().empty());
}

void Portal::add_target(TargetEntry target) {
    core_->add_target(std::move(target));
}

void Portal::set_address(std::string address) {
    core_->set_address(std::move(address));
}

std::unique_ptr<Connection> Portal::accept(std::string local, std::function<void()> wake) {
    const PortalLimits& limits = core_->settings().limits;
    const bool is_full = core_->connections().size() >= limits.connections ||
                         core_->connections_in_login() >= limits.connections_in_login;
    if (is_full) return nullptr;
    return std::make_unique<TargetConnection>(*core_, std::move(local), std::move(wake));
}

void Portal::request_logout() {
    core_->begin_shutdown();
    for (TargetConnection* connection : core_->connections()) connection->request_logout();
}

void Portal::announce_changed_units(const std::string& target) {
    const TargetEntry* entry = core_->find_target(target);
    CHECK(entry != nullptr);
    for (TargetConnection* connection : core_->connections()) {
        connection->announce_changed_units(*entry);
    }
}

std::size_t Portal::session_count() const {
    return core_->session_count();
}

std::size_t Portal::connection_count() const {
    return core_->connections().size();
}

std::size_t Portal::task_count() const {
    return core_->task_count();
}

}  // namespace nearline::iscsi
