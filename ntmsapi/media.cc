// Media: allocated, mounted, labelled, given up, recorded and forgotten.
#include <set>
#include <vector>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"
#include "ntmsapi/object_information.h"

namespace nearline::ntmsapi {
namespace {

// More media than one call can mean, and a bound for what is read of a program's array.
constexpr DWORD kMaxMedia = 10'000;
// No medium has as many sides.
constexpr DWORD kMaxSides = 64;
// More bytes than any label has.
constexpr DWORD kMaxLabel = DWORD{1} << 20;

template <typename Request, typename Answer>
DWORD call_with_media(HANDLE handle, std::string_view method, const GUID* media) {
    return call_with_id<Request, Answer>(
        handle, method, media,
        [](Request& request, std::string id) { request.set_media_id(std::move(id)); });
}

// Puts a program's array of media into the request.
template <typename Request>
DWORD add_media(Request& request, const GUID* media, DWORD count) {
    if (media == nullptr || count == 0 || count > kMaxMedia) return ERROR_INVALID_PARAMETER;
    std::set<std::string> seen;
    for (DWORD at = 0; at < count; ++at) {
        const std::string id = to_text(media[at]);
        if (!seen.insert(id).second) return ERROR_INVALID_MEDIA;
        request.add_media_ids(id);
    }
    return ERROR_SUCCESS;
}

// A structure of the right size that says it is of this type.
template <typename Information>
bool is_of(const Information& information, DWORD type) {
    return information.dwSize == sizeof(Information) && information.dwType == type;
}

template <typename Information>
DWORD create_media(HANDLE handle, Information* medium, Information* sides, DWORD options) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (medium == nullptr || sides == nullptr) return ERROR_INVALID_PARAMETER;
        if (!is_of(*medium, NTMS_PHYSICAL_MEDIA)) return ERROR_INVALID_PARAMETER;
        const DWORD count = medium->Info.PhysicalMedia.dwNumberOfPartitions;
        if (count > kMaxSides) return ERROR_MEDIA_INCOMPATIBLE;
        v1::CreateMediaRequest request;
        request.set_options(options);
        if (!read_for_creation(*medium, *request.mutable_media())) return ERROR_INVALID_PARAMETER;
        for (DWORD at = 0; at < count; ++at) {
            if (!is_of(sides[at], NTMS_PARTITION)) return ERROR_INVALID_PARAMETER;
            if (!read_for_creation(sides[at], *request.add_partitions())) {
                return ERROR_INVALID_PARAMETER;
            }
        }
        v1::CreateMediaAnswer answer;
        const DWORD error = session.call("CreateMedia", request, answer);
        if (error != ERROR_SUCCESS) return error;
        fill(*medium, answer.media());
        const auto given = std::min(static_cast<DWORD>(answer.partitions_size()), count);
        for (DWORD at = 0; at < given; ++at) {
            fill(sides[at], answer.partitions(static_cast<int>(at)));
        }
        return ERROR_SUCCESS;
    });
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

DWORD WINAPI MountNtmsMedia(HANDLE handle, LPNTMS_GUID media, LPNTMS_GUID drives, DWORD count,
                            DWORD options, int priority, DWORD timeout, LPNTMS_MOUNT_INFORMATION) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (drives == nullptr) return ERROR_INVALID_PARAMETER;
        v1::MountMediaRequest request;
        const DWORD refused = add_media(request, media, count);
        if (refused != ERROR_SUCCESS) return refused;
        // Otherwise the array is only written, and may hold anything.
        const bool has_drives = (options & NTMS_MOUNT_SPECIFIC_DRIVE) != 0;
        for (DWORD at = 0; has_drives && at < count; ++at) {
            request.add_drive_ids(to_text(drives[at]));
        }
        request.set_options(options);
        request.set_priority(priority);
        request.set_timeout_ms(timeout);
        v1::MountMediaAnswer answer;
        const DWORD longest = (options & NTMS_MOUNT_NOWAIT) != 0 ? 0 : timeout;
        const DWORD error = session.wait("MountMedia", request, answer, longest);
        if (error != ERROR_SUCCESS) return error;
        const auto given = std::min(static_cast<DWORD>(answer.drive_ids_size()), count);
        for (DWORD at = 0; at < given; ++at) {
            store(answer.drive_ids(static_cast<int>(at)), &drives[at]);
        }
        return ERROR_SUCCESS;
    });
}

DWORD WINAPI DismountNtmsMedia(HANDLE handle, LPNTMS_GUID media, DWORD count, DWORD options) {
    return with_session(handle, [&](Session& session) -> DWORD {
        v1::DismountMediaRequest request;
        const DWORD refused = add_media(request, media, count);
        if (refused != ERROR_SUCCESS) return refused;
        request.set_options(options);
        v1::DismountMediaAnswer answer;
        return session.call("DismountMedia", request, answer);
    });
}

DWORD WINAPI AllocateNtmsMedia(HANDLE handle, LPNTMS_GUID pool, LPNTMS_GUID partition,
                               LPNTMS_GUID media, DWORD options, DWORD timeout,
                               LPNTMS_ALLOCATION_INFORMATION allocation) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (pool == nullptr || media == nullptr) return ERROR_INVALID_PARAMETER;
        v1::AllocateMediaRequest request;
        request.set_pool_id(to_text(*pool));
        request.set_partition_id(text_of(partition));
        // Without NEXT the parameter is only written, and may hold anything.
        if ((options & NTMS_ALLOCATE_NEXT) != 0) request.set_media_id(to_text(*media));
        request.set_options(options);
        request.set_timeout_ms(timeout);
        v1::AllocateMediaAnswer answer;
        const DWORD error = session.wait("AllocateMedia", request, answer, timeout);
        // The null GUID when nothing was allocated.
        store(answer.media_id(), media);
        if (error == ERROR_SUCCESS && allocation != nullptr) {
            store(answer.allocated_from(), &allocation->AllocatedFrom);
        }
        return error;
    });
}

DWORD WINAPI DeallocateNtmsMedia(HANDLE handle, LPNTMS_GUID media, DWORD options) {
    return call_with_id<v1::DeallocateMediaRequest, v1::DeallocateMediaAnswer>(
        handle, "DeallocateMedia", media, [&](auto& request, std::string id) {
            request.set_media_id(std::move(id));
            request.set_options(options);
        });
}

DWORD WINAPI SetNtmsMediaComplete(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::SetMediaCompleteRequest, v1::SetMediaCompleteAnswer>(
        handle, "SetMediaComplete", media);
}

DWORD WINAPI DecommissionNtmsMedia(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::DecommissionMediaRequest, v1::DecommissionMediaAnswer>(
        handle, "DecommissionMedia", media);
}

DWORD WINAPI DeleteNtmsMedia(HANDLE handle, LPNTMS_GUID media) {
    return call_with_media<v1::DeleteMediaRequest, v1::DeleteMediaAnswer>(handle, "DeleteMedia",
                                                                          media);
}

DWORD WINAPI SwapNtmsMedia(HANDLE handle, LPNTMS_GUID media1, LPNTMS_GUID media2) {
    return call_with_ids<v1::SwapMediaRequest, v1::SwapMediaAnswer>(
        handle, "SwapMedia", media1, media2, [](auto& request, std::string one, std::string other) {
            request.set_media_id1(std::move(one));
            request.set_media_id2(std::move(other));
        });
}

DWORD WINAPI CreateNtmsMediaA(HANDLE handle, LPNTMS_OBJECTINFORMATIONA medium,
                              LPNTMS_OBJECTINFORMATIONA sides, DWORD options) {
    return create_media(handle, medium, sides, options);
}

DWORD WINAPI CreateNtmsMediaW(HANDLE handle, LPNTMS_OBJECTINFORMATIONW medium,
                              LPNTMS_OBJECTINFORMATIONW sides, DWORD options) {
    return create_media(handle, medium, sides, options);
}

DWORD WINAPI UpdateNtmsOmidInfo(HANDLE handle, LPNTMS_GUID media, DWORD label_type, DWORD size,
                                LPVOID label) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (media == nullptr || (label == nullptr && size > 0)) return ERROR_INVALID_PARAMETER;
        if (size > kMaxLabel) return ERROR_INVALID_PARAMETER;
        v1::UpdateOmidInfoRequest request;
        request.set_media_id(to_text(*media));
        request.set_label_type(label_type);
        if (size > 0) request.set_label(label, size);
        v1::UpdateOmidInfoAnswer answer;
        return session.call("UpdateOmidInfo", request, answer);
    });
}
