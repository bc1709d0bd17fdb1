#include "rsm/cleaner_rules.h"

namespace nearline::rsm {
namespace {

// What all functions here ask of a library that can do something: CONTROL, enabled, online.
Error controllable(Context& context, const Library& library, Error disabled) {
    if (!context.rights.allow(library.id, kControl)) return Error::AccessDenied;
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

}  // namespace

Error reserve_cleaner_slot(Context& context, const Id& library_id, const Id& slot_id) {
    if (!library_id || !slot_id) return Error::InvalidParameter;
    auto library = context.store.find<Library>(*library_id);
    if (!library) return Error::InvalidLibrary;
    const Error refusal = controllable(context, *library, Error::DeviceNotAvailable);
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
    const Error refusal = controllable(context, *library, Error::ResourceDisabled);
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

}  // namespace nearline::rsm
