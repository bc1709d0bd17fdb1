#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error enumerate(Context& context, const v1::EnumerateObjectRequest& request,
                v1::EnumerateObjectAnswer& reply) {
    Enumeration wanted{id_of(request.container_id()), request.type(), request.options(), {}};
    if (request.has_capacity()) wanted.capacity = request.capacity();
    std::vector<Guid> ids;
    std::uint32_t count = 0;
    const Error error = enumerate_objects(context, wanted, ids, count);
    reply.set_count(count);
    for (const Guid& id : ids) reply.add_ids(id.text());
    return error;
}

Error get_information(Context& context, const v1::GetObjectInformationRequest& request,
                      v1::GetObjectInformationAnswer& reply) {
    Information information;
    const Error error =
        object_information(context, id_of(request.object_id()), request.type(), information);
    if (error == Error::Success) write(information, *reply.mutable_information());
    return error;
}

Error set_information(Context& context, const v1::SetObjectInformationRequest& request,
                      v1::SetObjectInformationAnswer&) {
    return set_object_information(context, id_of(request.object_id()),
                                  settable_of(request.information()));
}

Error enable(Context& context, const v1::EnableObjectRequest& request, v1::EnableObjectAnswer&) {
    return switch_object(context, request.type(), id_of(request.object_id()), Switch::Enable);
}

Error disable(Context& context, const v1::DisableObjectRequest& request, v1::DisableObjectAnswer&) {
    return switch_object(context, request.type(), id_of(request.object_id()), Switch::Disable);
}

constexpr std::array kFunctions = {
    Function{"DisableObject", serve<v1::DisableObjectRequest, v1::DisableObjectAnswer, disable>},
    Function{"EnableObject", serve<v1::EnableObjectRequest, v1::EnableObjectAnswer, enable>},
    Function{"EnumerateObject",
             serve<v1::EnumerateObjectRequest, v1::EnumerateObjectAnswer, enumerate>},
    Function{
        "GetObjectInformation",
        serve<v1::GetObjectInformationRequest, v1::GetObjectInformationAnswer, get_information>},
    Function{
        "SetObjectInformation",
        serve<v1::SetObjectInformationRequest, v1::SetObjectInformationAnswer, set_information>},
};

}  // namespace

std::span<const Function> object_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
