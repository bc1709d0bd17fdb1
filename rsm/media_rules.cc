#include <algorithm>

#include "rsm/queue_rules.h"
#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

bool any_blocking(const std::vector<Side>& sides) {
    return std::any_of(sides.begin(), sides.end(),
                       [](const Side& side) { return is_blocking(side.state); });
}

bool all_in(const std::vector<Side>& sides, SideState state) {
    return std::all_of(sides.begin(), sides.end(),
                       [&](const Side& side) { return side.state == state; });
}

bool any_in(const std::vector<Side>& sides, SideState state) {
    return std::any_of(sides.begin(), sides.end(),
                       [&](const Side& side) { return side.state == state; });
}

// A logical medium with all it stands for. Missing parts are nullopt, which only a damaged database
// has.
struct Owned {
    std::optional<LogicalMedium> logical;
    std::optional<Side> side;
    std::optional<PhysicalMedium> medium;
    std::optional<MediaPool> pool;
};

Owned owned_by(Store& store, const Guid& logical_medium) {
    Owned owned;
    owned.logical = store.find<LogicalMedium>(logical_medium);
    if (!owned.logical) return owned;
    owned.side = store.side_of_logical(logical_medium);
    owned.pool = store.find<MediaPool>(owned.logical->pool);
    if (owned.side) owned.medium = store.find<PhysicalMedium>(owned.side->medium);
    return owned;
}

// All sides move with their medium, and so do the logical media on them.
void put_in_pool(Store& store, PhysicalMedium& medium, const Guid& pool) {
    if (medium.pool == pool) return;
    for (const Side& side : store.sides_of(medium.id)) {
        auto logical = store.find<LogicalMedium>(side.logical_medium);
        if (!logical) continue;
        logical->pool = pool;
        store.update(*logical);
    }
    medium.pool = pool;
    store.update(medium);
}

// The free pool is asked for less than any other.
bool may_move(const Context& context, const MediaPool& pool) {
    const bool is_free = pool.pool_type == PoolType::Free;
    return context.rights.may(is_free ? "MoveToMediaPool: free pool" : "MoveToMediaPool",
                              {pool.id, {}});
}

bool may_draw_from(const Context& context, const MediaPool& pool) {
    const bool is_free = pool.pool_type == PoolType::Free;
    return context.rights.may(is_free ? "AllocateMedia: free pool" : "AllocateMedia: other source",
                              {pool.id, {}});
}

// The end of an operation, by the object that stands for it in the documents.
template <typename Row>
void announce_done(Store& store, const Row& row) {
    store.announce({Row::type, NotificationOperation::Complete, row.id});
}

// --- allocation

struct Choice {
    Error error = Error::Success;
    Side side;
};

Choice refuse(Error error) {
    return {error, {}};
}

// Why this side cannot be allocated, or that it can.
Choice named_side(Context& context, const MediaPool& pool, const Guid& id) {
    const auto side = context.store.find<Side>(id);
    if (!side) return refuse(Error::InvalidMedia);
    const auto medium = context.store.find<PhysicalMedium>(side->medium);
    if (!medium) return refuse(Error::InvalidMedia);
    const auto source = context.store.find<MediaPool>(medium->pool);
    if (!source) return refuse(Error::InvalidMediaPool);
    if (source->id != pool.id && !may_draw_from(context, *source)) {
        return refuse(Error::AccessDenied);
    }
    if (medium->media_type != pool.media_type) return refuse(Error::MediaIncompatible);
    if (is_offline(context.store, *medium)) return refuse(Error::MediaOffline);
    if (!medium->is_enabled || !side->is_enabled) return refuse(Error::MediaUnavailable);
    if (side->state != SideState::Available && side->state != SideState::Import) {
        return refuse(Error::MediaUnavailable);
    }
    const auto sides = context.store.sides_of(medium->id);
    if (source->id != pool.id && any_blocking(sides)) return refuse(Error::MediaUnavailable);
    return {Error::Success, *side};
}

// The next side of the medium that the given logical medium is on.
Choice next_side(Context& context, const MediaPool& pool, const Id& logical_medium) {
    if (!logical_medium) return refuse(Error::InvalidMedia);
    const Owned owned = owned_by(context.store, *logical_medium);
    if (!owned.medium || owned.logical->pool != pool.id) return refuse(Error::InvalidMedia);
    if (is_offline(context.store, *owned.medium)) return refuse(Error::MediaOffline);
    for (const Side& side : context.store.sides_of(owned.medium->id)) {
        if (side.state == SideState::Reserved || side.state == SideState::Available) {
            return {Error::Success, side};
        }
    }
    return refuse(Error::MediaUnavailable);
}

// An available side of the pool, else of the free pool when the policy says so.
Choice any_side(Context& context, const MediaPool& pool) {
    if (auto side = context.store.available_side(pool.id)) return {Error::Success, *side};
    if ((pool.allocation_policy & kAllocateFromFree) == 0) return refuse(Error::MediaUnavailable);
    const auto free = context.store.system_pool(PoolType::Free, pool.media_type);
    if (!free) return refuse(Error::DeviceNotAvailable);
    if (!may_draw_from(context, *free)) return refuse(Error::AccessDenied);
    if (auto side = context.store.available_side(free->id)) return {Error::Success, *side};
    return refuse(Error::MediaUnavailable);
}

void reserve_siblings(Store& store, const Side& allocated) {
    for (Side& sibling : store.sides_of(allocated.medium)) {
        if (sibling.id == allocated.id || sibling.state != SideState::Available) continue;
        sibling.state = SideState::Reserved;
        store.update(sibling);
    }
}

// --- deallocation

void release_siblings(Store& store, const Side& deallocated) {
    for (Side& sibling : store.sides_of(deallocated.medium)) {
        if (sibling.state != SideState::Reserved) continue;
        sibling.state = SideState::Available;
        store.update(sibling);
    }
}

bool is_worn_out(const MediaPool& pool, const Side& side) {
    return pool.max_allocates != 0 && side.allocate_count >= pool.max_allocates;
}

// Back to the free pool by policy. Its label cannot be written while it is offline: it stays
// UNPREPARED until it comes online again.
void return_to_free(Context& context, PhysicalMedium& medium, const MediaPool& free) {
    Store& store = context.store;
    put_in_pool(store, medium, free.id);
    for (Side& side : store.sides_of(medium.id)) {
        if (side.state != SideState::Available) continue;
        side.state = SideState::Unprepared;
        store.update(side);
    }
    queue_free_label(store, medium,
                     new_request(context, Operation::WriteFreeLabel, medium.library));
}

// --- deletion

// Everything but whether it is offline. `medium` is what `id` names.
Error deletable(Context& context, const Id& id, std::optional<PhysicalMedium>& medium) {
    if (!id) return Error::InvalidParameter;
    medium = context.store.find<PhysicalMedium>(*id);
    if (!medium) return Error::InvalidMedia;
    const auto pool = context.store.find<MediaPool>(medium->pool);
    if (!pool) return Error::InvalidMediaPool;
    if (!context.rights.may("DeleteMedia", {pool->id, {}})) return Error::AccessDenied;
    if (any_blocking(context.store.sides_of(medium->id))) return Error::InvalidState;
    return Error::Success;
}

// --- moving between pools

// Whether the sides are such that the medium may move, apart from where to.
Error movable(Context& context, const PhysicalMedium& medium, const std::vector<Side>& sides,
              const MediaPool& to) {
    if (medium.media_state != MediaState::Idle || !medium.is_enabled) return Error::Busy;
    if (any_in(sides, SideState::Unprepared)) return Error::Busy;
    if (to.pool_type != PoolType::Free) return Error::Success;
    if (any_blocking(sides)) return Error::Busy;
    // No label can be written on it.
    if (is_offline(context.store, medium)) return Error::Busy;
    return Error::Success;
}

Error allowed_by_policy(Context& context, const std::vector<Side>& sides, const MediaPool& from,
                        const MediaPool& to) {
    const bool to_free = to.pool_type == PoolType::Free;
    if (to.pool_type == PoolType::Unrecognized) return Error::InvalidMediaPool;
    if (from.pool_type == PoolType::Unrecognized && !to_free) return Error::InvalidMediaPool;
    if (from.pool_type == PoolType::Free && to_free) return Error::InvalidMediaPool;
    if (any_in(sides, SideState::Incompatible)) return Error::InvalidMediaPool;
    if (to.pool_type == PoolType::Import && !all_in(sides, SideState::Import)) {
        return Error::InvalidMediaPool;
    }
    const auto type = context.store.find<MediaType>(to.media_type);
    if (to_free && type && type->read_write == ReadWrite::ReadOnly) return Error::InvalidMediaPool;
    return Error::Success;
}

// `asked_by` is what the end of it is told by; null for the pool.
void move_to_free(Context& context, PhysicalMedium& medium, std::vector<Side>& sides,
                  const Guid& asked_by = {}) {
    for (Side& side : sides) {
        if (side.state == SideState::Decommissioned) continue;
        side.state = SideState::Unprepared;
        context.store.update(side);
    }
    LibRequest request = new_request(context, Operation::WriteFreeLabel, medium.library);
    request.work_item = asked_by;
    queue_free_label(context.store, medium, request);
}

}  // namespace

bool is_blocking(SideState state) {
    return state == SideState::Allocated || state == SideState::Complete ||
           state == SideState::Reserved;
}

bool is_offline(Store& store, const PhysicalMedium& medium) {
    const auto library = store.find<Library>(medium.library);
    return !library || library->is_offline_library();
}

void erase_medium(Store& store, const PhysicalMedium& medium) {
    for (const Side& side : store.sides_of(medium.id)) {
        store.erase_attributes(side.id);
        if (!side.logical_medium.is_null()) store.erase<LogicalMedium>(side.logical_medium);
        store.erase<Side>(side.id);
    }
    store.erase_attributes(medium.id);
    store.end_operator_requests(medium.id, OpState::Refused);
    for (LibRequest& request : store.open_requests_for(medium.id)) {
        end_request(store, request, RequestState::Cancelled, Error::RequestRefused, store.now_ms());
    }
    store.erase<PhysicalMedium>(medium.id);
}

void queue_free_label(Store& store, PhysicalMedium& medium, LibRequest request) {
    if (is_offline(store, medium)) return;
    bool is_queued = false;
    for (const Side& side : store.sides_of(medium.id)) {
        if (side.state != SideState::Unprepared) continue;
        LibRequest one = request;
        one.medium = medium.id;
        one.side = side.id;
        store.insert(one);
        is_queued = true;
    }
    if (!is_queued) return;
    medium.media_state = settled_state(store, medium);
    store.update(medium);
}

Error check_deletion(Context& context, const Id& id) {
    std::optional<PhysicalMedium> medium;
    return deletable(context, id, medium);
}

Error delete_media(Context& context, const Id& id) {
    std::optional<PhysicalMedium> medium;
    const Error refusal = deletable(context, id, medium);
    if (refusal != Error::Success) return refusal;
    if (!is_offline(context.store, *medium)) return Error::InvalidState;
    erase_medium(context.store, *medium);
    return Error::Success;
}

Error allocate_media(Context& context, const Allocation& wanted, Allocated& allocated) {
    Store& store = context.store;
    const bool takes_new = (wanted.options & kAllocateNew) != 0;
    const bool takes_next = (wanted.options & kAllocateNext) != 0;
    if (!wanted.pool || (takes_new && takes_next)) return Error::InvalidParameter;
    const auto pool = store.find<MediaPool>(*wanted.pool);
    if (!pool || pool->is_system() || pool->media_type.is_null()) return Error::InvalidMediaPool;
    if (!context.rights.may("AllocateMedia", {pool->id, {}})) return Error::AccessDenied;

    Choice choice = takes_next    ? next_side(context, *pool, wanted.logical_medium)
                    : wanted.side ? named_side(context, *pool, *wanted.side)
                                  : any_side(context, *pool);
    if (choice.error != Error::Success) return choice.error;
    auto medium = store.find<PhysicalMedium>(choice.side.medium);
    if (!medium) return Error::InvalidMedia;

    allocated.from = medium->pool;
    put_in_pool(store, *medium, pool->id);
    LogicalMedium logical;
    logical.pool = pool->id;
    logical.name = medium->name;
    store.insert(logical);
    choice.side.state = SideState::Allocated;
    choice.side.logical_medium = logical.id;
    ++choice.side.allocate_count;
    store.update(choice.side);
    if (takes_new) reserve_siblings(store, choice.side);
    allocated.logical_medium = logical.id;
    announce_done(store, logical);
    return Error::Success;
}

Error deallocate_media(Context& context, const Id& logical_medium) {
    Store& store = context.store;
    if (!logical_medium) return Error::InvalidParameter;
    Owned owned = owned_by(store, *logical_medium);
    if (!owned.medium || !owned.pool) return Error::InvalidMedia;
    if (!context.rights.may("DeallocateMedia", {owned.pool->id, {}})) return Error::AccessDenied;

    const bool is_spent = is_worn_out(*owned.pool, *owned.side);
    std::optional<MediaPool> free;
    if (!is_spent && (owned.pool->deallocation_policy & kDeallocateToFree) != 0) {
        free = store.system_pool(PoolType::Free, owned.medium->media_type);
    }
    if (free && !context.rights.may("DeallocateMedia: free pool", {free->id, {}})) {
        return Error::AccessDenied;
    }

    store.erase_attributes(owned.logical->id);
    store.erase<LogicalMedium>(owned.logical->id);
    owned.side->logical_medium = {};
    owned.side->state = is_spent ? SideState::Decommissioned : SideState::Available;
    store.update(*owned.side);
    release_siblings(store, *owned.side);
    // The other side may still be somebody's: then the medium stays.
    if (free && !any_blocking(store.sides_of(owned.medium->id))) {
        return_to_free(context, *owned.medium, *free);
    }
    return Error::Success;
}

Error set_media_complete(Context& context, const Id& logical_medium) {
    if (!logical_medium) return Error::InvalidParameter;
    Owned owned = owned_by(context.store, *logical_medium);
    if (!owned.medium) return Error::InvalidMedia;
    if (!owned.pool) return Error::InvalidMediaPool;
    if (!context.rights.may("SetMediaComplete", {owned.pool->id, {}})) return Error::AccessDenied;
    if (owned.side->state != SideState::Allocated) return Error::InvalidState;
    if (owned.medium->media_state != MediaState::Idle) return Error::InvalidState;
    owned.side->state = SideState::Complete;
    context.store.update(*owned.side);
    return Error::Success;
}

Error decommission_media(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    auto side = context.store.find<Side>(*id);
    if (!side) return Error::InvalidMedia;
    const auto medium = context.store.find<PhysicalMedium>(side->medium);
    if (!medium) return Error::InvalidMedia;
    if (!context.store.find<MediaPool>(medium->pool)) return Error::InvalidMediaPool;
    if (!context.rights.may("DecommissionMedia", {medium->pool, {}})) return Error::AccessDenied;
    if (side->state != SideState::Available) return Error::InvalidState;
    side->state = SideState::Decommissioned;
    context.store.update(*side);
    return Error::Success;
}

Error move_to_media_pool(Context& context, const Id& medium_id, const Id& pool_id) {
    Store& store = context.store;
    if (!medium_id || !pool_id) return Error::InvalidParameter;
    auto medium = store.find<PhysicalMedium>(*medium_id);
    if (!medium) return Error::InvalidMedia;
    const auto from = store.find<MediaPool>(medium->pool);
    if (!from) return Error::InvalidMedia;
    const auto to = store.find<MediaPool>(*pool_id);
    if (!to || to->media_type.is_null()) return Error::InvalidMediaPool;
    if (!may_move(context, *from) || !may_move(context, *to)) return Error::AccessDenied;
    if (medium->media_type != to->media_type) return Error::MediaIncompatible;

    std::vector<Side> sides = store.sides_of(medium->id);
    const Error busy = movable(context, *medium, sides, *to);
    if (busy != Error::Success) return busy;
    const Error refusal = allowed_by_policy(context, sides, *from, *to);
    if (refusal != Error::Success) return refusal;
    put_in_pool(store, *medium, to->id);
    if (to->pool_type == PoolType::Free) move_to_free(context, *medium, sides);
    // Else the last label announces it.
    if (store.open_requests_for(medium->id).empty()) announce_done(store, *to);
    return Error::Success;
}

Error change_media_type(Context& context, const Id& medium_id, const Id& pool_id) {
    Store& store = context.store;
    if (!medium_id || !pool_id) return Error::InvalidParameter;
    auto medium = store.find<PhysicalMedium>(*medium_id);
    if (!medium) return Error::InvalidMedia;
    const auto from = store.find<MediaPool>(medium->pool);
    const auto to = store.find<MediaPool>(*pool_id);
    if (!from || !to || to->media_type.is_null()) return Error::InvalidMediaPool;
    if (!context.rights.may("ChangeMediaType", {from->id, {}})) return Error::AccessDenied;
    if (is_offline(store, *medium)) return Error::LibraryOffline;
    std::vector<Side> sides = store.sides_of(medium->id);
    const auto type = store.find<MediaType>(to->media_type);
    const bool is_allowed = type && type->sides == sides.size() &&
                            movable(context, *medium, sides, *to) == Error::Success &&
                            allowed_by_policy(context, sides, *from, *to) == Error::Success;
    if (!is_allowed) return Error::InvalidMediaPool;
    put_in_pool(store, *medium, to->id);
    medium->media_type = to->media_type;
    store.update(*medium);
    if (to->pool_type == PoolType::Free) move_to_free(context, *medium, sides, medium->id);
    if (store.open_requests_for(medium->id).empty()) announce_done(store, *medium);
    return Error::Success;
}

}  // namespace nearline::rsm
