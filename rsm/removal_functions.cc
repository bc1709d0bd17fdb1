#include <array>

#include "rsm/json.h"
#include "rsm/messages.h"
#include "rsm/removal_rules.h"

namespace nearline::rsm {
namespace {

Error remove_library(Context& context, const v1::DeleteLibraryRequest& request,
                     v1::DeleteLibraryAnswer&) {
    return delete_library(context, id_of(request.library_id()));
}

Error remove_drive(Context& context, const v1::DeleteDriveRequest& request,
                   v1::DeleteDriveAnswer&) {
    return delete_drive(context, id_of(request.drive_id()));
}

constexpr std::array kFunctions = {
    Function{"DeleteDrive", serve<v1::DeleteDriveRequest, v1::DeleteDriveAnswer, remove_drive>},
    Function{"DeleteLibrary",
             serve<v1::DeleteLibraryRequest, v1::DeleteLibraryAnswer, remove_library>},
};

}  // namespace

std::span<const Function> removal_functions() {
    return kFunctions;
}

}  // namespace nearline::rsm
