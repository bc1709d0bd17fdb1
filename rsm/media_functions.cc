#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error deallocate(Context& context, const v1::DeallocateMediaRequest& request,
                 v1::DeallocateMediaAnswer&) {
    return deallocate_media(context, id_of(request.media_id()));
}

Error complete(Context& context, const v1::SetMediaCompleteRequest& request,
               v1::SetMediaCompleteAnswer&) {
    return set_media_complete(context, id_of(request.media_id()));
}

Error decommission(Context& context, const v1::DecommissionMediaRequest& request,
                   v1::DecommissionMediaAnswer&) {
    return decommission_media(context, id_of(request.media_id()));
}

Error move(Context& context, const v1::MoveToMediaPoolRequest& request,
           v1::MoveToMediaPoolAnswer&) {
    return move_to_media_pool(context, id_of(request.media_id()), id_of(request.pool_id()));
}

constexpr std::array kFunctions = {
    Function{"DeallocateMedia",
             serve<v1::DeallocateMediaRequest, v1::DeallocateMediaAnswer, deallocate>},
    Function{"DecommissionMedia",
             serve<v1::DecommissionMediaRequest, v1::DecommissionMediaAnswer, decommission>},
    Function{"MoveToMediaPool", serve<v1::MoveToMediaPoolRequest, v1::MoveToMediaPoolAnswer, move>},
    Function{"SetMediaComplete",
             serve<v1::SetMediaCompleteRequest, v1::SetMediaCompleteAnswer, complete>},
};

}  // namespace

std::span<const Function> media_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
