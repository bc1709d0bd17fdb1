#include "rsm/access.h"

#include <algorithm>

namespace nearline::rsm {
namespace {

bool concerns(const AccessEntry& entry, const Caller& caller) {
    switch (entry.kind) {
        case AccessEntry::Kind::Everyone:
            return true;
        case AccessEntry::Kind::User:
            return entry.principal == caller.user;
        case AccessEntry::Kind::Group:
            return std::find(caller.groups.begin(), caller.groups.end(), entry.principal) !=
                   caller.groups.end();
    }
    return false;
}

template <typename Row>
Guid library_of(Store& store, const Guid& id) {
    const auto row = store.find<Row>(id);
    return row ? row->library : Guid();
}

Guid pool_of_side(Store& store, const Guid& id) {
    const auto side = store.find<Side>(id);
    if (!side) return {};
    const auto medium = store.find<PhysicalMedium>(side->medium);
    return medium ? medium->pool : Guid();
}

}  // namespace

Rights::Rights(Store& store, const Caller& caller, std::uint32_t administrator_group)
    : store_(&store),
      caller_(&caller),
      is_administrator_(caller.user == 0 || std::find(caller.groups.begin(), caller.groups.end(),
                                                      administrator_group) != caller.groups.end()) {
}

bool Rights::allow(const Guid& object, std::uint32_t mask) const {
    if (is_administrator_) return true;
    std::uint32_t held = 0;
    for (const AccessEntry& entry : store_->access_of(object)) {
        if (concerns(entry, *caller_)) held |= entry.rights;
    }
    return (held & mask) == mask;
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

}  // namespace nearline::rsm
