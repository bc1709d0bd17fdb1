// The work queue of a library: which request is next, what it needs before it can begin, and what
// becomes of a medium between requests. The mounts of one call are one piece of work: all or none.
// Everything here runs inside a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rsm/store.h"

namespace nearline::rsm {

bool is_open(RequestState state);  // queued, in process, waiting, deferred

bool is_usable(const Drive& drive);  // enabled and ready
bool is_free(const Drive& drive);    // empty, or what is in it may go

// The piece of work a request belongs to: the id of its first request.
Guid work_of(const LibRequest& request);

struct Taken {
    std::vector<LibRequest> requests;
    bool has_changed = false;  // requests that could not be carried out have ended
    bool waits_for_operator = false;
};
// Marks what is to be done next as in process and yields it: one request, or all the mounts of a
// call, to be carried out one right after another. Nothing while nothing can be done.
Taken take_next(Store& store, const Guid& library, std::uint64_t now_ms);
// When the next deferred dismount has waited long enough.
std::optional<std::uint64_t> next_dismount_due(Store& store, const Guid& library);

// Ends every open request of that work. Mounts of it that are done are taken back: nothing stays
// half mounted.
void end_work(Store& store, const Guid& work, RequestState state, Error error,
              std::uint64_t now_ms);
// Ends one open request; a mount with all its work.
void end_request(Store& store, LibRequest& request, RequestState state, Error error,
                 std::uint64_t now_ms);

// What a medium is while nothing moves it: in use when a request wants it, else by its drive.
void settle_medium(Store& store, const Guid& medium);
MediaState settled_state(Store& store, const PhysicalMedium& medium);
// In a drive whose medium is in somebody's hands: mounted, loaded, or on its way out.
bool is_held(Store& store, const PhysicalMedium& medium);
// What its medium is, by the state of the drive.
MediaState media_state_in(DriveState drive);

// Queues DISMOUNT of what is in the drive, in the name of `request`; the medium is in use from now
// on. One that was deferred is brought forward instead.
LibRequest queue_dismount(Store& store, const Drive& drive, LibRequest request);

// --- mounts

// The mounts that still wait for their turn, in their order.
std::vector<LibRequest> waiting_mounts(Store& store, const Guid& library);
// Moves these behind the first `order` - 1 others; order 1 is the front.
void reorder_mounts(Store& store, const Guid& library, const std::vector<Guid>& moved,
                    std::uint32_t order);
// Puts new mounts behind those of their priority and higher.
void enqueue_mounts(Store& store, const std::vector<LibRequest>& mounts);

// The medium of a mount is outside: asks the operator to bring it, once.
void ask_for_medium(Store& store, const LibRequest& mount, std::uint64_t now_ms);
// It is in this library now: mounts that wait for it go there.
void medium_came_online(Store& store, const PhysicalMedium& medium);
// It is gone: what waits for it in the queue fails, except what was to bring it out.
void end_requests_of_departed(Store& store, const Guid& medium, std::uint64_t now_ms);

}  // namespace nearline::rsm
