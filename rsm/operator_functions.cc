#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/request_rules.h"

namespace nearline::rsm {
namespace {

Error submit(Context& context, const v1::SubmitOperatorRequestRequest& request,
             v1::SubmitOperatorRequestAnswer& reply) {
    Guid id;
    const Question question{request.request(), request.message(), id_of(request.argument1_id()),
                            id_of(request.argument2_id())};
    const Error error = submit_operator_request(context, question, id);
    reply.set_request_id(id.text());
    return error;
}

Error cancel(Context& context, const v1::CancelOperatorRequestRequest& request,
             v1::CancelOperatorRequestAnswer&) {
    return cancel_operator_request(context, id_of(request.request_id()));
}

Error satisfy(Context& context, const v1::SatisfyOperatorRequestRequest& request,
              v1::SatisfyOperatorRequestAnswer&) {
    return satisfy_operator_request(context, id_of(request.request_id()));
}

constexpr std::array kFunctions = {
    Function{"CancelOperatorRequest",
             serve<v1::CancelOperatorRequestRequest, v1::CancelOperatorRequestAnswer, cancel>},
    Function{"SatisfyOperatorRequest",
             serve<v1::SatisfyOperatorRequestRequest, v1::SatisfyOperatorRequestAnswer, satisfy>},
    Function{"SubmitOperatorRequest",
             serve<v1::SubmitOperatorRequestRequest, v1::SubmitOperatorRequestAnswer, submit>},
};

}  // namespace

std::span<const Function> operator_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
