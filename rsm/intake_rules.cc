#include "rsm/intake_rules.h"

#include <algorithm>

#include "rsm/media_label.h"

namespace nearline::rsm {
namespace {

bool is_waiting_or_queued(RequestState state) {
    return state == RequestState::Queued || state == RequestState::Waiting;
}

// --- inject

enum class InjectAction : std::uint32_t { Start = 0, Stop = 1, Retract = 2, StartMany = 3 };

bool has_free_slot(Store& store, const Library& library) {
    const auto slots = store.slots_of(library.id);
    return std::any_of(slots.begin(), slots.end(), [&](const StorageSlot& slot) {
        return slot.state == SlotState::Empty && slot.id != library.cleaner_slot;
    });
}

// The open request of that id; an id of another library, or of one that has ended, names nothing.
std::optional<LibRequest> open_injection(Context& context, const Library& library, const Id& id) {
    auto request = id ? context.store.find<LibRequest>(*id) : std::nullopt;
    if (!request || request->operation != Operation::Inject) return std::nullopt;
    if (request->library != library.id) return std::nullopt;
    const bool is_open =
        is_waiting_or_queued(request->state) || request->state == RequestState::InProcess;
    return is_open ? request : std::nullopt;
}

// What stands in the port comes in before it ends: the request is worked on once more.
Error stop_injection(Context& context, const Library& library, const Id& id) {
    auto request = open_injection(context, library, id);
    if (!request) return Error::InvalidOperation;
    request->option = kInjectLast;
    if (request->state == RequestState::Waiting) request->state = RequestState::Queued;
    context.store.update(*request);
    return Error::Success;
}

Error retract(Context& context, const Library& library, const Id& id) {
    auto request = open_injection(context, library, id);
    if (!request || request->option != kInjectMany) return Error::InvalidOperation;
    if (request->state != RequestState::Waiting) return Error::Success;
    request->state = RequestState::Queued;
    context.store.update(*request);
    return Error::Success;
}

Error start_injection(Context& context, const Library& library, std::uint32_t option,
                      Guid& operation) {
    // Libraries without a port are opened by their door.
    if (context.store.count(Store::Counted::PortsOfLibrary, library.id) == 0) {
        return Error::ResourceNotPresent;
    }
    if (!has_free_slot(context.store, library)) return Error::LibraryFull;
    LibRequest request = new_request(context, Operation::Inject, library.id);
    request.option = option;
    context.store.insert(request);
    operation = request.id;
    return Error::Success;
}

}  // namespace

Error inject_media(Context& context, const Injection& wanted, Guid& operation) {
    if (!wanted.library) return Error::InvalidParameter;
    if (wanted.action > static_cast<std::uint32_t>(InjectAction::StartMany)) {
        return Error::InvalidParameter;
    }
    const auto action = static_cast<InjectAction>(wanted.action);
    const bool ends = action == InjectAction::Stop || action == InjectAction::Retract;
    if (ends && !wanted.operation) return Error::InvalidParameter;
    const auto library = context.store.find<Library>(*wanted.library);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("InjectMedia", {{}, library->id})) return Error::AccessDenied;
    if (!library->is_enabled) return Error::DeviceNotAvailable;
    if (library->is_offline_library()) return Error::LibraryOffline;
    if (library->operational_state == OperationalState::NotPresent) return Error::LibraryOffline;
    switch (action) {
        case InjectAction::Stop:
            return stop_injection(context, *library, wanted.operation);
        case InjectAction::Retract:
            return retract(context, *library, wanted.operation);
        case InjectAction::Start:
            return start_injection(context, *library, kInjectOnce, operation);
        case InjectAction::StartMany:
            return start_injection(context, *library, kInjectMany, operation);
    }
    return Error::InvalidParameter;
}

Error access_library_door(Context& context, const Id& id, std::uint32_t action) {
    constexpr std::uint32_t kMethods = 6;  // NTMS_INVENTORY_MAX
    if (!id || action >= kMethods) return Error::InvalidParameter;
    const auto library = context.store.find<Library>(*id);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("AccessLibraryDoor", {{}, library->id})) return Error::AccessDenied;
    if (!library->is_enabled) return Error::ResourceDisabled;
    if (library->is_offline_library()) return Error::LibraryOffline;
    if (library->operational_state == OperationalState::NotPresent) return Error::LibraryOffline;
    if (context.store.count(Store::Counted::DoorsOfLibrary, library->id) == 0) {
        return Error::ResourceNotPresent;
    }
    LibRequest request = new_request(context, Operation::DoorAccess, library->id);
    request.option = action;
    context.store.insert(request);
    return Error::Success;
}

Error identify_slot(Context& context, const Id& id, std::uint32_t option, Guid& request_id) {
    constexpr std::uint32_t kDeferred = 1;
    constexpr std::uint32_t kImmediate = 2;
    if (!id || option > kImmediate) return Error::InvalidParameter;
    const auto slot = context.store.find<StorageSlot>(*id);
    if (!slot) return Error::ObjectNotFound;
    const auto library = context.store.find<Library>(slot->library);
    if (!library) return Error::ObjectNotFound;
    if (!context.rights.may("IdentifySlot", {{}, library->id})) return Error::AccessDenied;
    const bool is_there =
        library->is_enabled && library->operational_state != OperationalState::NotPresent;
    if (!is_there) return Error::LibraryOffline;
    for (const PhysicalMedium& medium : context.store.media_in(library->id)) {
        if (medium.location != slot->id) continue;
        LibRequest request = new_request(context, Operation::ProcessOmid, library->id);
        request.slot = slot->id;
        request.medium = medium.id;
        request.option = option == kDeferred ? kDeferred : 0;
        context.store.insert(request);
        request_id = request.id;
        break;
    }
    return Error::Success;
}

Error update_omid_info(Context& context, const Id& id, std::uint32_t type,
                       const std::string& label) {
    constexpr std::uint32_t kRawLabel = 1;
    constexpr std::uint32_t kFileSystemInfo = 2;
    if (!id) return Error::InvalidParameter;
    if (type != kRawLabel && type != kFileSystemInfo) return Error::InvalidParameter;
    if (label.empty()) return Error::InvalidParameter;
    if (!context.store.find<LogicalMedium>(*id)) return Error::InvalidMedia;
    auto side = context.store.side_of_logical(*id);
    if (!side) return Error::InvalidMedia;
    const auto medium = context.store.find<PhysicalMedium>(side->medium);
    if (!medium) return Error::InvalidMedia;
    if (!context.rights.may("UpdateOmidInfo", {{}, medium->library})) return Error::AccessDenied;
    const auto bytes = base::as_bytes(label);
    const auto found = type == kRawLabel ? recognize_label(bytes) : file_system_label(bytes);
    if (!found) return Error::BadFormat;
    side->label_type = found->type;
    side->label_id = found->id;
    side->label_info = found->info;
    context.store.update(*side);
    return Error::Success;
}

}  // namespace nearline::rsm
