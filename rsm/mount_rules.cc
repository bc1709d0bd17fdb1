#include "rsm/mount_rules.h"

#include <algorithm>
#include <set>

#include "rsm/queue_rules.h"

namespace nearline::rsm {
namespace {

// What an id of a call stands for: a side, by itself or through its logical medium.
struct Target {
    Side side;
    PhysicalMedium medium;
    MediaPool pool;
    Library library;
};

Error target_of(Store& store, const Guid& id, Target& target) {
    auto side = store.side_of_logical(id);
    if (!side) side = store.find<Side>(id);
    const auto medium = side ? store.find<PhysicalMedium>(side->medium) : std::nullopt;
    const auto pool = medium ? store.find<MediaPool>(medium->pool) : std::nullopt;
    if (!pool) return Error::InvalidMedia;
    const auto library = store.find<Library>(medium->library);
    if (!library) return Error::InvalidLibrary;
    target = {*side, *medium, *pool, *library};
    return Error::Success;
}

// Each medium once: it can be in one drive only.
Error targets_of(Store& store, const std::vector<Guid>& ids, std::vector<Target>& targets) {
    std::set<Guid> media;
    for (const Guid& id : ids) {
        Target target;
        const Error error = target_of(store, id, target);
        if (error != Error::Success) return error;
        if (!media.insert(target.medium.id).second) return Error::InvalidMedia;
        targets.push_back(std::move(target));
    }
    return Error::Success;
}

bool may_use(const Context& context, const Target& target, std::string_view function) {
    return context.rights.may(function, {target.pool.id, target.library.id});
}

// --- mounting

bool is_mountable(SideState state) {
    switch (state) {
        case SideState::Available:
        case SideState::Allocated:
        case SideState::Complete:
        case SideState::Foreign:
        case SideState::Import:
        case SideState::Reserved:
            return true;
        case SideState::Unknown:
        case SideState::Unprepared:
        case SideState::Incompatible:
        case SideState::Decommissioned:
            break;
    }
    return false;
}

Error check_parameters(const Mount& wanted) {
    constexpr std::uint32_t kAll = kMountRead | kMountWrite | kMountErrorNotAvailable |
                                   kMountErrorOffline | kMountSpecificDrive | kMountNoWait;
    const bool is_specific = (wanted.options & kMountSpecificDrive) != 0;
    const bool is_counted = !is_specific || wanted.drives.size() == wanted.media.size();
    const bool is_priority =
        wanted.priority >= kLowestPriority && wanted.priority <= kHighestPriority;
    const bool is_valid =
        !wanted.media.empty() && (wanted.options & ~kAll) == 0 && is_counted && is_priority;
    return is_valid ? Error::Success : Error::InvalidParameter;
}

// A mount in the making.
class MountOrder {
public:
    MountOrder(Context& context, const Mount& wanted)
        : context_(context), store_(context.store), wanted_(wanted) {}

    Error check() {
        for (const auto step :
             {&MountOrder::find_media, &MountOrder::find_drives, &MountOrder::check_rights,
              &MountOrder::find_library, &MountOrder::check_sides, &MountOrder::check_enabled,
              &MountOrder::check_offline, &MountOrder::check_available}) {
            const Error error = (this->*step)();
            if (error != Error::Success) return error;
        }
        return Error::Success;
    }

    std::vector<Guid> queue() {
        std::vector<Guid> ids;
        std::vector<LibRequest> mounts;
        for (std::size_t at = 0; at < targets_.size(); ++at) {
            LibRequest request = request_for(at);
            if (!ids.empty()) request.work_item = ids.front();
            store_.insert(request);
            ids.push_back(request.id);
            mounts.push_back(std::move(request));
        }
        enqueue_mounts(store_, mounts);
        for (const LibRequest& mount : mounts) {
            const auto medium = store_.find<PhysicalMedium>(mount.medium);
            if (is_offline(store_, *medium)) ask_for_medium(store_, mount, context_.now);
            settle_medium(store_, mount.medium);
        }
        return ids;
    }

private:
    bool has(std::uint32_t option) const { return (wanted_.options & option) != 0; }

    Error find_media() { return targets_of(store_, wanted_.media, targets_); }

    Error find_drives() {
        if (!has(kMountSpecificDrive)) return Error::Success;
        std::set<Guid> seen;
        for (const Guid& id : wanted_.drives) {
            const auto drive = store_.find<Drive>(id);
            if (!drive || !seen.insert(id).second) return Error::InvalidDrive;
            drives_.push_back(*drive);
        }
        return Error::Success;
    }

    Error check_rights() {
        const bool is_allowed = std::all_of(
            targets_.begin(), targets_.end(),
            [this](const Target& target) { return may_use(context_, target, "MountMedia"); });
        return is_allowed ? Error::Success : Error::AccessDenied;
    }

    // Where they will all be mounted: where those inside are, else where the drives are, else a
    // library that takes such media.
    Error find_library() {
        for (const Target& target : targets_) {
            if (target.library.is_offline_library()) continue;
            if (!library_.id.is_null() && library_.id != target.library.id) {
                return Error::InvalidLibrary;
            }
            library_ = target.library;
        }
        for (const Drive& drive : drives_) {
            const auto library = store_.find<Library>(drive.library);
            if (!library) return Error::InvalidLibrary;
            if (library_.id.is_null()) library_ = *library;
            if (library_.id != library->id) return Error::DriveMediaMismatch;
        }
        if (library_.id.is_null()) library_ = library_for(targets_.front().medium);
        return Error::Success;
    }

    Library library_for(const PhysicalMedium& medium) {
        const auto all = store_.ids(ObjectType::Library, ObjectType::Unknown, {});
        for (const Guid& id : all.value_or(std::vector<Guid>{})) {
            const auto library = store_.find<Library>(id);
            const bool is_open = library && library->is_enabled && !library->is_offline_library();
            if (is_open && store_.supports(id, medium.media_type)) return *library;
        }
        return {};
    }

    Error check_sides() {
        for (const Target& target : targets_) {
            if (target.side.state == SideState::Complete && has(kMountWrite)) {
                return Error::WriteProtect;
            }
            if (!is_mountable(target.side.state)) return Error::InvalidState;
        }
        return Error::Success;
    }

    Error check_enabled() {
        for (const Target& target : targets_) {
            if (!target.medium.is_enabled || !target.side.is_enabled) {
                return Error::ResourceDisabled;
            }
        }
        if (library_.id.is_null()) return Error::Success;
        if (!library_.is_enabled) return Error::ResourceDisabled;
        const bool is_on = std::all_of(drives_.begin(), drives_.end(),
                                       [](const Drive& drive) { return drive.is_enabled; });
        return is_on ? Error::Success : Error::ResourceDisabled;
    }

    // Media that nothing can bring, or that nobody is to be asked for.
    Error check_offline() {
        if (is_any_outside() && has(kMountErrorOffline)) return Error::MediaOffline;
        if (library_.id.is_null()) return Error::MediaOffline;
        if (library_.operational_state == OperationalState::NotPresent) return Error::MediaOffline;
        return Error::Success;
    }

    Error check_available() {
        std::size_t usable = 0;
        std::size_t free = 0;
        for (const Drive& drive : store_.drives_of(library_.id)) {
            if (!is_usable(drive)) continue;
            ++usable;
            if (is_free(drive)) ++free;
        }
        // More than the library ever has.
        if (usable < targets_.size()) return Error::ResourceNotAvailable;
        if (!has(kMountErrorNotAvailable)) return Error::Success;
        for (const Target& target : targets_) {
            if (target.medium.media_state != MediaState::Idle) return Error::Busy;
        }
        for (const Drive& drive : drives_) {
            if (!is_free(drive)) return Error::Busy;
        }
        return free < targets_.size() ? Error::ResourceNotAvailable : Error::Success;
    }

    bool is_any_outside() const {
        return std::any_of(targets_.begin(), targets_.end(), [](const Target& target) {
            return target.library.is_offline_library();
        });
    }

    LibRequest request_for(std::size_t at) {
        const Target& target = targets_.at(at);
        LibRequest request = new_request(context_, Operation::Mount, library_.id);
        if (is_any_outside()) request.state = RequestState::Waiting;
        request.side = target.side.id;
        request.medium = target.medium.id;
        if (target.medium.location_type == ObjectType::StorageSlot) {
            request.slot = target.medium.location;
        }
        if (!drives_.empty()) request.drive = drives_.at(at).id;
        request.priority = static_cast<std::uint32_t>(wanted_.priority);
        return request;
    }

    Context& context_;
    Store& store_;
    const Mount& wanted_;
    std::vector<Target> targets_;
    std::vector<Drive> drives_;  // given ones
    Library library_;
};

// Of the codes a request may end with, those the function is documented to answer.
Error answer_for(const LibRequest& request) {
    switch (request.error) {
        case Error::RequestRefused:
        case Error::MediaOffline:
        case Error::ResourceDisabled:
        case Error::ResourceNotAvailable:
        case Error::InvalidMedia:
        case Error::Timeout:
            return request.error;
        default:
            return request.state == RequestState::Cancelled ? Error::Cancelled
                                                            : Error::InvalidState;
    }
}

// --- dismounting

// Nobody else has taken it out of their hands already.
bool is_in_use_in_drive(Store& store, const PhysicalMedium& medium, const Drive& drive) {
    if (medium.location != drive.id || drive.state != DriveState::Loaded) return false;
    return medium.media_state == MediaState::Loaded && is_held(store, medium);
}

Error check_dismount(Store& store, const Target& target, Drive& drive) {
    if (target.library.is_offline_library()) return Error::MediaOffline;
    if (target.library.operational_state == OperationalState::NotPresent) {
        return Error::DeviceNotAvailable;
    }
    const auto found = store.find<Drive>(target.medium.location);
    if (!found) return Error::InvalidState;
    if (!target.library.is_enabled || !found->is_enabled) return Error::DeviceNotAvailable;
    if (!is_in_use_in_drive(store, target.medium, *found)) return Error::InvalidState;
    if (!target.medium.is_enabled) return Error::MediaNotAvailable;
    drive = *found;
    return Error::Success;
}

// It stays in its drive, which is free for others from now on.
void defer_dismount(Context& context, Drive& drive, LibRequest request) {
    drive.state = DriveState::Dismountable;
    context.store.update(drive);
    request.option = kOptionDeferred;
    request.state = RequestState::Deferred;
    context.store.insert(request);
    settle_medium(context.store, request.medium);
}

// --- exchanging

struct Swapped {
    LogicalMedium logical;
    Target target;
};

Error swapped_of(Context& context, const Guid& id, Swapped& swapped) {
    const auto logical = context.store.find<LogicalMedium>(id);
    if (!logical) return Error::InvalidMedia;
    if (!context.store.find<MediaPool>(logical->pool)) return Error::InvalidMediaPool;
    const Error error = target_of(context.store, id, swapped.target);
    if (error != Error::Success) return Error::InvalidMedia;
    swapped.logical = *logical;
    return Error::Success;
}

}  // namespace

Error queue_mounts(Context& context, const Mount& wanted, std::vector<Guid>& requests) {
    const Error invalid = check_parameters(wanted);
    if (invalid != Error::Success) return invalid;
    MountOrder order(context, wanted);
    const Error refusal = order.check();
    if (refusal != Error::Success) return refusal;
    requests = order.queue();
    return Error::Success;
}

std::optional<Error> outcome_of_mounts(Store& store, const std::vector<Guid>& requests,
                                       std::vector<Guid>& drives) {
    drives.clear();
    bool is_under_way = false;
    for (const Guid& id : requests) {
        const auto request = store.find<LibRequest>(id);
        drives.push_back(request ? request->drive : Guid());
        if (!request) return Error::Cancelled;
        if (is_open(request->state)) {
            is_under_way = true;
        } else if (request->state != RequestState::Passed) {
            return answer_for(*request);
        }
    }
    if (is_under_way) return std::nullopt;
    return Error::Success;
}

bool are_mounts_in_process(Store& store, const std::vector<Guid>& requests) {
    return std::any_of(requests.begin(), requests.end(), [&](const Guid& id) {
        const auto request = store.find<LibRequest>(id);
        return request && request->state == RequestState::InProcess;
    });
}

Error dismount_media(Context& context, const Dismount& wanted) {
    if (wanted.media.empty() || wanted.options > kDismountImmediate) {
        return Error::InvalidParameter;
    }
    std::vector<Target> targets;
    const Error invalid = targets_of(context.store, wanted.media, targets);
    if (invalid != Error::Success) return invalid;
    for (const Target& target : targets) {
        if (!may_use(context, target, "DismountMedia")) return Error::AccessDenied;
    }
    for (const Target& target : targets) {
        Drive drive;
        const Error refusal = check_dismount(context.store, target, drive);
        if (refusal != Error::Success) return refusal;
        LibRequest request = new_request(context, Operation::Dismount, target.library.id);
        request.side = target.side.id;
        request.medium = target.medium.id;
        request.drive = drive.id;
        request.slot = target.medium.home_slot;
        if (wanted.options == kDismountDeferred) {
            defer_dismount(context, drive, request);
        } else {
            queue_dismount(context.store, drive, request);
        }
    }
    return Error::Success;
}

Error dismount_drive(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    const auto drive = context.store.find<Drive>(*id);
    if (!drive) return Error::InvalidDrive;
    const auto library = context.store.find<Library>(drive->library);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("DismountDrive", {{}, library->id})) return Error::AccessDenied;
    if (!library->is_enabled || !drive->is_enabled) return Error::DeviceNotAvailable;
    if (library->operational_state == OperationalState::NotPresent) return Error::LibraryOffline;
    const auto side = context.store.find<Side>(drive->saved_side);
    const auto medium = side ? context.store.find<PhysicalMedium>(side->medium) : std::nullopt;
    // Empty, or something is being done with it.
    const bool is_there = medium && medium->location == drive->id;
    if (!is_there || medium->media_state == MediaState::InUse ||
        medium->media_state == MediaState::Mounted) {
        return Error::InvalidState;
    }
    LibRequest request = new_request(context, Operation::Dismount, library->id);
    request.slot = medium->home_slot;
    queue_dismount(context.store, *drive, request);
    return Error::Success;
}

Error swap_media(Context& context, const Id& first_id, const Id& second_id) {
    if (!first_id || !second_id) return Error::InvalidParameter;
    Swapped first;
    Swapped second;
    for (const auto& [id, swapped] : {std::pair{*first_id, &first}, {*second_id, &second}}) {
        const Error error = swapped_of(context, id, *swapped);
        if (error != Error::Success) return error;
    }
    if (*first_id == *second_id) return Error::InvalidMedia;
    for (const Swapped* swapped : {&first, &second}) {
        if (!context.rights.may("SwapMedia", {swapped->logical.pool, {}})) {
            return Error::AccessDenied;
        }
    }
    for (const Swapped* swapped : {&first, &second}) {
        if (swapped->target.medium.media_state != MediaState::Idle) return Error::InvalidMedia;
    }
    if (first.logical.pool != second.logical.pool) return Error::InvalidMediaPool;
    for (const Swapped* swapped : {&first, &second}) {
        if (swapped->target.side.state != SideState::Allocated) return Error::InvalidState;
    }
    // One at a time: no two sides may have the same logical medium, not even for a moment.
    Side& side_of_first = first.target.side;
    Side& side_of_second = second.target.side;
    side_of_first.logical_medium = {};
    context.store.update(side_of_first);
    side_of_second.logical_medium = first.logical.id;
    context.store.update(side_of_second);
    side_of_first.logical_medium = second.logical.id;
    context.store.update(side_of_first);
    return Error::Success;
}

}  // namespace nearline::rsm
