#include "rsm/cleaner_rules.h"

namespace nearline::rsm {
namespace {

// What all functions here ask of a library that can do something: the right, enabled, online.
Error controllable(Context& context, std::string_view function, const Library& library,
                   Error disabled) {
    if (!context.rights.may(function, {{}, library.id})) return Error::AccessDenied;
    if (library.is_offline_library()) return Error::LibraryOffline;
    if (!library.is_enabled) return disabled;
    const bool is_present = library.operational_state != OperationalState::NotPresent;
    return is_present ? Error::Success : Error::DeviceNotAvailable;
}

// Nothing has to move for it: the request is there to be seen, and done already.
void record(Context& context, Operation operation, const Library& library, const Guid& slot) {
    LibRequest request = new_request(context, operation, library.id);
    request.slot = slot;
    context.store.insert(request);
    request.state = RequestState::Passed;
    request.completed = context.now;
    context.store.update(request);
}

bool is_installed(const StorageSlot& slot) {
    return slot.state != SlotState::NotPresent;
}

bool is_full(const StorageSlot& slot) {
    return slot.state == SlotState::Full || slot.state == SlotState::NeedsInventory;
}

constexpr std::uint32_t kStop = 1;

bool has_ports(Context& context, const Library& library) {
    return context.store.count(Store::Counted::PortsOfLibrary, library.id) != 0;
}

// What InjectNtmsCleaner and EjectNtmsCleaner check first.
Error check_move(Context& context, std::string_view function, const CleanerMove& wanted,
                 std::optional<Library>& library) {
    if (!wanted.library || wanted.action > kStop) return Error::InvalidParameter;
    if (wanted.action == kStop && !wanted.operation) return Error::InvalidParameter;
    library = context.store.find<Library>(*wanted.library);
    if (!library) return Error::InvalidLibrary;
    return controllable(context, function, *library, Error::ResourceDisabled);
}

// What the robot has begun is finished.
Error stop_move(Context& context, const Library& library, Operation operation, const Guid& id) {
    auto request = context.store.find<LibRequest>(id);
    const bool is_it = request && request->operation == operation && request->library == library.id;
    if (!is_it) return Error::InvalidOperation;
    if (request->state == RequestState::InProcess) return Error::Success;
    const bool is_open =
        request->state == RequestState::Queued || request->state == RequestState::Waiting;
    if (!is_open) return Error::InvalidOperation;
    request->state = RequestState::Stopped;
    request->completed = context.now;
    context.store.update(*request);
    return Error::Success;
}

}  // namespace

Error reserve_cleaner_slot(Context& context, const Id& library_id, const Id& slot_id) {
    if (!library_id || !slot_id) return Error::InvalidParameter;
    auto library = context.store.find<Library>(*library_id);
    if (!library) return Error::InvalidLibrary;
    const Error refusal =
        controllable(context, "ReserveCleanerSlot", *library, Error::DeviceNotAvailable);
    if (refusal != Error::Success) return refusal;
    const auto slot = context.store.find<StorageSlot>(*slot_id);
    const bool is_there = slot && slot->library == library->id && is_installed(*slot);
    if (!is_there) return Error::ResourceNotAvailable;
    if (!library->cleaner_slot.is_null()) return Error::CleanerSlotSet;
    if (is_full(*slot)) return Error::ResourceNotAvailable;
    library->cleaner_slot = slot->id;
    if (library->cleaner_slot_default.is_null()) library->cleaner_slot_default = slot->id;
    context.store.update(*library);
    record(context, Operation::ReserveCleaner, *library, slot->id);
    return Error::Success;
}

Error release_cleaner_slot(Context& context, const Id& library_id) {
    if (!library_id) return Error::InvalidParameter;
    auto library = context.store.find<Library>(*library_id);
    if (!library) return Error::InvalidLibrary;
    const Error refusal =
        controllable(context, "ReleaseCleanerSlot", *library, Error::ResourceDisabled);
    if (refusal != Error::Success) return refusal;
    if (library->cleaner_slot.is_null()) return Error::CleanerSlotNotSet;
    const auto slot = context.store.find<StorageSlot>(library->cleaner_slot);
    if (!slot || !is_installed(*slot)) return Error::ResourceNotPresent;
    if (is_full(*slot)) return Error::ResourceNotAvailable;
    library->cleaner_slot = {};
    context.store.update(*library);
    record(context, Operation::ReleaseCleaner, *library, slot->id);
    return Error::Success;
}

Error inject_cleaner(Context& context, const CleanerMove& wanted, Guid& operation) {
    std::optional<Library> library;
    const Error refusal = check_move(context, "InjectCleaner", wanted, library);
    if (refusal != Error::Success) return refusal;
    if (wanted.action == kStop) {
        if (!has_ports(context, *library)) return Error::NotSupported;
        return stop_move(context, *library, Operation::InjectCleaner, *wanted.operation);
    }
    const auto slot = context.store.find<StorageSlot>(library->cleaner_slot);
    if (!slot) return Error::CleanerSlotNotSet;
    if (is_full(*slot) || !is_installed(*slot)) return Error::ResourceNotAvailable;
    LibRequest request = new_request(context, Operation::InjectCleaner, library->id);
    request.slot = slot->id;
    request.option = wanted.uses;
    context.store.insert(request);
    operation = request.id;
    return Error::Success;
}

Error eject_cleaner(Context& context, const CleanerMove& wanted, Guid& operation) {
    std::optional<Library> library;
    const Error refusal = check_move(context, "EjectCleaner", wanted, library);
    if (refusal != Error::Success) return refusal;
    if (wanted.action == kStop) {
        if (!has_ports(context, *library)) return Error::InvalidOperation;
        return stop_move(context, *library, Operation::EjectCleaner, *wanted.operation);
    }
    const auto slot = context.store.find<StorageSlot>(library->cleaner_slot);
    if (!slot) return Error::CleanerSlotNotSet;
    if (!is_installed(*slot)) return Error::ResourceNotPresent;
    if (!is_full(*slot)) return Error::Empty;
    LibRequest request = new_request(context, Operation::EjectCleaner, library->id);
    request.slot = slot->id;
    context.store.insert(request);
    operation = request.id;
    return Error::Success;
}

Error clean_drive(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    auto drive = context.store.find<Drive>(*id);
    if (!drive) return Error::InvalidDrive;
    const auto library = context.store.find<Library>(drive->library);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("CleanDrive", {{}, library->id})) return Error::AccessDenied;
    if (!library->is_enabled || !drive->is_enabled) return Error::ResourceDisabled;
    if (library->operational_state == OperationalState::NotPresent) {
        return Error::ResourceNotPresent;
    }
    if (drive->operational_state == OperationalState::NotPresent) {
        return Error::DeviceNotAvailable;
    }
    if (context.store.count(Store::Counted::SlotsOfLibrary, library->id) == 0) {
        drive->last_cleaned = context.now;
        context.store.update(*drive);
        return Error::Success;
    }
    LibRequest request = new_request(context, Operation::CleanDrive, library->id);
    request.drive = drive->id;
    context.store.insert(request);
    return Error::Success;
}

}  // namespace nearline::rsm
