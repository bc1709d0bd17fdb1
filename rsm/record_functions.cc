#include <array>

#include "base/text.h"
#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/record_rules.h"

namespace nearline::rsm {
namespace {

// Empty and all zeros: RSM's to choose. Nothing when the text is no id.
std::optional<Guid> chosen(const std::string& text) {
    return text.empty() ? Guid() : Guid::parse(text);
}

bool take(const v1::ObjectInformation& message, Object& object) {
    const auto id = chosen(message.object_guid());
    object.id = id.value_or(Guid());
    object.is_enabled = message.enabled();
    object.name = message.name();
    object.description = message.description();
    return id.has_value();
}

bool take_medium(const v1::ObjectInformation& message, NewMedium& wanted) {
    if (!take(message, wanted.medium) || !message.has_physical_media()) return false;
    const auto& info = message.physical_media();
    const auto library = chosen(info.current_library());
    wanted.medium.library = library.value_or(Guid());
    wanted.medium.pool = id_of(info.media_pool()).value_or(Guid());
    wanted.medium.bar_code = base::trim_right(info.bar_code(), ' ');
    wanted.medium.media_type_code = info.media_type_code();
    wanted.medium.density_code = info.density_code();
    wanted.stated_sides = info.number_of_partitions();
    return library.has_value() &&
           message.type() == static_cast<std::uint32_t>(PhysicalMedium::type);
}

bool take_side(const v1::ObjectInformation& message, Side& side) {
    if (!take(message, side) || !message.has_partition()) return false;
    const auto& info = message.partition();
    const auto logical = chosen(info.logical_media());
    side.logical_medium = logical.value_or(Guid());
    side.state = static_cast<SideState>(info.state());
    side.label_id = base::to_hex(base::as_bytes(info.omid_label_id()));
    side.label_type = info.omid_label_type();
    side.label_info = info.omid_label_info();
    side.mount_count = info.mount_count();
    side.allocate_count = info.allocate_count();
    side.capacity = info.capacity();
    return logical.has_value() && message.type() == static_cast<std::uint32_t>(Side::type);
}

NewMedium wanted_of(const v1::CreateMediaRequest& request) {
    NewMedium wanted;
    wanted.options = request.options();
    wanted.is_given = request.has_media() && !request.partitions().empty();
    wanted.is_well_formed = take_medium(request.media(), wanted);
    for (const v1::ObjectInformation& partition : request.partitions()) {
        const bool is_side = take_side(partition, wanted.sides.emplace_back());
        wanted.is_well_formed = wanted.is_well_formed && is_side;
    }
    return wanted;
}

Error create(Context& context, const v1::CreateMediaRequest& request,
             v1::CreateMediaAnswer& reply) {
    constexpr int kSidesAtMost = 16;  // no medium has more than two
    if (request.partitions_size() > kSidesAtMost) return Error::InvalidParameter;
    NewMedium made;
    const Error error = create_media(context, wanted_of(request), made);
    if (error != Error::Success) return error;
    Information information;
    information.object = made.medium;
    information.sides = static_cast<std::uint32_t>(made.sides.size());
    write(information, *reply.mutable_media());
    for (const Side& side : made.sides) {
        information.object = side;
        write(information, *reply.add_partitions());
    }
    return Error::Success;
}

Error add_type(Context& context, const v1::AddMediaTypeRequest& request, v1::AddMediaTypeAnswer&) {
    return add_media_type(context, id_of(request.media_type_id()), id_of(request.library_id()));
}

Error delete_type(Context& context, const v1::DeleteMediaTypeRequest& request,
                  v1::DeleteMediaTypeAnswer&) {
    return delete_media_type(context, id_of(request.media_type_id()), id_of(request.library_id()));
}

Error change_type(Context& context, const v1::ChangeMediaTypeRequest& request,
                  v1::ChangeMediaTypeAnswer&) {
    return change_media_type(context, id_of(request.media_id()), id_of(request.pool_id()));
}

constexpr std::array kFunctions = {
    Function{"AddMediaType", serve<v1::AddMediaTypeRequest, v1::AddMediaTypeAnswer, add_type>},
    Function{"ChangeMediaType",
             serve<v1::ChangeMediaTypeRequest, v1::ChangeMediaTypeAnswer, change_type>},
    Function{"CreateMedia", serve<v1::CreateMediaRequest, v1::CreateMediaAnswer, create>},
    Function{"DeleteMediaType",
             serve<v1::DeleteMediaTypeRequest, v1::DeleteMediaTypeAnswer, delete_type>},
};

}  // namespace

std::span<const Function> record_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
