#include <array>

#include "rsm/cleaner_rules.h"
#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error reserve(Context& context, const v1::ReserveCleanerSlotRequest& request,
              v1::ReserveCleanerSlotAnswer&) {
    return reserve_cleaner_slot(context, id_of(request.library_id()), id_of(request.slot_id()));
}

Error release(Context& context, const v1::ReleaseCleanerSlotRequest& request,
              v1::ReleaseCleanerSlotAnswer&) {
    return release_cleaner_slot(context, id_of(request.library_id()));
}

Error inject(Context& context, const v1::InjectCleanerRequest& request,
             v1::InjectCleanerAnswer& reply) {
    Guid operation;
    const CleanerMove wanted{id_of(request.library_id()), id_of(request.inject_operation()),
                             request.action(), request.number_of_cleans_left()};
    const Error error = inject_cleaner(context, wanted, operation);
    reply.set_inject_operation(operation.text());
    return error;
}

Error eject(Context& context, const v1::EjectCleanerRequest& request,
            v1::EjectCleanerAnswer& reply) {
    Guid operation;
    const CleanerMove wanted{id_of(request.library_id()), id_of(request.eject_operation()),
                             request.action(), 0};
    const Error error = eject_cleaner(context, wanted, operation);
    reply.set_eject_operation(operation.text());
    return error;
}

Error clean(Context& context, const v1::CleanDriveRequest& request, v1::CleanDriveAnswer&) {
    return clean_drive(context, id_of(request.drive_id()));
}

constexpr std::array kFunctions = {
    Function{"CleanDrive", serve<v1::CleanDriveRequest, v1::CleanDriveAnswer, clean>},
    Function{"EjectCleaner", serve<v1::EjectCleanerRequest, v1::EjectCleanerAnswer, eject>},
    Function{"InjectCleaner", serve<v1::InjectCleanerRequest, v1::InjectCleanerAnswer, inject>},
    Function{"ReleaseCleanerSlot",
             serve<v1::ReleaseCleanerSlotRequest, v1::ReleaseCleanerSlotAnswer, release>},
    Function{"ReserveCleanerSlot",
             serve<v1::ReserveCleanerSlotRequest, v1::ReserveCleanerSlotAnswer, reserve>},
};

}  // namespace

std::span<const Function> cleaner_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
