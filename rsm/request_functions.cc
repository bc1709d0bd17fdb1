#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/request_rules.h"

namespace nearline::rsm {
namespace {

Error get_order(Context& context, const v1::GetRequestOrderRequest& request,
                v1::GetRequestOrderAnswer& reply) {
    std::uint32_t order = 0;
    const Error error = request_order(context, id_of(request.request_id()), order);
    reply.set_order(order);
    return error;
}

Error set_order(Context& context, const v1::SetRequestOrderRequest& request,
                v1::SetRequestOrderAnswer&) {
    return set_request_order(context, id_of(request.request_id()), request.order());
}

Error cancel(Context& context, const v1::CancelLibraryRequestRequest& request,
             v1::CancelLibraryRequestAnswer&) {
    return cancel_library_request(context, id_of(request.request_id()));
}

Error erase(Context& context, const v1::DeleteRequestsRequest& request, v1::DeleteRequestsAnswer&) {
    std::vector<Guid> ids;
    for (const std::string& id : request.request_ids()) ids.push_back(id_of(id).value_or(Guid()));
    return delete_requests(context, ids, request.type());
}

constexpr std::array kFunctions = {
    Function{"CancelLibraryRequest",
             serve<v1::CancelLibraryRequestRequest, v1::CancelLibraryRequestAnswer, cancel>},
    Function{"DeleteRequests", serve<v1::DeleteRequestsRequest, v1::DeleteRequestsAnswer, erase>},
    Function{"GetRequestOrder",
             serve<v1::GetRequestOrderRequest, v1::GetRequestOrderAnswer, get_order>},
    Function{"SetRequestOrder",
             serve<v1::SetRequestOrderRequest, v1::SetRequestOrderAnswer, set_order>},
};

}  // namespace

std::span<const Function> request_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
