#include <algorithm>
#include <map>

#include "rsm/inventory.h"
#include "rsm/queue_rules.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

constexpr bool is_listed_type(std::uint32_t type) {
    return type > static_cast<std::uint32_t>(ObjectType::Object) &&
           type < static_cast<std::uint32_t>(ObjectType::UiDestination);
}

// --- enumeration

// Objects the caller may not USE are left out of what he sees.
void keep_usable(Context& context, ObjectType type, const Id& pool, std::vector<Guid>& ids) {
    if (context.rights.passes_every_check()) return;
    // What is in a pool, and is no pool, has that pool's list.
    if (pool && type != ObjectType::MediaPool && type != ObjectType::MediaType) {
        if (!context.rights.may("EnumerateObject", ObjectType::MediaPool, *pool)) ids.clear();
        return;
    }
    std::map<Guid, bool> usable;
    std::erase_if(ids, [&](const Guid& id) {
        const Guid protector = protector_of(context.store, type, id);
        const auto known = usable.find(protector);
        if (known != usable.end()) return !known->second;
        const bool allowed = context.rights.may("EnumerateObject", type, id);
        usable.emplace(protector, allowed);
        return !allowed;
    });
}

// --- information

template <typename Row>
bool load_as(Store& store, ObjectType type, const Guid& id, AnyObject& object) {
    if (type != Row::type) return false;
    if (auto row = store.find<Row>(id)) object = std::move(*row);
    return true;
}

template <typename... Rows>
void load_any(Store& store, ObjectType type, const Guid& id,
              std::variant<std::monostate, Rows...>& object) {
    static_cast<void>((load_as<Rows>(store, type, id, object) || ...));
}

void count_library(Store& store, const Guid& id, Information::LibraryNumbers& numbers) {
    numbers.drives = store.count(Store::Counted::DrivesOfLibrary, id);
    numbers.slots = store.count(Store::Counted::SlotsOfLibrary, id);
    numbers.doors = store.count(Store::Counted::DoorsOfLibrary, id);
    numbers.ports = store.count(Store::Counted::PortsOfLibrary, id);
    numbers.changers = store.count(Store::Counted::ChangersOfLibrary, id);
    numbers.media = store.count(Store::Counted::MediaOfLibrary, id);
    numbers.media_types = store.count(Store::Counted::MediaTypesOfLibrary, id);
    numbers.requests = store.count(Store::Counted::OpenRequestsOfLibrary, id);
}

void count_pool(Store& store, const Guid& id, Information::PoolNumbers& numbers) {
    numbers.media = store.count(Store::Counted::MediaOfPool, id);
    numbers.logical_media = store.count(Store::Counted::LogicalMediaOfPool, id);
    numbers.pools = store.count(Store::Counted::PoolsOfPool, id);
}

void count_contents(Store& store, ObjectType type, const Guid& id, Information& information) {
    if (type == ObjectType::Library) count_library(store, id, information.library);
    if (type == ObjectType::MediaPool) count_pool(store, id, information.pool);
    if (type == ObjectType::LogicalMedia) information.sides = 1;
    if (type == ObjectType::PhysicalMedia) {
        information.sides = static_cast<std::uint32_t>(store.sides_of(id).size());
    }
    // The root pool is hidden: top-level pools have no parent that anybody sees.
    if (auto* pool = std::get_if<MediaPool>(&information.object)) {
        if (pool->parent == store.root_pool().id) pool->parent = {};
    }
}

// --- setting

bool fits(const Object& object) {
    return object.name.size() <= kNameLength && object.description.size() <= kDescriptionLength;
}

Error set_members(Store&, Computer& kept, const Computer& wanted) {
    kept.lib_request_purge_time = wanted.lib_request_purge_time;
    kept.op_request_purge_time = wanted.op_request_purge_time;
    kept.lib_request_flags = wanted.lib_request_flags;
    kept.op_request_flags = wanted.op_request_flags;
    kept.media_pool_policy = wanted.media_pool_policy;
    return Error::Success;
}

Error set_members(Store&, Drive& kept, const Drive& wanted) {
    kept.defer_dismount_delay = wanted.defer_dismount_delay;
    return Error::Success;
}

Error set_members(Store&, IEDoor& kept, const IEDoor& wanted) {
    if (wanted.max_open_seconds > 0xFFFF) return Error::InvalidParameter;
    kept.max_open_seconds = wanted.max_open_seconds;
    return Error::Success;
}

Error set_members(Store&, IEPort& kept, const IEPort& wanted) {
    if (wanted.max_extend_seconds > 0xFFFF) return Error::InvalidParameter;
    kept.max_extend_seconds = wanted.max_extend_seconds;
    return Error::Success;
}

// The offline library's flags say what it is; nobody else may claim to be it.
Error set_members(Store&, Library& kept, const Library& wanted) {
    if (wanted.inventory_method > InventoryMethod::Omid) return Error::InvalidParameter;
    kept.name = wanted.name;
    kept.auto_recovery = wanted.auto_recovery;
    kept.inventory_method = wanted.inventory_method;
    if (kept.is_offline_library()) return Error::Success;
    kept.cleaner_uses_remaining = wanted.cleaner_uses_remaining;
    constexpr std::uint32_t kDerived = kFixedOffline | kIgnoreCleanerUsesRemaining;
    kept.flags = wanted.flags & ~kDerived;
    if (kept.cleaner_uses_remaining == kForever) kept.flags |= kIgnoreCleanerUsesRemaining;
    return Error::Success;
}

Error set_members(Store& store, MediaPool& kept, const MediaPool& wanted) {
    if (wanted.allocation_policy > kAllocateFromFree) return Error::InvalidParameter;
    if (wanted.deallocation_policy > kDeallocateToFree) return Error::InvalidParameter;
    if (kept.is_system()) return Error::Success;  // RSM's own: only the description
    const bool is_name = !wanted.name.empty() && wanted.name.find('\\') == std::string::npos;
    if (!is_name) return Error::InvalidParameter;
    if (wanted.name != kept.name && store.pool_named(kept.parent, wanted.name)) {
        return Error::InvalidParameter;
    }
    if (wanted.media_type != kept.media_type) {
        const bool is_type =
            wanted.media_type.is_null() || store.find<MediaType>(wanted.media_type).has_value();
        const bool is_empty = store.count(Store::Counted::MediaOfPool, kept.id) == 0 &&
                              store.count(Store::Counted::PoolsOfPool, kept.id) == 0;
        if (!is_type || !is_empty) return Error::InvalidParameter;
    }
    kept.name = wanted.name;
    kept.media_type = wanted.media_type;
    kept.allocation_policy = wanted.allocation_policy;
    kept.deallocation_policy = wanted.deallocation_policy;
    kept.max_allocates = wanted.max_allocates;
    return Error::Success;
}

template <typename Row>
Error set_members(Store&, Row& kept, const Row& wanted) {
    constexpr bool kHasName = std::is_same_v<Row, LogicalMedium> ||
                              std::is_same_v<Row, PhysicalMedium> || std::is_same_v<Row, Side>;
    if constexpr (kHasName) kept.name = wanted.name;
    return Error::Success;
}

template <typename Row>
Error set_row(Store& store, const Guid& id, const Row& wanted) {
    auto kept = store.find<Row>(id);
    if (!kept) return Error::ObjectNotFound;
    if (!fits(wanted)) return Error::InvalidParameter;
    const Error refusal = set_members(store, *kept, wanted);
    if (refusal != Error::Success) return refusal;
    kept->description = wanted.description;
    store.update(*kept);
    return Error::Success;
}

// --- enabling

Error switch_library(Store& store, const Guid& id, bool is_enabled) {
    auto library = store.find<Library>(id);
    if (!library) return Error::ObjectNotFound;
    if (library->is_offline_library()) return Error::LibraryOffline;
    if (library->is_enabled == is_enabled) return Error::InvalidState;
    library->is_enabled = is_enabled;
    store.update(*library);
    for (Drive& drive : store.drives_of(id)) {
        drive.is_enabled = is_enabled;
        store.update(drive);
    }
    return Error::Success;
}

Error switch_drive(Store& store, const Guid& id, bool is_enabled) {
    auto drive = store.find<Drive>(id);
    if (!drive) return Error::ObjectNotFound;
    if (drive->is_enabled == is_enabled) return Error::InvalidState;
    drive->is_enabled = is_enabled;
    store.update(*drive);
    // What is in a drive that goes off returns to its slot.
    const bool is_full =
        drive->state == DriveState::Loaded || drive->state == DriveState::Dismountable;
    if (!is_enabled && is_full && !drive->saved_side.is_null()) {
        queue_dismount(store, *drive,
                       system_request(Operation::Dismount, drive->library, store.now_ms()));
    }
    return Error::Success;
}

Error switch_medium(Store& store, const Guid& id, bool is_enabled) {
    auto medium = store.find<PhysicalMedium>(id);
    if (!medium) return Error::ObjectNotFound;
    if (medium->is_enabled == is_enabled) return Error::InvalidState;
    medium->is_enabled = is_enabled;
    store.update(*medium);
    for (Side& side : store.sides_of(id)) {
        side.is_enabled = is_enabled;
        store.update(side);
        auto logical = store.find<LogicalMedium>(side.logical_medium);
        if (!logical) continue;
        logical->is_enabled = is_enabled;
        store.update(*logical);
    }
    return Error::Success;
}

// The library whose MODIFY right enables or disables.
Guid governing_library(Store& store, ObjectType type, const Guid& id) {
    if (type != ObjectType::PhysicalMedia) return protector_of(store, type, id);
    const auto medium = store.find<PhysicalMedium>(id);
    return medium ? medium->library : Guid();
}

}  // namespace

Error enumerate_objects(Context& context, const Enumeration& wanted, std::vector<Guid>& ids,
                        std::uint32_t& count) {
    Store& store = context.store;
    if (!is_listed_type(wanted.type)) return Error::InvalidParameter;
    const auto type = static_cast<ObjectType>(wanted.type);
    const bool is_whole = !wanted.container || wanted.container->is_null();
    const bool with_root = wanted.options == kEnumerateRootPool;
    const bool may_have_root = type == ObjectType::MediaPool && is_whole;
    if (wanted.options != 0 && !(with_root && may_have_root)) return Error::InvalidParameter;

    ObjectType container_type = ObjectType::Unknown;
    if (!is_whole) {
        const auto found = store.type_of(*wanted.container);
        if (!found) return Error::ObjectNotFound;
        container_type = *found;
    }
    auto listed = store.ids(type, container_type, is_whole ? Guid() : *wanted.container);
    if (!listed) return Error::InvalidParameter;
    if (with_root) listed->insert(listed->begin(), store.root_pool().id);
    const bool is_in_pool = container_type == ObjectType::MediaPool;
    keep_usable(context, type, is_in_pool ? wanted.container : Id(), *listed);

    count = static_cast<std::uint32_t>(listed->size());
    ids = std::move(*listed);
    if (!wanted.capacity || *wanted.capacity >= count) return Error::Success;
    ids.resize(*wanted.capacity);
    return Error::InsufficientBuffer;
}

Error object_information(Context& context, const Id& id, std::uint32_t type_number,
                         Information& information) {
    if (!id) return Error::InvalidParameter;
    if (type_number != 0 && !is_listed_type(type_number)) return Error::InvalidParameter;
    const auto type = context.store.type_of(*id);
    if (!type) return Error::ObjectNotFound;
    if (type_number != 0 && *type != static_cast<ObjectType>(type_number)) {
        return Error::ObjectNotFound;
    }
    if (!context.rights.may("GetObjectInformation", *type, *id)) return Error::AccessDenied;
    load_any(context.store, *type, *id, information.object);
    count_contents(context.store, *type, *id, information);
    return Error::Success;
}

Error set_object_information(Context& context, const Id& id, const AnyObject& wanted) {
    if (!id || std::holds_alternative<std::monostate>(wanted)) return Error::InvalidParameter;
    const auto type = context.store.type_of(*id);
    if (!type) return Error::ObjectNotFound;
    if (!context.rights.may("SetObjectInformation", *type, *id)) return Error::AccessDenied;
    return std::visit(
        [&](const auto& row) {
            using Row = std::remove_cvref_t<decltype(row)>;
            if constexpr (std::is_same_v<Row, std::monostate>) {
                return Error::InvalidParameter;
            } else {
                return set_row(context.store, *id, row);
            }
        },
        wanted);
}

Error switch_object(Context& context, std::uint32_t type_number, const Id& id, Switch to) {
    const auto type = static_cast<ObjectType>(type_number);
    const bool is_switchable = type == ObjectType::Drive || type == ObjectType::Library ||
                               type == ObjectType::PhysicalMedia;
    if (!id || !is_switchable) return Error::InvalidParameter;
    if (context.store.type_of(*id) != type) return Error::ObjectNotFound;
    const bool is_enabled = to == Switch::Enable;
    const Guid library = governing_library(context.store, type, *id);
    if (!context.rights.may(is_enabled ? "EnableObject" : "DisableObject", {{}, library})) {
        return Error::AccessDenied;
    }
    if (type == ObjectType::Library) return switch_library(context.store, *id, is_enabled);
    if (type == ObjectType::Drive) return switch_drive(context.store, *id, is_enabled);
    return switch_medium(context.store, *id, is_enabled);
}

}  // namespace nearline::rsm
