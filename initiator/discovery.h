// SendTargets discovery (RFC 7143 4.3 and appendix C): which targets a portal offers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "initiator/iscsi_initiator.h"

namespace nearline::initiator {

struct DiscoveredTarget {
    std::string name;
    std::vector<std::string> portals;  // "ADDRESS:PORT,TPGT"
};

// One discovery session, from login to logout. Destroying it drops it, unanswered.
class Discovery {
public:
    using Targets = base::Result<std::vector<DiscoveredTarget>, std::string>;

    // `done` runs once, from the loop, and may destroy the discovery. Of the options only the
    // name and the login timeout (for the whole session) count.
    Discovery(Loop& loop, Portal portal, IscsiOptions options, std::function<void(Targets)> done);
    ~Discovery();

private:
    class Session;
    std::unique_ptr<Session> session_;
};

}  // namespace nearline::initiator
