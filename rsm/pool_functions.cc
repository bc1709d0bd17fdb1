#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error create(Context& context, const v1::CreateMediaPoolRequest& request,
             v1::CreateMediaPoolAnswer& reply) {
    Guid id;
    std::optional<std::string> name;
    if (!request.name().empty()) name = request.name();
    const Error error = create_media_pool(
        context,
        {name, id_of(request.media_type()), request.action(), request.security_descriptor()}, id);
    reply.set_pool_id(id.text());
    return error;
}

Error name(Context& context, const v1::GetMediaPoolNameRequest& request,
           v1::GetMediaPoolNameAnswer& reply) {
    return media_pool_name(context, id_of(request.pool_id()), *reply.mutable_name());
}

Error remove(Context& context, const v1::DeleteMediaPoolRequest& request,
             v1::DeleteMediaPoolAnswer&) {
    return delete_media_pool(context, id_of(request.pool_id()));
}

constexpr std::array kFunctions = {
    Function{"CreateMediaPool",
             serve<v1::CreateMediaPoolRequest, v1::CreateMediaPoolAnswer, create>},
    Function{"DeleteMediaPool",
             serve<v1::DeleteMediaPoolRequest, v1::DeleteMediaPoolAnswer, remove>},
    Function{"GetMediaPoolName",
             serve<v1::GetMediaPoolNameRequest, v1::GetMediaPoolNameAnswer, name>},
};

}  // namespace

std::span<const Function> pool_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
