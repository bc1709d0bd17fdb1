#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/security_rules.h"

namespace nearline::rsm {
namespace {

Error get(Context& context, const v1::GetObjectSecurityRequest& request,
          v1::GetObjectSecurityAnswer& reply) {
    return object_security(context, {id_of(request.object_id()), request.information()},
                           *reply.mutable_security_descriptor());
}

Error set(Context& context, const v1::SetObjectSecurityRequest& request,
          v1::SetObjectSecurityAnswer&) {
    return set_object_security(context, {id_of(request.object_id()), request.information()},
                               request.security_descriptor());
}

constexpr std::array kFunctions = {
    Function{"GetObjectSecurity",
             serve<v1::GetObjectSecurityRequest, v1::GetObjectSecurityAnswer, get>},
    Function{"SetObjectSecurity",
             serve<v1::SetObjectSecurityRequest, v1::SetObjectSecurityAnswer, set>},
};

}  // namespace

std::span<const Function> security_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
