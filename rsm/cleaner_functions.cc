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

constexpr std::array kFunctions = {
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
