#include <array>

#include "rsm/intake_rules.h"
#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error inject(Context& context, const v1::InjectMediaRequest& request,
             v1::InjectMediaAnswer& reply) {
    Guid operation;
    const Injection wanted{id_of(request.library_id()), id_of(request.inject_operation()),
                           request.action()};
    const Error error = inject_media(context, wanted, operation);
    reply.set_inject_operation(operation.text());
    return error;
}

Error access_door(Context& context, const v1::AccessLibraryDoorRequest& request,
                  v1::AccessLibraryDoorAnswer&) {
    return access_library_door(context, id_of(request.library_id()), request.action());
}

Error update_label(Context& context, const v1::UpdateOmidInfoRequest& request,
                   v1::UpdateOmidInfoAnswer&) {
    return update_omid_info(context, id_of(request.media_id()), request.label_type(),
                            request.label());
}

constexpr std::array kFunctions = {
    Function{"AccessLibraryDoor",
             serve<v1::AccessLibraryDoorRequest, v1::AccessLibraryDoorAnswer, access_door>},
    Function{"InjectMedia", serve<v1::InjectMediaRequest, v1::InjectMediaAnswer, inject>},
    Function{"UpdateOmidInfo",
             serve<v1::UpdateOmidInfoRequest, v1::UpdateOmidInfoAnswer, update_label>},
};

}  // namespace

std::span<const Function> intake_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
