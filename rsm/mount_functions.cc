#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/mount_rules.h"

namespace nearline::rsm {
namespace {

Error dismount(Context& context, const v1::DismountMediaRequest& request,
               v1::DismountMediaAnswer&) {
    Dismount wanted;
    for (const std::string& id : request.media_ids()) {
        wanted.media.push_back(id_of(id).value_or(Guid()));
    }
    wanted.options = request.options();
    return dismount_media(context, wanted);
}

Error empty_drive(Context& context, const v1::DismountDriveRequest& request,
                  v1::DismountDriveAnswer&) {
    return dismount_drive(context, id_of(request.drive_id()));
}

Error swap(Context& context, const v1::SwapMediaRequest& request, v1::SwapMediaAnswer&) {
    return swap_media(context, id_of(request.media_id1()), id_of(request.media_id2()));
}

constexpr std::array kFunctions = {
    Function{"DismountDrive",
             serve<v1::DismountDriveRequest, v1::DismountDriveAnswer, empty_drive>},
    Function{"DismountMedia", serve<v1::DismountMediaRequest, v1::DismountMediaAnswer, dismount>},
    Function{"SwapMedia", serve<v1::SwapMediaRequest, v1::SwapMediaAnswer, swap>},
};

}  // namespace

std::span<const Function> mount_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
