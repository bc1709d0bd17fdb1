#include "rsm/rights_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace nearline::rsm {
namespace {

constexpr std::uint32_t U = kUse;
constexpr std::uint32_t M = kModify;
constexpr std::uint32_t C = kControl;

// Name, then pool, library, computer of Server 2003, then of Windows XP.
constexpr std::array kFunctions = std::to_array<FunctionRights>({
    {"AccessLibraryDoor", {0, C, 0}, {0, C, 0}},
    {"AddMediaType", {0, M, 0}, {0, C, 0}},
    {"AllocateMedia", {C, 0, 0}, {M, 0, 0}},
    {"AllocateMedia: free pool", {U, 0, 0}, {0, 0, 0}},
    {"AllocateMedia: other source", {C, 0, 0}, {0, 0, 0}},
    {"CancelLibraryRequest", {0, C, 0}, {0, C, 0}},
    {"CancelOperatorRequest", {0, 0, C}, {0, 0, C}},
    {"ChangeMediaType", {M, 0, M}, {M, 0, 0}},
    {"CleanDrive", {0, C, 0}, {0, C, 0}},
    {"CreateMedia", {M, 0, M}, {C, M, 0}},      // XP: the offline library
    {"CreateMediaPool", {C, 0, 0}, {M, 0, 0}},  // the parent
    {"CreateMediaPool: root pool", {C, 0, 0}, {0, 0, 0}},
    {"CreateMediaPool: open", {U, 0, 0}, {U, 0, 0}},  // in no table
    {"DeallocateMedia", {C, 0, 0}, {M, 0, 0}},
    {"DeallocateMedia: free pool", {U, 0, 0}, {0, 0, 0}},
    {"DecommissionMedia", {C, 0, 0}, {M, 0, 0}},
    {"DeleteDrive", {0, M, 0}, {0, M, 0}},
    {"DeleteLibrary", {0, M, 0}, {0, M, 0}},
    {"DeleteMedia", {M, 0, M}, {M, 0, 0}},
    {"DeleteMediaPool", {M, 0, 0}, {C, 0, 0}},
    {"DeleteMediaType", {0, M, 0}, {0, C, 0}},
    {"DeleteRequests", {0, 0, M}, {0, 0, C}},
    {"DisableObject", {0, M, 0}, {0, C, 0}},
    {"DismountDrive", {0, M, 0}, {0, C, 0}},
    {"DismountMedia", {U, U, 0}, {U, U, 0}},
    {"EjectCleaner", {0, C, 0}, {0, C, 0}},
    {"EjectMedia", {0, C, 0}, {0, C, 0}},
    {"EnableObject", {0, M, 0}, {0, C, 0}},
    {"ExportDatabase", {0, 0, C}, {0, 0, C}},
    {"GetMediaPoolName", {U, 0, 0}, {U, 0, 0}},  // in no table
    {"GetRequestOrder", {0, 0, C}, {0, 0, 0}},
    {"GetUIOptions: computer", {0, 0, U}, {0, 0, U}},
    {"GetUIOptions: library", {0, U, 0}, {0, U, 0}},
    {"IdentifySlot", {0, C, 0}, {0, C, 0}},
    {"ImportDatabase", {0, 0, C}, {0, 0, C}},
    {"InjectCleaner", {0, C, 0}, {0, C, 0}},
    {"InjectMedia", {0, C, 0}, {0, C, 0}},
    {"InventoryLibrary", {0, C, 0}, {0, C, 0}},
    {"MountMedia", {U, U, 0}, {U, U, 0}},
    {"MoveToMediaPool", {C, 0, 0}, {M, 0, 0}},
    {"MoveToMediaPool: free pool", {U, 0, 0}, {M, 0, 0}},
    {"OpenNotification", {0, 0, U}, {0, 0, 0}},
    {"OpenSession", {0, 0, U}, {0, 0, U}},
    {"ReleaseCleanerSlot", {0, C, 0}, {0, C, 0}},
    {"ReserveCleanerSlot", {0, C, 0}, {0, C, 0}},
    {"SatisfyOperatorRequest", {0, 0, C}, {0, 0, C}},
    {"SetMediaComplete", {C, 0, 0}, {M, 0, 0}},
    {"SetRequestOrder", {0, 0, C}, {0, 0, 0}},
    {"SetUIOptions: computer", {0, 0, U | M}, {0, 0, U | M}},
    {"SetUIOptions: library", {0, U | M, 0}, {0, U | M, 0}},
    {"SubmitOperatorRequest: CLEANER", {0, C, 0}, {0, 0, 0}},
    {"SubmitOperatorRequest: DEVICESERVICE", {0, C, 0}, {0, 0, 0}},
    {"SubmitOperatorRequest: MESSAGE", {0, 0, U}, {0, 0, 0}},
    {"SubmitOperatorRequest: MOVEMEDIA", {C, 0, 0}, {0, 0, 0}},
    {"SubmitOperatorRequest: NEWMEDIA", {C, 0, 0}, {0, 0, 0}},
    {"SwapMedia", {M, 0, 0}, {M, 0, 0}},
    {"UpdateOmidInfo", {0, C, 0}, {0, C, 0}},
});

using T = ObjectType;
constexpr std::array kTypes = std::to_array<TypeRights>({
    {T::Changer, Holder::Library, M, 0},
    {T::ChangerType, Holder::Computer, M, 0},
    {T::Computer, Holder::Computer, M, 0},
    {T::Drive, Holder::Library, M, 0},
    {T::DriveType, Holder::Computer, M, 0},
    {T::IEDoor, Holder::Library, M, 0},
    {T::IEPort, Holder::Library, M, 0},
    {T::Library, Holder::Library, C, 0},
    {T::LibRequest, Holder::Library, M, 0},
    {T::LogicalMedia, Holder::Pool, M, C},
    {T::MediaPool, Holder::Pool, M, C},
    {T::MediaType, Holder::Computer, M, 0},
    {T::OpRequest, Holder::Computer, M, 0},
    {T::Partition, Holder::Pool, M, C},
    {T::PhysicalMedia, Holder::Pool, M, 0},
    {T::StorageSlot, Holder::Library, M, C},
});

constexpr std::array kAnyType = std::to_array<AnyTypeRights>({
    {"EnumerateObject", U, U},
    {"GetObjectAttribute", U, 0},
    {"GetObjectInformation", U, 0},
    {"GetObjectSecurity", kReadControl, 0},
    {"SetObjectAttribute", M, 0},
    {"SetObjectSecurity", kWriteDac, kWriteDac},
});

template <typename Rows>
const auto* row_named(const Rows& rows, std::string_view name) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace

std::span<const FunctionRights> function_rights() {
    return kFunctions;
}

std::span<const TypeRights> type_rights() {
    return kTypes;
}

std::span<const AnyTypeRights> any_type_rights() {
    return kAnyType;
}

Wanted wanted_by(std::string_view function, Edition edition) {
    const auto* row = row_named(kFunctions, function);
    CHECK(row != nullptr);
    return edition == Edition::Xp ? row->xp : row->server_2003;
}

std::uint32_t wanted_on(std::string_view function, ObjectType type, Edition edition) {
    const bool is_xp = edition == Edition::Xp;
    if (const auto* row = row_named(kAnyType, function)) {
        return is_xp ? row->xp : row->server_2003;
    }
    CHECK(function == "SetObjectInformation");
    const auto row = std::find_if(kTypes.begin(), kTypes.end(),
                                  [&](const TypeRights& one) { return one.type == type; });
    CHECK(row != kTypes.end());
    return is_xp ? row->set_information_xp : row->set_information;
}

}  // namespace nearline::rsm
