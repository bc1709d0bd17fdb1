#include <array>

#include "rsm/detail_rules.h"
#include "rsm/json.h"
#include "rsm/messages.h"

namespace nearline::rsm {
namespace {

Error get_attribute(Context& context, const v1::GetObjectAttributeRequest& request,
                    v1::GetObjectAttributeAnswer& reply) {
    return object_attribute(context, id_of(request.object_id()), request.type(), request.name(),
                            *reply.mutable_data());
}

Error set_attribute(Context& context, const v1::SetObjectAttributeRequest& request,
                    v1::SetObjectAttributeAnswer&) {
    return set_object_attribute(context, id_of(request.object_id()), request.name(),
                                request.data());
}

Error get_destinations(Context& context, const v1::GetUIOptionsRequest& request,
                       v1::GetUIOptionsAnswer& reply) {
    std::vector<std::string> destinations;
    const Error error =
        ui_options(context, id_of(request.object_id()), request.type(), destinations);
    for (std::string& name : destinations) reply.add_destinations(std::move(name));
    return error;
}

Error set_destinations(Context& context, const v1::SetUIOptionsRequest& request,
                       v1::SetUIOptionsAnswer&) {
    return set_ui_options(context, {id_of(request.object_id()), request.type(), request.operation(),
                                    request.destination()});
}

Error export_all(Context& context, const v1::ExportDatabaseRequest&, v1::ExportDatabaseAnswer&) {
    return export_database(context);
}

Error import_all(Context& context, const v1::ImportDatabaseRequest&, v1::ImportDatabaseAnswer&) {
    return import_database(context);
}

Error begin(Context& context, const v1::BeginDeviceChangeDetectionRequest&,
            v1::BeginDeviceChangeDetectionAnswer& reply) {
    Guid handle;
    const Error error = begin_detection(context, handle);
    reply.set_detection(handle.text());
    return error;
}

Error detect(Context& context, const v1::SetDeviceChangeDetectionRequest& request,
             v1::SetDeviceChangeDetectionAnswer&) {
    std::vector<Guid> ids;
    for (const std::string& id : request.ids()) ids.push_back(id_of(id).value_or(Guid()));
    return set_detection(context, id_of(request.detection()), ids, request.type());
}

Error end(Context& context, const v1::EndDeviceChangeDetectionRequest& request,
          v1::EndDeviceChangeDetectionAnswer&) {
    return end_detection(context, id_of(request.detection()));
}

constexpr std::array kFunctions = {
    Function{
        "BeginDeviceChangeDetection",
        serve<v1::BeginDeviceChangeDetectionRequest, v1::BeginDeviceChangeDetectionAnswer, begin>},
    Function{"EndDeviceChangeDetection",
             serve<v1::EndDeviceChangeDetectionRequest, v1::EndDeviceChangeDetectionAnswer, end>},
    Function{"ExportDatabase",
             serve<v1::ExportDatabaseRequest, v1::ExportDatabaseAnswer, export_all>},
    Function{"ImportDatabase",
             serve<v1::ImportDatabaseRequest, v1::ImportDatabaseAnswer, import_all>},
    Function{"GetObjectAttribute",
             serve<v1::GetObjectAttributeRequest, v1::GetObjectAttributeAnswer, get_attribute>},
    Function{"GetUIOptions",
             serve<v1::GetUIOptionsRequest, v1::GetUIOptionsAnswer, get_destinations>},
    Function{
        "SetDeviceChangeDetection",
        serve<v1::SetDeviceChangeDetectionRequest, v1::SetDeviceChangeDetectionAnswer, detect>},
    Function{"SetObjectAttribute",
             serve<v1::SetObjectAttributeRequest, v1::SetObjectAttributeAnswer, set_attribute>},
    Function{"SetUIOptions",
             serve<v1::SetUIOptionsRequest, v1::SetUIOptionsAnswer, set_destinations>},
};

}  // namespace

std::span<const Function> detail_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
