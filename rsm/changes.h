// What a transaction did to the objects, for those who listen: one change an object, however often
// it was touched. What came and went within the transaction was never there.
#pragma once

#include <map>
#include <vector>

#include "rsm/constants.h"
#include "rsm/guid.h"

namespace nearline::rsm {

struct Change {
    ObjectType type = ObjectType::Unknown;
    NotificationOperation operation = NotificationOperation::Update;
    Guid id;
    auto operator<=>(const Change&) const = default;
};

class ChangeLog {
public:
    void note(const Change& change);
    // In the order the objects were first touched; the log is empty then.
    std::vector<Change> take();

private:
    std::vector<Change> changes_;
    std::map<Guid, std::size_t> places_;  // of the object's change, in changes_
};

}  // namespace nearline::rsm
