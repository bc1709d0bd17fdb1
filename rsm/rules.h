// The rules of RSM: what each function checks, in which order, and what it does. Plain decisions
// over a Store; each runs inside one transaction and answers with the documented code. Ids are
// nullopt where the caller passed a NULL pointer; whoever changes hardware is the library worker,
// for which rules leave requests behind.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rsm/access.h"
#include "rsm/store.h"

namespace nearline::rsm {

using Id = std::optional<Guid>;

struct Session {
    Guid id;
    std::uint32_t user = 0;
    std::uint64_t connection = 0;
    std::string application;
    std::string user_name;
    std::string computer;
    std::vector<Guid> eject_queue;  // media of NTMS_EJECT_QUEUE, until a START
    std::map<std::uint32_t, std::vector<std::string>> ui_destinations;  // by NtmsUITypes
    std::vector<Guid> detections;  // open handles of device change detection
};

struct Context {
    Store& store;
    Session& session;
    const Rights& rights;
    std::uint64_t now = 0;  // milliseconds since 1970-01-01 UTC
};

// --- media (media_rules.cc)

// Everything DeleteNtmsMedia checks but whether the medium is offline.
Error check_deletion(Context& context, const Id& medium);
// Removes every reference to an offline medium. The order of checks is documented: the pointer,
// the medium, its pool, the rights on pool and computer, then offline and the sides.
Error delete_media(Context& context, const Id& medium);

struct Allocation {
    Id pool;
    Id side;
    Id logical_medium;  // of NTMS_ALLOCATE_NEXT
    std::uint32_t options = 0;
};
struct Allocated {
    Guid logical_medium;
    Guid from;  // pool
};
// MediaUnavailable when nothing fits; whether to wait for the operator is the caller's matter.
Error allocate_media(Context& context, const Allocation& wanted, Allocated& allocated);
Error deallocate_media(Context& context, const Id& logical_medium);
Error set_media_complete(Context& context, const Id& logical_medium);
Error decommission_media(Context& context, const Id& side);
Error move_to_media_pool(Context& context, const Id& medium, const Id& pool);
// The same, and the medium becomes one of the pool's type.
Error change_media_type(Context& context, const Id& medium, const Id& pool);

// --- pools (pool_rules.cc)

struct NewPool {
    std::optional<std::string> path;
    Id media_type;             // nullopt: a pool of pools
    std::uint32_t action = 0;  // NtmsCreateOptions
    std::string descriptor;    // self-relative bytes; empty: the default
};
Error create_media_pool(Context& context, const NewPool& wanted, Guid& pool);
Error media_pool_name(Context& context, const Id& pool, std::string& name);
Error delete_media_pool(Context& context, const Id& pool);

// --- objects (object_rules.cc)

struct Enumeration {
    Id container;
    std::uint32_t type = 0;
    std::uint32_t options = 0;
    std::optional<std::uint32_t> capacity;
};
// `count` is how many there are; with InsufficientBuffer `ids` has the first that fit.
Error enumerate_objects(Context& context, const Enumeration& wanted, std::vector<Guid>& ids,
                        std::uint32_t& count);

using AnyObject = std::variant<std::monostate, Computer, Library, Changer, ChangerType, Drive,
                               DriveType, StorageSlot, IEDoor, IEPort, MediaType, MediaPool,
                               PhysicalMedium, Side, LogicalMedium, LibRequest, OpRequest>;

// An object with what is computed of it.
struct Information {
    AnyObject object;
    struct LibraryNumbers {
        std::uint32_t drives = 0;
        std::uint32_t slots = 0;
        std::uint32_t doors = 0;
        std::uint32_t ports = 0;
        std::uint32_t changers = 0;
        std::uint32_t media = 0;
        std::uint32_t media_types = 0;
        std::uint32_t requests = 0;
    } library;
    struct PoolNumbers {
        std::uint32_t media = 0;
        std::uint32_t logical_media = 0;
        std::uint32_t pools = 0;
    } pool;
    std::uint32_t sides = 0;  // of a physical or logical medium
};
Error object_information(Context& context, const Id& id, std::uint32_t type,
                         Information& information);
// Writes the settable members of `wanted`, which holds what the caller sent.
Error set_object_information(Context& context, const Id& id, const AnyObject& wanted);
enum class Switch { Enable, Disable };
Error switch_object(Context& context, std::uint32_t type, const Id& id, Switch to);

// --- libraries (library_rules.cc)

// `request` is the library request to run; null when there is nothing to do or to stop.
Error inventory_library(Context& context, const Id& library, std::uint32_t action, Guid& request);
struct Ejection {
    Id medium;
    Id operation;  // of NTMS_EJECT_STOP
    std::uint32_t action = 0;
};
// `stopped` are the requests that NTMS_EJECT_STOP ended.
Error eject_media(Context& context, const Ejection& wanted, Guid& operation);

// --- shared

bool is_blocking(SideState state);  // ALLOCATED, COMPLETE, RESERVED
bool is_offline(Store& store, const PhysicalMedium& medium);
// Removes the record: sides, attributes, waiting requests, then the medium.
void erase_medium(Store& store, const PhysicalMedium& medium);
// A library request of the session's, queued now.
LibRequest new_request(const Context& context, Operation operation, const Guid& library);
// Sides of a medium in the free pool wait for their label: queues WRITESCRATCH where there are any.
void queue_free_label(Store& store, PhysicalMedium& medium, LibRequest request);

}  // namespace nearline::rsm
