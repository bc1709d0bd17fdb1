#include "rsm/access.h"

#include <algorithm>

namespace nearline::rsm {
namespace {

template <typename Row>
Guid library_of(Store& store, const Guid& id) {
    const auto row = store.find<Row>(id);
    return row ? row->library : Guid();
}

bool is_in(const Caller& caller, std::uint32_t group) {
    return std::find(caller.groups.begin(), caller.groups.end(), group) != caller.groups.end();
}

Guid pool_of_side(Store& store, const Guid& id) {
    const auto side = store.find<Side>(id);
    if (!side) return {};
    const auto medium = store.find<PhysicalMedium>(side->medium);
    return medium ? medium->pool : Guid();
}

}  // namespace

Rights::Rights(Store& store, const Caller& caller, const Policy& policy)
    : store_(&store),
      caller_(&caller),
      policy_(&policy),
      is_administrator_(caller.user == 0 || is_in(caller, policy.administrator_group)) {
    sids_ = {unix_user(caller.user), kEveryone, kBuiltinUsers};
    for (const std::uint32_t group : caller.groups) sids_.push_back(unix_group(group));
    if (caller.user == 0) sids_.push_back(kLocalSystem);
    if (is_administrator_) sids_.push_back(kBuiltinAdministrators);
    const auto& operators = policy.backup_operator_group;
    if (operators && is_in(caller, *operators)) sids_.push_back(kBackupOperators);
}

bool Rights::passes_every_check() const {
    return is_administrator_ && policy_->edition == Edition::Server2003;
}

bool Rights::allow(const Guid& object, std::uint32_t mask) const {
    if (mask == 0 || passes_every_check()) return true;
    const auto descriptor = store_->descriptor(object);
    return descriptor && allows(*descriptor, sids_, mask);
}

bool Rights::may(std::string_view function, const On& on) const {
    if (passes_every_check()) return true;
    const Wanted wanted = wanted_by(function, policy_->edition);
    return allow(on.pool, wanted.pool) && allow(on.library, wanted.library) &&
           (wanted.computer == 0 || allow(store_->computer().id, wanted.computer));
}

bool Rights::may(std::string_view function, ObjectType type, const Guid& id) const {
    if (passes_every_check()) return true;
    const std::uint32_t wanted = wanted_on(function, type, policy_->edition);
    return wanted == 0 || allow(protector_of(*store_, type, id), wanted);
}

Guid protector_of(Store& store, ObjectType type, const Guid& id) {
    switch (type) {
        case ObjectType::Library:
        case ObjectType::MediaPool:
        case ObjectType::Computer:
            return id;
        case ObjectType::Changer:
            return library_of<Changer>(store, id);
        case ObjectType::Drive:
            return library_of<Drive>(store, id);
        case ObjectType::IEDoor:
            return library_of<IEDoor>(store, id);
        case ObjectType::IEPort:
            return library_of<IEPort>(store, id);
        case ObjectType::StorageSlot:
            return library_of<StorageSlot>(store, id);
        case ObjectType::LibRequest:
            return library_of<LibRequest>(store, id);
        case ObjectType::PhysicalMedia: {
            const auto medium = store.find<PhysicalMedium>(id);
            return medium ? medium->pool : Guid();
        }
        case ObjectType::LogicalMedia: {
            const auto medium = store.find<LogicalMedium>(id);
            return medium ? medium->pool : Guid();
        }
        case ObjectType::Partition:
            return pool_of_side(store, id);
        case ObjectType::ChangerType:
        case ObjectType::DriveType:
        case ObjectType::MediaType:
        case ObjectType::OpRequest:
            return store.computer().id;
        case ObjectType::Unknown:
        case ObjectType::Object:
        case ObjectType::UiDestination:
            break;
    }
    return {};
}

SecurityDescriptor default_descriptor(std::uint32_t users) {
    constexpr std::uint32_t kWork = kUse | kModify | kControl | kReadControl;
    SecurityDescriptor descriptor;
    descriptor.owner = kBuiltinAdministrators;
    descriptor.group = kBuiltinAdministrators;
    descriptor.has_dacl = true;
    descriptor.dacl = Acl{{Ace::Kind::Allowed, 0, kAllAccess, kLocalSystem},
                          {Ace::Kind::Allowed, 0, kAllAccess, kBuiltinAdministrators},
                          {Ace::Kind::Allowed, 0, kWork, kBackupOperators},
                          {Ace::Kind::Allowed, 0, users | kReadControl, kBuiltinUsers}};
    return descriptor;
}

void secure_all(Store& store, Edition edition) {
    const Guid root = store.root_pool().id;
    for (const Guid& id : store.unsecured()) {
        // Users of Windows XP made pools of their own, and found themselves in the lists of those.
        const bool may_make_pools = edition == Edition::Xp && id == root;
        store.set_descriptor(id,
                             default_descriptor(may_make_pools ? kUse | kModify | kControl : kUse));
    }
}

SecurityDescriptor pool_descriptor(Store& store, const Rights& rights, const MediaPool& parent) {
    SecurityDescriptor descriptor;
    descriptor.owner = rights.sids().front();
    const auto& groups = rights.caller().groups;
    descriptor.group = groups.empty() ? kBuiltinUsers : unix_group(groups.front());
    descriptor.has_dacl = true;
    descriptor.dacl = Acl{{Ace::Kind::Allowed, 0, kAllAccess, rights.sids().front()},
                          {Ace::Kind::Allowed, 0, kAllAccess, kLocalSystem}};
    const bool inherits = !parent.parent.is_null() || rights.policy().edition == Edition::Xp;
    const auto above = inherits ? store.descriptor(parent.id) : std::nullopt;
    for (Ace ace : above && above->dacl ? *above->dacl : Acl{}) {
        ace.flags |= Ace::kInherited;
        descriptor.dacl->push_back(ace);
    }
    return descriptor;
}

void grant(Store& store, const Guid& object, const Sid& sid, std::uint32_t mask) {
    SecurityDescriptor descriptor = store.descriptor(object).value_or(default_descriptor(0));
    if (!descriptor.dacl) return;  // everybody may do everything already
    std::erase_if(*descriptor.dacl, [&](const Ace& ace) {
        return ace.kind == Ace::Kind::Allowed && ace.flags == 0 && ace.sid == sid;
    });
    descriptor.dacl->push_back({Ace::Kind::Allowed, 0, mask, sid});
    store.set_descriptor(object, descriptor);
}

}  // namespace nearline::rsm
