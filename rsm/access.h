// Who may do what: the security descriptors of the computer, libraries and media pools. Every other
// object is protected by one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rsm/rights_table.h"
#include "rsm/security_descriptor.h"
#include "rsm/service.h"
#include "rsm/store.h"

namespace nearline::rsm {

// Who is who on this computer, and whose rules hold.
struct Policy {
    std::uint32_t administrator_group = 0;
    std::optional<std::uint32_t> backup_operator_group;
    Edition edition = Edition::Server2003;
};

class Rights {
public:
    Rights(Store& store, const Caller& caller, const Policy& policy);

    // The superuser and members of the group that is BUILTIN\Administrators.
    bool is_administrator() const { return is_administrator_; }
    // From Server 2003 on, administrators, whatever a list says.
    bool passes_every_check() const;
    // All rights of `mask` on an object with a descriptor of its own.
    bool allow(const Guid& object, std::uint32_t mask) const;

    // Everything `function` wants by the table. Objects it wants nothing of may be null.
    struct On {
        Guid pool;
        Guid library;
    };
    bool may(std::string_view function, const On& on) const;
    // What it wants on the object that protects one of `type`.
    bool may(std::string_view function, ObjectType type, const Guid& id) const;

    const Caller& caller() const { return *caller_; }
    // Everybody the caller is: himself first, then groups.
    const std::vector<Sid>& sids() const { return sids_; }
    const Policy& policy() const { return *policy_; }

private:
    Store* store_;
    const Caller* caller_;
    const Policy* policy_;
    bool is_administrator_;
    std::vector<Sid> sids_;
};

// The object whose descriptor protects one of `type`; null when `id` is unknown.
Guid protector_of(Store& store, ObjectType type, const Guid& id);

// What an object has before anybody says otherwise. `users` is what BUILTIN\Users may.
SecurityDescriptor default_descriptor(std::uint32_t users);
// Gives every computer, library and pool that has no descriptor its default.
void secure_all(Store& store, Edition edition);
// Of a pool that is new: the caller and the system may do everything, and the parent's list is
// inherited; that of the root only by Windows XP.
SecurityDescriptor pool_descriptor(Store& store, const Rights& rights, const MediaPool& parent);

// One entry of the object's list, in place of what it says of the same identifier.
void grant(Store& store, const Guid& object, const Sid& sid, std::uint32_t mask);

}  // namespace nearline::rsm
