#include "apps/rsm/rsm_verbs.h"

#include <optional>
#include <utility>
#include <vector>

#include "apps/rsm/rsm_finding.h"
#include "ntmsapi/values.h"

namespace nearline::apps {

using base::Failure;
using Command = RsmCommand;

namespace {

// --- allocate, deallocate

constexpr Word<DWORD> kAllocateOptions[] = {{"errunavail", NTMS_ALLOCATE_ERROR_IF_UNAVAILABLE},
                                            {"new", NTMS_ALLOCATE_NEW},
                                            {"next", NTMS_ALLOCATE_NEXT}};

RsmResult<void> describe_allocated(const Command& command, const GUID& logical) {
    const auto described = describe(command, logical, NTMS_LOGICAL_MEDIA, "ln", "ld");
    if (!described) return described;
    if (!command.switches.has("pn") && !command.switches.has("pd")) return {};
    const auto sides = command.rsm.list(&logical, NTMS_PARTITION);
    if (!sides) return Failure{sides.error()};
    for (const GUID& side : *sides) {
        const auto done = describe(command, side, NTMS_PARTITION, "pn", "pd");
        if (!done) return done;
    }
    return {};
}

}  // namespace

RsmResult<void> rsm_allocate(const RsmCommand& command) {
    DWORD options = 0;
    for (const std::string& word : command.switches.values("o")) {
        const auto option = number_of("o", word, kAllocateOptions);
        if (!option) return Failure{option.error()};
        options |= *option;
    }
    const auto timeout = timeout_of(command);
    if (!timeout) return Failure{timeout.error()};
    auto logical = find_object(command, "l", NTMS_LOGICAL_MEDIA);
    if (!logical) return Failure{logical.error()};
    if (logical->has_value() != ((options & NTMS_ALLOCATE_NEXT) != 0)) {
        return Failure{wrong_usage("/onext and the medium that /l names belong together")};
    }
    auto side = find_object(command, "p", NTMS_PARTITION);
    if (!side) return Failure{side.error()};
    auto pool = find_pool(command);
    if (!pool) return Failure{pool.error()};
    GUID media = logical->value_or(GUID{});
    const DWORD error = AllocateNtmsMedia(command.rsm.session(), &*pool, *side ? &**side : nullptr,
                                          &media, options, *timeout, nullptr);
    if (error != ERROR_SUCCESS) return outcome_of(error);
    print_id(command, "allocated", media);
    return describe_allocated(command, media);
}

RsmResult<void> rsm_deallocate(const RsmCommand& command) {
    auto media = find_logical_media(command);
    if (!media) return Failure{media.error()};
    return outcome_of(DeallocateNtmsMedia(command.rsm.session(), &*media, 0));
}

namespace {

// --- eject, deletemedia

constexpr Word<DWORD> kEjectActions[] = {
    {"start", NTMS_EJECT_START}, {"stop", NTMS_EJECT_STOP}, {"queue", NTMS_EJECT_QUEUE}};

// What /p names, or what is where /s or /d and /l say; nullopt when there is none of them.
RsmResult<std::optional<GUID>> find_medium_to_eject(const Command& command) {
    auto medium = find_object(command, "p", NTMS_PHYSICAL_MEDIA);
    if (!medium) return medium;
    const auto library = find_object(command, "l", NTMS_LIBRARY);
    if (!library) return Failure{library.error()};
    const GUID* within = *library ? &**library : nullptr;
    const auto slot = find_object(command, "s", NTMS_STORAGESLOT, within);
    if (!slot) return Failure{slot.error()};
    const auto drive = find_object(command, "d", NTMS_DRIVE, within);
    if (!drive) return Failure{drive.error()};
    const int places = (*medium ? 1 : 0) + (*slot ? 1 : 0) + (*drive ? 1 : 0);
    if (places > 1) return Failure{wrong_usage("/p, /s and /d exclude each other")};
    if (*medium) return medium;
    if (within == nullptr) {
        if (places == 0) return std::optional<GUID>();
        return Failure{wrong_usage("/l must name the library")};
    }
    const GUID* place = *slot ? &**slot : *drive ? &**drive : nullptr;
    const auto found = find_medium_in(command, *within, place);
    if (!found) return Failure{found.error()};
    return std::optional<GUID>(*found);
}

}  // namespace

RsmResult<void> rsm_eject(const RsmCommand& command) {
    const std::string word = command.switches.has("a") ? command.switches.value("a") : "start";
    const auto action = number_of("a", word, kEjectActions);
    if (!action) return Failure{action.error()};
    const auto operation = ntmsapi::parse_guid(command.switches.value("o"));
    const bool is_stop = *action == NTMS_EJECT_STOP;
    if (!operation || is_stop != command.switches.has("o")) {
        return Failure{wrong_usage("/astop needs the GUID of the operation in /o, and only it")};
    }
    auto medium = find_medium_to_eject(command);
    if (!medium) return Failure{medium.error()};
    if (!*medium && *action == NTMS_EJECT_QUEUE) {
        return Failure{wrong_usage("/p, /s or /d must say which medium to queue")};
    }
    GUID id = *operation;
    GUID media = medium->value_or(GUID{});
    const DWORD error = EjectNtmsMedia(command.rsm.session(), &media, &id, *action);
    if (error != ERROR_SUCCESS) return outcome_of(error);
    if (*action == NTMS_EJECT_START) print_id(command, "ejecting", id);
    return {};
}

RsmResult<void> rsm_delete_media(const RsmCommand& command) {
    auto media = find_needed(command, "p", NTMS_PHYSICAL_MEDIA);
    if (!media) return Failure{media.error()};
    return outcome_of(DeleteNtmsMedia(command.rsm.session(), &*media));
}

namespace {

// --- createpool, deletepool, freemedia

constexpr Word<DWORD> kCreateActions[] = {
    {"existing", NTMS_OPEN_EXISTING}, {"always", NTMS_OPEN_ALWAYS}, {"new", NTMS_CREATE_NEW}};

RsmResult<void> set_policies(const Command& command, const GUID& pool) {
    const bool draws = command.switches.has("d");
    const bool returns = command.switches.has("r");
    if (!draws && !returns) return {};
    auto information = command.rsm.information(pool, NTMS_MEDIA_POOL);
    if (!information) return Failure{information.error()};
    auto& policies = information->Info.MediaPool;
    if (draws) policies.AllocationPolicy = NTMS_ALLOCATE_FROMSCRATCH;
    if (returns) policies.DeallocationPolicy = NTMS_DEALLOCATE_TOSCRATCH;
    return command.rsm.set(*information);
}

}  // namespace

RsmResult<void> rsm_create_pool(const RsmCommand& command) {
    const auto action = number_of("a", command.switches.value("a"), kCreateActions);
    if (!action) return Failure{action.error()};
    auto type = find_object(command, "t", NTMS_MEDIA_TYPE);
    if (!type) return Failure{type.error()};
    GUID pool = {};
    const DWORD error =
        CreateNtmsMediaPoolA(command.rsm.session(), command.switches.value("m").c_str(),
                             *type ? &**type : nullptr, *action, nullptr, &pool);
    if (error != ERROR_SUCCESS) return outcome_of(error);
    return set_policies(command, pool);
}

RsmResult<void> rsm_delete_pool(const RsmCommand& command) {
    auto pool = find_pool(command);
    if (!pool) return Failure{pool.error()};
    return outcome_of(DeleteNtmsMediaPool(command.rsm.session(), &*pool));
}

namespace {

// The free pool of a media type.
RsmResult<GUID> find_free_pool(const Command& command, const GUID& media_type) {
    const auto roots = command.rsm.list(nullptr, NTMS_MEDIA_POOL);
    if (!roots) return Failure{roots.error()};
    for (const GUID& root : *roots) {
        const auto top = command.rsm.information(root, NTMS_MEDIA_POOL);
        if (!top || top->Info.MediaPool.PoolType != NTMS_POOLTYPE_SCRATCH) continue;
        const auto pools = command.rsm.list(&root, NTMS_MEDIA_POOL);
        if (!pools) return Failure{pools.error()};
        for (const GUID& id : *pools) {
            const auto pool = command.rsm.information(id, NTMS_MEDIA_POOL);
            if (pool && pool->Info.MediaPool.MediaType == media_type) return id;
        }
    }
    return Failure{RsmRefusal{ERROR_INVALID_MEDIA_POOL, "there is no free pool for the medium"}};
}

// A side and, where it is to be deallocated first, its logical medium.
struct Side {
    GUID physical_media = {};
    std::optional<GUID> logical_media;
};

RsmResult<Side> find_side_to_free(const Command& command) {
    const auto logical = find_object(command, "l", NTMS_LOGICAL_MEDIA);
    if (!logical) return Failure{logical.error()};
    auto side = find_object(command, "p", NTMS_PARTITION);
    if (!side) return Failure{side.error()};
    const auto in_slot = find_medium_in_slot(command);
    if (!in_slot) return Failure{in_slot.error()};
    const int given = (*logical ? 1 : 0) + (*side ? 1 : 0) + (*in_slot ? 1 : 0);
    if (given != 1) return Failure{wrong_usage("one of /l, /p and /s must name the medium")};
    if (*in_slot) return Side{**in_slot, std::nullopt};
    if (*logical) {
        const auto sides = command.rsm.list(&**logical, NTMS_PARTITION);
        if (!sides) return Failure{sides.error()};
        if (sides->empty()) return Failure{RsmRefusal{ERROR_INVALID_MEDIA, "it has no side"}};
        *side = sides->front();
    }
    const auto information = command.rsm.information(**side, NTMS_PARTITION);
    if (!information) return Failure{information.error()};
    return Side{information->Info.Partition.PhysicalMedia, *logical};
}

}  // namespace

RsmResult<void> rsm_free_media(const RsmCommand& command) {
    auto side = find_side_to_free(command);
    if (!side) return Failure{side.error()};
    const auto medium = command.rsm.information(side->physical_media, NTMS_PHYSICAL_MEDIA);
    if (!medium) return Failure{medium.error()};
    auto pool = find_free_pool(command, medium->Info.PhysicalMedia.MediaType);
    if (!pool) return Failure{pool.error()};
    if (side->logical_media) {
        const DWORD error = DeallocateNtmsMedia(command.rsm.session(), &*side->logical_media, 0);
        if (error != ERROR_SUCCESS) return outcome_of(error);
        // Its pool may have sent it back already.
        const auto now = command.rsm.information(side->physical_media, NTMS_PHYSICAL_MEDIA);
        if (now && now->Info.PhysicalMedia.MediaPool == *pool) return {};
    }
    return outcome_of(MoveToNtmsMediaPool(command.rsm.session(), &side->physical_media, &*pool));
}

namespace {

// --- inventory

constexpr Word<DWORD> kInventoryActions[] = {{"full", NTMS_INVENTORY_OMID},
                                             {"fast", NTMS_INVENTORY_FAST},
                                             {"default", NTMS_INVENTORY_DEFAULT},
                                             {"none", NTMS_INVENTORY_NONE},
                                             {"stop", NTMS_INVENTORY_STOP}};

}  // namespace

RsmResult<void> rsm_inventory(const RsmCommand& command) {
    const auto action = number_of("a", command.switches.value("a"), kInventoryActions);
    if (!action) return Failure{action.error()};
    auto library = find_needed(command, "l", NTMS_LIBRARY);
    if (!library) return Failure{library.error()};
    return outcome_of(InventoryNtmsLibrary(command.rsm.session(), &*library, *action));
}

}  // namespace nearline::apps
