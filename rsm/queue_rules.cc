#include "rsm/queue_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "rsm/inventory.h"

namespace nearline::rsm {
namespace {

bool holds_medium(Store& store, const Drive& drive, const PhysicalMedium& medium) {
    const auto side = store.find<Side>(drive.saved_side);
    return side && side->medium == medium.id;
}

// Work on the medium that a mount has to let by.
bool is_claim(const LibRequest& request) {
    return request.operation < Operation::Mount && request.state != RequestState::Deferred;
}

std::vector<LibRequest> members_of(const std::vector<LibRequest>& open, const Guid& work) {
    std::vector<LibRequest> members;
    for (const LibRequest& request : open) {
        if (request.operation == Operation::Mount && work_of(request) == work) {
            members.push_back(request);
        }
    }
    return members;
}

// --- deferred dismounts

std::uint64_t due_time(Store& store, const LibRequest& dismount) {
    constexpr std::uint64_t kMilliseconds = 1'000;
    const auto drive = store.find<Drive>(dismount.drive);
    return dismount.queued + (drive ? drive->defer_dismount_delay * kMilliseconds : 0);
}

// Due ones are queued; what has been mounted again, or is gone, has nothing left to do.
void settle_deferred(Store& store, const Guid& library, std::uint64_t now_ms) {
    for (LibRequest& request : store.open_requests_of(library)) {
        if (request.state != RequestState::Deferred) continue;
        const auto medium = store.find<PhysicalMedium>(request.medium);
        const auto drive = store.find<Drive>(request.drive);
        const bool is_there = medium && drive && medium->location == drive->id &&
                              drive->state == DriveState::Dismountable;
        if (is_there && due_time(store, request) > now_ms) continue;
        request.state = is_there ? RequestState::Queued : RequestState::Passed;
        if (!is_there) request.completed = now_ms;
        store.update(request);
        settle_medium(store, request.medium);
    }
}

// --- what a request needs

enum class Readiness { Ready, Waits, ChangesQueue };

Readiness make_room(Store& store, const Drive& drive, std::uint64_t now_ms) {
    queue_dismount(store, drive, system_request(Operation::Dismount, drive.library, now_ms));
    return Readiness::ChangesQueue;
}

// Labels are read and written in any drive that is free, or where the medium is.
Readiness readiness_in_any_drive(Store& store, const LibRequest& request, std::uint64_t now_ms) {
    const auto medium = store.find<PhysicalMedium>(request.medium);
    if (!medium) return Readiness::Ready;
    if (is_held(store, *medium)) return Readiness::Waits;
    std::optional<Drive> dismountable;
    bool is_any_usable = false;
    for (const Drive& drive : store.drives_of(request.library)) {
        if (medium->location == drive.id) return Readiness::Ready;
        if (!is_usable(drive)) continue;
        is_any_usable = true;
        if (drive.state == DriveState::Dismounted) return Readiness::Ready;
        if (drive.state == DriveState::Dismountable && !dismountable) dismountable = drive;
    }
    if (dismountable) return make_room(store, *dismountable, now_ms);
    // Without drives there is nothing to wait for: the job says why it fails.
    return is_any_usable ? Readiness::Waits : Readiness::Ready;
}

// --- mounts

// Drives for the mounts of one call, all at once.
class MountPlan {
public:
    MountPlan(Store& store, const Guid& library, std::vector<LibRequest> mounts)
        : store_(store), library_(library), mounts_(std::move(mounts)) {}

    // Why they never can be mounted now.
    Error refusal() const { return refusal_; }
    const std::vector<LibRequest>& mounts() const { return mounts_; }

    Readiness settle(std::uint64_t now_ms) {
        if (!are_media_ready()) return Readiness::Waits;
        load_drives();
        for (LibRequest& mount : mounts_) {
            if (!mount.drive.is_null() && !take_named(mount)) return Readiness::Waits;
        }
        for (LibRequest& mount : mounts_) {
            if (mount.drive.is_null()) take_where_it_is(mount);
        }
        for (LibRequest& mount : mounts_) {
            if (mount.drive.is_null() && !take_free(mount)) return Readiness::Waits;
        }
        if (in_the_way_.empty()) return Readiness::Ready;
        for (const Drive& drive : in_the_way_) make_room(store_, drive, now_ms);
        return Readiness::ChangesQueue;
    }

private:
    bool are_media_ready() {
        const auto library = store_.find<Library>(library_);
        if (library && !library->is_enabled) refusal_ = Error::ResourceDisabled;
        if (refusal_ != Error::Success) return false;
        return std::all_of(mounts_.begin(), mounts_.end(),
                           [this](const LibRequest& mount) { return is_medium_ready(mount); });
    }

    bool is_medium_ready(const LibRequest& mount) {
        const auto medium = store_.find<PhysicalMedium>(mount.medium);
        if (!medium) refusal_ = Error::InvalidMedia;
        if (medium && !medium->is_enabled) refusal_ = Error::ResourceDisabled;
        if (refusal_ != Error::Success || medium->library != library_) return false;
        if (is_held(store_, *medium)) return false;
        const auto open = store_.open_requests_for(medium->id);
        return std::none_of(open.begin(), open.end(), is_claim);
    }

    void load_drives() {
        for (Drive& drive : store_.drives_of(library_)) {
            if (is_usable(drive) && is_free(drive)) free_.push_back(std::move(drive));
        }
    }

    std::optional<Drive> take(const Guid& id) {
        const auto found = std::find_if(free_.begin(), free_.end(),
                                        [&](const Drive& drive) { return drive.id == id; });
        if (found == free_.end()) return std::nullopt;
        Drive drive = std::move(*found);
        free_.erase(found);
        return drive;
    }

    // What is in the drive, or where the medium is, has to be out first.
    void clear_for(const LibRequest& mount, const Drive& drive) {
        const auto medium = store_.find<PhysicalMedium>(mount.medium);
        const bool is_there = drive.state == DriveState::Dismountable;
        if (is_there && holds_medium(store_, drive, *medium)) return;
        if (is_there) in_the_way_.push_back(drive);
        if (medium->location_type != ObjectType::Drive) return;
        if (const auto other = store_.find<Drive>(medium->location)) in_the_way_.push_back(*other);
    }

    bool take_named(const LibRequest& mount) {
        const auto named = store_.find<Drive>(mount.drive);
        if (!named || !is_usable(*named)) {
            refusal_ = Error::ResourceDisabled;
            return false;
        }
        const auto drive = take(mount.drive);
        if (drive) clear_for(mount, *drive);
        return drive.has_value();
    }

    void take_where_it_is(LibRequest& mount) {
        const auto medium = store_.find<PhysicalMedium>(mount.medium);
        if (medium->location_type != ObjectType::Drive) return;
        if (const auto drive = take(medium->location)) mount.drive = drive->id;
    }

    // Empty ones before those that have to be emptied.
    bool take_free(LibRequest& mount) {
        if (free_.empty()) return false;
        auto chosen = std::find_if(free_.begin(), free_.end(), [](const Drive& drive) {
            return drive.state == DriveState::Dismounted;
        });
        if (chosen == free_.end()) chosen = free_.begin();
        const Drive drive = *take(chosen->id);
        clear_for(mount, drive);
        mount.drive = drive.id;
        return true;
    }

    Store& store_;
    Guid library_;
    std::vector<LibRequest> mounts_;
    Error refusal_ = Error::Success;
    std::vector<Drive> free_;
    std::vector<Drive> in_the_way_;
};

// One look over the queue.
struct Round {
    std::vector<LibRequest> chosen;
    bool has_changed = false;  // the queue: look again
};

void begin(Store& store, std::vector<LibRequest>& requests) {
    for (LibRequest& request : requests) {
        request.state = RequestState::InProcess;
        store.update(request);
        settle_medium(store, request.medium);
    }
}

void consider_mounts(Store& store, const std::vector<LibRequest>& mounts, Round& round,
                     std::uint64_t now_ms) {
    MountPlan plan(store, mounts.front().library, mounts);
    const Readiness readiness = plan.settle(now_ms);
    if (readiness == Readiness::Ready) round.chosen = plan.mounts();
    if (readiness == Readiness::ChangesQueue) round.has_changed = true;
    if (plan.refusal() == Error::Success) return;
    end_work(store, work_of(mounts.front()), RequestState::Failed, plan.refusal(), now_ms);
    round.has_changed = true;
}

void consider(Store& store, const LibRequest& request, Round& round, std::uint64_t now_ms) {
    Readiness readiness = Readiness::Ready;
    const bool needs_drive =
        request.operation > Operation::Mount || request.operation == Operation::ProcessOmid;
    if (needs_drive) {
        readiness = readiness_in_any_drive(store, request, now_ms);
    }
    if (readiness == Readiness::Ready) round.chosen = {request};
    if (readiness == Readiness::ChangesQueue) round.has_changed = true;
}

Round look_over(Store& store, const Guid& library, std::uint64_t now_ms) {
    Round round;
    std::set<Guid> considered;
    const auto open = store.open_requests_of(library);
    for (const LibRequest& request : open) {
        const bool is_mount = request.operation == Operation::Mount;
        const bool may_begin = request.state == RequestState::Queued ||
                               (is_mount && request.state == RequestState::Waiting);
        if (!may_begin) continue;
        if (!is_mount) {
            consider(store, request, round, now_ms);
        } else if (considered.insert(work_of(request)).second) {
            consider_mounts(store, members_of(open, work_of(request)), round, now_ms);
        }
        if (round.has_changed || !round.chosen.empty()) break;
    }
    return round;
}

std::int32_t priority_of(const LibRequest& request) {
    return static_cast<std::int32_t>(request.priority);
}

// Nobody else waits for the medium: the operator need not bring it.
void withdraw_question(Store& store, const Guid& medium) {
    for (const LibRequest& request : store.open_requests_for(medium)) {
        if (request.operation == Operation::Mount) return;
    }
    const Guid outside = store.offline_library().id;
    for (const OpRequest& asked : store.open_operator_requests(OpCommand::MoveMedia, medium)) {
        if (asked.argument2 != outside) store.erase<OpRequest>(asked.id);
    }
}

// A mount that is done, of work that is not: back into its slot.
void take_back(Store& store, const LibRequest& mount, std::uint64_t now_ms) {
    const auto drive = store.find<Drive>(mount.drive);
    const auto medium = store.find<PhysicalMedium>(mount.medium);
    if (!drive || !medium || medium->location != drive->id) return;
    LibRequest request = system_request(Operation::Dismount, drive->library, now_ms);
    request.side = mount.side;
    queue_dismount(store, *drive, request);
}

void close(Store& store, LibRequest& request, RequestState state, Error error,
           std::uint64_t now_ms) {
    request.state = state;
    request.error = error;
    request.completed = now_ms;
    store.update(request);
    settle_medium(store, request.medium);
    if (request.operation == Operation::Mount) withdraw_question(store, request.medium);
}

}  // namespace

bool is_open(RequestState state) {
    return state == RequestState::Queued || state == RequestState::InProcess ||
           state == RequestState::Waiting || state == RequestState::Deferred;
}

bool is_usable(const Drive& drive) {
    return drive.is_enabled && drive.operational_state == OperationalState::Ready;
}

bool is_free(const Drive& drive) {
    return drive.state == DriveState::Dismounted || drive.state == DriveState::Dismountable;
}

Guid work_of(const LibRequest& request) {
    return request.work_item.is_null() ? request.id : request.work_item;
}

Taken take_next(Store& store, const Guid& library, std::uint64_t now_ms) {
    settle_deferred(store, library, now_ms);
    Taken taken;
    // Each change ends work or brings a dismount forward, which is then the first that is ready.
    for (Round round{{}, true}; round.has_changed && round.chosen.empty();) {
        round = look_over(store, library, now_ms);
        taken.has_changed = taken.has_changed || round.has_changed;
        taken.requests = round.chosen;
    }
    begin(store, taken.requests);
    const auto waiting = waiting_mounts(store, library);
    taken.waits_for_operator =
        std::any_of(waiting.begin(), waiting.end(),
                    [](const LibRequest& mount) { return mount.state == RequestState::Waiting; });
    return taken;
}

std::optional<std::uint64_t> next_dismount_due(Store& store, const Guid& library) {
    std::optional<std::uint64_t> next;
    for (const LibRequest& request : store.open_requests_of(library)) {
        if (request.state != RequestState::Deferred) continue;
        const std::uint64_t due = due_time(store, request);
        if (!next || due < *next) next = due;
    }
    return next;
}

void end_work(Store& store, const Guid& work, RequestState state, Error error,
              std::uint64_t now_ms) {
    for (LibRequest& request : store.requests_of_work(work)) {
        if (request.operation == Operation::Mount && request.state == RequestState::Passed) {
            take_back(store, request, now_ms);
        }
        if (is_open(request.state)) close(store, request, state, error, now_ms);
    }
}

void end_request(Store& store, LibRequest& request, RequestState state, Error error,
                 std::uint64_t now_ms) {
    if (request.operation == Operation::Mount) {
        return end_work(store, work_of(request), state, error, now_ms);
    }
    close(store, request, state, error, now_ms);
}

void settle_medium(Store& store, const Guid& id) {
    auto medium = store.find<PhysicalMedium>(id);
    if (!medium) return;
    const MediaState state = settled_state(store, *medium);
    if (medium->media_state == state) return;
    medium->media_state = state;
    store.update(*medium);
}

MediaState settled_state(Store& store, const PhysicalMedium& medium) {
    bool is_asked_for = false;
    bool is_wanted = false;
    bool is_worked_on = false;
    for (const LibRequest& request : store.open_requests_for(medium.id)) {
        const bool is_active =
            request.state == RequestState::Queued || request.state == RequestState::InProcess;
        if (is_active && request.operation < Operation::Mount) is_worked_on = true;
        if (is_active && request.operation >= Operation::Mount) is_wanted = true;
        const bool is_waiting = request.state == RequestState::Waiting;
        if (is_waiting && request.operation == Operation::Mount) is_asked_for = true;
    }
    const auto library = store.find<Library>(medium.library);
    if (!library || library->is_offline_library()) {
        return is_asked_for ? MediaState::OperatorRequired : MediaState::Idle;
    }
    const auto drive = store.find<Drive>(medium.location);
    const MediaState in_drive = drive ? media_state_in(drive->state) : MediaState::Idle;
    if (is_worked_on && in_drive != MediaState::Unloaded) return MediaState::InUse;
    if (in_drive != MediaState::Idle) return in_drive;
    return is_wanted || is_asked_for ? MediaState::InUse : MediaState::Idle;
}

bool is_held(Store& store, const PhysicalMedium& medium) {
    if (medium.location_type != ObjectType::Drive) return false;
    const auto drive = store.find<Drive>(medium.location);
    return drive && media_state_in(drive->state) != MediaState::Idle;
}

MediaState media_state_in(DriveState drive) {
    switch (drive) {
        case DriveState::Mounted:
            return MediaState::Mounted;
        case DriveState::Loaded:
            return MediaState::Loaded;
        case DriveState::Unloaded:
            return MediaState::Unloaded;
        case DriveState::Dismounted:
        case DriveState::BeingCleaned:
        case DriveState::Dismountable:
            break;
    }
    return MediaState::Idle;
}

LibRequest queue_dismount(Store& store, const Drive& drive, LibRequest request) {
    const auto side = store.find<Side>(drive.saved_side);
    const Guid medium = side ? side->medium : Guid();
    for (LibRequest& open : store.open_requests_for(medium)) {
        if (open.operation != Operation::Dismount || open.drive != drive.id) continue;
        if (open.state == RequestState::Deferred) {
            open.state = RequestState::Queued;
            store.update(open);
            settle_medium(store, medium);
        }
        return open;
    }
    request.drive = drive.id;
    request.medium = medium;
    store.insert(request);
    settle_medium(store, medium);
    return request;
}

// --- mounts

std::vector<LibRequest> waiting_mounts(Store& store, const Guid& library) {
    std::vector<LibRequest> mounts;
    for (LibRequest& request : store.open_requests_of(library)) {
        const bool is_waiting =
            request.state == RequestState::Queued || request.state == RequestState::Waiting;
        if (is_waiting && request.operation == Operation::Mount) {
            mounts.push_back(std::move(request));
        }
    }
    return mounts;
}

void reorder_mounts(Store& store, const Guid& library, const std::vector<Guid>& moved,
                    std::uint32_t order) {
    std::vector<LibRequest> mounts = waiting_mounts(store, library);
    const auto is_moved = [&](const LibRequest& mount) {
        return std::find(moved.begin(), moved.end(), mount.id) != moved.end();
    };
    const auto first_moved =
        std::stable_partition(mounts.begin(), mounts.end(), std::not_fn(is_moved));
    const auto others = static_cast<std::size_t>(first_moved - mounts.begin());
    const auto before = static_cast<std::ptrdiff_t>(std::min<std::size_t>(order - 1, others));
    std::rotate(mounts.begin() + before, first_moved, mounts.end());
    std::uint32_t number = 0;
    for (LibRequest& mount : mounts) {
        if (mount.queue_order == ++number) continue;
        mount.queue_order = number;
        store.update(mount);
    }
}

void enqueue_mounts(Store& store, const std::vector<LibRequest>& mounts) {
    std::vector<Guid> ids;
    for (const LibRequest& mount : mounts) ids.push_back(mount.id);
    std::uint32_t order = 1;
    std::uint32_t place = 0;
    for (const LibRequest& other : waiting_mounts(store, mounts.front().library)) {
        if (std::find(ids.begin(), ids.end(), other.id) != ids.end()) continue;
        ++place;
        if (priority_of(other) >= priority_of(mounts.front())) order = place + 1;
    }
    reorder_mounts(store, mounts.front().library, ids, order);
}

void ask_for_medium(Store& store, const LibRequest& mount, std::uint64_t now_ms) {
    const auto medium = store.find<PhysicalMedium>(mount.medium);
    const auto library = store.find<Library>(mount.library);
    if (!medium || !library) return;
    const Guid outside = store.offline_library().id;
    for (const OpRequest& asked : store.open_operator_requests(OpCommand::MoveMedia, medium->id)) {
        if (asked.argument2 != outside) return;
    }
    OpRequest asked;
    asked.command = OpCommand::MoveMedia;
    asked.submitted = now_ms;
    asked.message = "Bring " + medium->name + " into the library " + library->name + ".";
    asked.argument1_type = ObjectType::PhysicalMedia;
    asked.argument1 = medium->id;
    asked.argument2_type = ObjectType::Library;
    asked.argument2 = library->id;
    asked.application = "Removable Storage";
    asked.user = mount.user;
    asked.computer = mount.computer;
    store.insert(asked);
}

void medium_came_online(Store& store, const PhysicalMedium& medium) {
    for (LibRequest& request : store.open_requests_for(medium.id)) {
        const bool is_elsewhere = request.library != medium.library;
        if (request.operation != Operation::Mount || !is_elsewhere) continue;
        for (LibRequest& member : store.requests_of_work(work_of(request))) {
            if (member.state != RequestState::Waiting) continue;
            member.library = medium.library;
            store.update(member);
            enqueue_mounts(store, {member});
        }
    }
}

void end_requests_of_departed(Store& store, const Guid& medium, std::uint64_t now_ms) {
    for (LibRequest& request : store.open_requests_for(medium)) {
        if (request.operation == Operation::Mount) {
            end_work(store, work_of(request), RequestState::Failed, Error::MediaOffline, now_ms);
            continue;
        }
        const bool is_done = request.operation == Operation::Eject;
        request.state = is_done ? RequestState::Passed : RequestState::Cancelled;
        request.completed = now_ms;
        store.update(request);
    }
}

}  // namespace nearline::rsm
