#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error take_inventory(Context& context, const v1::InventoryLibraryRequest& request,
                     v1::InventoryLibraryAnswer&) {
    Guid id;
    return inventory_library(context, id_of(request.library_id()), request.action(), id);
}

Error eject(Context& context, const v1::EjectMediaRequest& request, v1::EjectMediaAnswer& reply) {
    Guid operation;
    const Ejection wanted{id_of(request.media_id()), id_of(request.eject_operation()),
                          request.action()};
    const Error error = eject_media(context, wanted, operation);
    reply.set_eject_operation(operation.text());
    return error;
}

constexpr std::array kFunctions = {
    Function{"EjectMedia", serve<v1::EjectMediaRequest, v1::EjectMediaAnswer, eject>},
    Function{"InventoryLibrary",
             serve<v1::InventoryLibraryRequest, v1::InventoryLibraryAnswer, take_inventory>},
};

}  // namespace

std::span<const Function> library_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
