#include "rsm/removal_rules.h"

#include "rsm/inventory.h"

namespace nearline::rsm {
namespace {

// The offline library is no device that could have gone.
Error removable(Context& context, const Library& library) {
    if (!context.rights.may("DeleteLibrary", {{}, library.id})) return Error::AccessDenied;
    if (library.is_offline_library() || !library.is_enabled) return Error::InvalidState;
    const bool is_present = library.operational_state != OperationalState::NotPresent;
    return is_present ? Error::InvalidState : Error::Success;
}

template <typename Row>
void erase_rows(Store& store, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        store.erase_attributes(row.id);
        store.erase<Row>(row.id);
    }
}

// Finished requests keep the library's id, as those of deleted media do.
void end_requests(Context& context, const Guid& library) {
    for (LibRequest& request : context.store.open_requests_of(library)) {
        request.state = RequestState::Cancelled;
        request.completed = context.now;
        context.store.update(request);
    }
    context.store.end_operator_requests(library, OpState::Refused);
}

void remove_library(Context& context, const Guid& id) {
    Store& store = context.store;
    end_requests(context, id);
    for (PhysicalMedium& medium : store.media_in(id)) take_offline(store, medium);
    erase_rows(store, store.drives_of(id));
    erase_rows(store, store.changers_of(id));
    erase_rows(store, store.slots_of(id));
    erase_rows(store, store.ports_of(id));
    erase_rows(store, store.doors_of(id));
    store.forget_media_types(id);
    store.erase_attributes(id);
    store.erase<Library>(id);
}

}  // namespace

Error delete_library(Context& context, const Id& id) {
    if (!id) return Error::InvalidParameter;
    const auto library = context.store.find<Library>(*id);
    if (!library) return Error::InvalidLibrary;
    const Error refusal = removable(context, *library);
    if (refusal != Error::Success) return refusal;
    remove_library(context, *id);
    return Error::Success;
}

Error delete_drive(Context& context, const Id& id) {
    Store& store = context.store;
    if (!id) return Error::InvalidParameter;
    const auto drive = store.find<Drive>(*id);
    if (!drive) return Error::InvalidDrive;
    const auto library = store.find<Library>(drive->library);
    if (!library) return Error::InvalidLibrary;
    if (!context.rights.may("DeleteDrive", {{}, library->id})) return Error::AccessDenied;
    if (store.count(Store::Counted::SlotsOfLibrary, library->id) == 0) {
        return delete_library(context, library->id);
    }
    if (drive->operational_state != OperationalState::NotPresent) return Error::InvalidState;
    for (PhysicalMedium& medium : store.media_in(library->id)) {
        if (medium.location == drive->id) take_offline(store, medium);
    }
    store.end_operator_requests(drive->id, OpState::Refused);
    store.erase_attributes(drive->id);
    store.erase<Drive>(drive->id);
    return Error::Success;
}

}  // namespace nearline::rsm
