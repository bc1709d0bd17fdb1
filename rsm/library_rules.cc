#include <algorithm>

#include "rsm/rules.h"

namespace nearline::rsm {
namespace {

// --- eject

bool is_open(RequestState state) {
    return state == RequestState::Queued || state == RequestState::InProcess ||
           state == RequestState::Waiting;
}

// Why this medium cannot be ejected now.
Error ejectable(Context& context, const PhysicalMedium& medium, EjectAction action) {
    const auto library = context.store.find<Library>(medium.library);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("EjectMedia", {{}, library->id})) return Error::AccessDenied;
    if (library->is_offline_library()) return Error::LibraryOffline;
    if (!library->is_enabled) return Error::DeviceNotAvailable;
    if (library->operational_state == OperationalState::NotPresent) {
        return Error::DeviceNotAvailable;
    }
    if (!medium.is_enabled) return Error::MediaNotAvailable;
    const auto drive = context.store.find<Drive>(medium.location);
    if (drive && !drive->is_enabled) return Error::DeviceNotAvailable;
    const bool is_mounted =
        medium.media_state != MediaState::Idle && medium.media_state != MediaState::InUse;
    if (is_mounted && action != EjectAction::Force) return Error::Busy;
    if (medium.media_state == MediaState::InUse) return Error::Busy;
    // Libraries without a port are opened by their door.
    if (context.store.count(Store::Counted::PortsOfLibrary, library->id) == 0) {
        return Error::ResourceNotPresent;
    }
    return Error::Success;
}

Guid queue_ejection(Context& context, PhysicalMedium& medium, EjectAction action,
                    const Guid& operation) {
    constexpr std::uint32_t kForceImmediate = 2;
    LibRequest request = new_request(context, Operation::Eject, medium.library);
    request.medium = medium.id;
    if (medium.location_type == ObjectType::StorageSlot) request.slot = medium.location;
    if (medium.location_type == ObjectType::Drive) request.drive = medium.location;
    if (action == EjectAction::Force) request.option = kForceImmediate;
    request.work_item = operation;
    context.store.insert(request);
    medium.media_state = MediaState::InUse;
    context.store.update(medium);
    return request.id;
}

// Everything collected by QUEUE, and the last medium, as one operation: the first request's id.
Error start_ejection(Context& context, const std::vector<Guid>& media, EjectAction action,
                     Guid& operation) {
    for (const Guid& id : media) {
        auto medium = context.store.find<PhysicalMedium>(id);
        if (!medium) return Error::InvalidMedia;
        const Error refusal = ejectable(context, *medium, action);
        if (refusal != Error::Success) return refusal;
        const Guid request = queue_ejection(context, *medium, action, operation);
        if (operation.is_null()) operation = request;
    }
    return Error::Success;
}

Error collect_for_ejection(Context& context, const Guid& id) {
    const auto medium = context.store.find<PhysicalMedium>(id);
    if (!medium) return Error::InvalidMedia;
    const Error refusal = ejectable(context, *medium, EjectAction::Queue);
    if (refusal != Error::Success) return refusal;
    std::vector<Guid>& queue = context.session.eject_queue;
    if (std::find(queue.begin(), queue.end(), id) != queue.end()) return Error::Success;
    const std::uint32_t ports =
        context.store.count(Store::Counted::PortsOfLibrary, medium->library);
    if (queue.size() + 1 > ports) return Error::Busy;
    queue.push_back(id);
    return Error::Success;
}

void stop_request(Context& context, LibRequest& request) {
    request.state = RequestState::Stopped;
    request.completed = context.now;
    context.store.update(request);
    auto medium = context.store.find<PhysicalMedium>(request.medium);
    if (!medium || medium->media_state != MediaState::InUse) return;
    medium->media_state = MediaState::Idle;
    context.store.update(*medium);
}

// What the robot has begun is finished: only requests that are queued, or whose cartridge waits in
// the port, stop.
Error stop_ejection(Context& context, const Id& operation) {
    if (!operation) return Error::InvalidParameter;
    auto first = context.store.find<LibRequest>(*operation);
    if (!first || first->operation != Operation::Eject) return Error::InvalidOperation;
    if (!context.rights.may("EjectMedia", {{}, first->library})) return Error::AccessDenied;
    bool was_open = false;
    const auto requests =
        context.store.ids(ObjectType::LibRequest, ObjectType::Library, first->library);
    for (const Guid& id : requests.value_or(std::vector<Guid>{})) {
        auto request = context.store.find<LibRequest>(id);
        if (!request || (request->id != *operation && request->work_item != *operation)) continue;
        if (!is_open(request->state)) continue;
        was_open = true;
        if (request->state != RequestState::InProcess) stop_request(context, *request);
    }
    return was_open ? Error::Success : Error::InvalidOperation;
}

// --- inventory

// What the robot has begun is finished. One that is not running is stopped already.
Error stop_inventory(Context& context, const Guid& library) {
    for (LibRequest& request : context.store.open_requests_of(library)) {
        const bool is_inventory =
            request.operation == Operation::Inventory ||
            (request.operation == Operation::ProcessOmid && !request.work_item.is_null());
        if (!is_inventory || request.state != RequestState::Queued) continue;
        request.state = RequestState::Stopped;
        request.completed = context.now;
        context.store.update(request);
        auto slot = context.store.find<StorageSlot>(request.slot);
        if (!slot || slot->state != SlotState::NeedsInventory) continue;
        slot->state = SlotState::Full;
        context.store.update(*slot);
    }
    return Error::Success;
}

}  // namespace

LibRequest new_request(const Context& context, Operation operation, const Guid& library) {
    LibRequest request;
    request.operation = operation;
    request.library = library;
    request.queued = context.now;
    request.application = context.session.application;
    request.user = context.session.user_name;
    request.computer = context.session.computer;
    return request;
}

Error inventory_library(Context& context, const Id& id, std::uint32_t action, Guid& request_id) {
    if (!id) return Error::InvalidParameter;
    const auto library = context.store.find<Library>(*id);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("InventoryLibrary", {{}, library->id})) return Error::AccessDenied;
    if (!library->is_enabled) return Error::ResourceDisabled;
    if (library->is_offline_library()) return Error::LibraryOffline;
    if (library->operational_state == OperationalState::NotPresent) {
        return Error::DeviceNotAvailable;
    }
    auto method = static_cast<InventoryMethod>(action);
    if (method == InventoryMethod::Default) method = library->inventory_method;
    if (method == InventoryMethod::Stop) return stop_inventory(context, library->id);
    if (method == InventoryMethod::None) return Error::Success;
    LibRequest request = new_request(context, Operation::Inventory, library->id);
    request.option = method == InventoryMethod::Omid ? kFullInventory : kSlotsOnly;
    context.store.insert(request);
    request_id = request.id;
    return Error::Success;
}

Error eject_media(Context& context, const Ejection& wanted, Guid& operation) {
    if (wanted.action > static_cast<std::uint32_t>(EjectAction::Force)) {
        return Error::InvalidParameter;
    }
    const auto action = static_cast<EjectAction>(wanted.action);
    const bool names_medium = wanted.medium && !wanted.medium->is_null();
    if (action == EjectAction::Stop) return stop_ejection(context, wanted.operation);
    if (action == EjectAction::Queue) {
        if (!names_medium) return Error::InvalidParameter;
        return collect_for_ejection(context, *wanted.medium);
    }
    std::vector<Guid> media = context.session.eject_queue;
    if (!names_medium && media.empty()) return Error::InvalidParameter;
    if (names_medium && std::find(media.begin(), media.end(), *wanted.medium) == media.end()) {
        media.push_back(*wanted.medium);
    }
    const Error refusal = start_ejection(context, media, action, operation);
    if (refusal == Error::Success) context.session.eject_queue.clear();
    return refusal;
}

}  // namespace nearline::rsm
