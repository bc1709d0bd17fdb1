// Who may do what: rights held by access lists of the computer, libraries and media pools. Every
// other object is protected by one of these.
#pragma once

#include <cstdint>

#include "rsm/service.h"
#include "rsm/store.h"

namespace nearline::rsm {

class Rights {
public:
    Rights(Store& store, const Caller& caller, std::uint32_t administrator_group);

    // Administrators, and the superuser as Local System, pass every check (2003 and later).
    bool is_administrator() const { return is_administrator_; }
    // All rights of `mask` on an object with a list of its own.
    bool allow(const Guid& object, std::uint32_t mask) const;
    const Caller& caller() const { return *caller_; }

private:
    Store* store_;
    const Caller* caller_;
    bool is_administrator_;
};

// The object whose access list protects one of `type`; null when `id` is unknown.
Guid protector_of(Store& store, ObjectType type, const Guid& id);

}  // namespace nearline::rsm
