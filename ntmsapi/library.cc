// Libraries, drives, cleaners: what sets a robot, a port or a door in motion.
#include <algorithm>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/functions.h"

namespace nearline::ntmsapi {
namespace {

template <typename Request, typename Answer>
DWORD call_with_library(HANDLE handle, std::string_view method, const GUID* library) {
    return call_with_id<Request, Answer>(
        handle, method, library,
        [](Request& request, std::string id) { request.set_library_id(std::move(id)); });
}

template <typename Request, typename Answer>
DWORD call_with_drive(HANDLE handle, std::string_view method, const GUID* drive) {
    return call_with_id<Request, Answer>(
        handle, method, drive,
        [](Request& request, std::string id) { request.set_drive_id(std::move(id)); });
}

// A batch that was queued is started without a medium; everything else needs one.
bool may_be_without_medium(DWORD eject_action) {
    return eject_action == NTMS_EJECT_START;
}

// Actions that are about an operation begun before: its id goes in.
bool names_an_injection(DWORD action) {
    return action == NTMS_INJECT_STOP || action == NTMS_INJECT_RETRACT;
}

// The operation that an answer names, if it names one.
void store_operation(const std::string& text, GUID* operation) {
    if (!text.empty()) store(text, operation);
}

template <typename Character>
DWORD eject_disk(const Character* computer, const Character* application, const Character* device,
                 DWORD options) {
    return guarded([&]() -> DWORD {
        if (device == nullptr || options > NTMS_EJECT_ASK_USER) return ERROR_INVALID_PARAMETER;
        const auto server = text_of(computer);
        const auto application_name = text_of(application);
        const auto device_name = text_of(device);
        if (!server || !application_name || !device_name) return ERROR_INVALID_PARAMETER;
        const auto address = find_service(*server);
        if (!address) return address.error();
        Session service(*address);
        v1::EjectDiskFromSADriveRequest request;
        request.set_application(*application_name);
        request.set_device_name(*device_name);
        request.set_options(options);
        v1::EjectDiskFromSADriveAnswer answer;
        return service.call("EjectDiskFromSADrive", request, answer);
    });
}

// No drive of this system has a letter or a volume's name.
template <typename Character>
DWORD volumes_of(const Character* drive, Character** volume, Character** letter) {
    if (drive == nullptr || volume == nullptr || letter == nullptr) return ERROR_INVALID_PARAMETER;
    *volume = nullptr;
    *letter = nullptr;
    return ERROR_NOT_SUPPORTED;
}

}  // namespace
}  // namespace nearline::ntmsapi

namespace v1 = nearline::v1;
using namespace nearline::ntmsapi;  // The functions below are C's and belong to no namespace.

// --- Media in and out.

DWORD WINAPI EjectNtmsMedia(HANDLE handle, LPNTMS_GUID media, LPNTMS_GUID operation, DWORD action) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (operation == nullptr) return ERROR_INVALID_PARAMETER;
        if (media == nullptr && !may_be_without_medium(action)) return ERROR_INVALID_PARAMETER;
        v1::EjectMediaRequest request;
        request.set_media_id(text_of(media));
        if (action == NTMS_EJECT_STOP) request.set_eject_operation(to_text(*operation));
        request.set_action(action);
        v1::EjectMediaAnswer answer;
        const DWORD error = session.call("EjectMedia", request, answer);
        if (error == ERROR_SUCCESS) store_operation(answer.eject_operation(), operation);
        return error;
    });
}

DWORD WINAPI InjectNtmsMedia(HANDLE handle, LPNTMS_GUID library, LPNTMS_GUID operation,
                             DWORD action) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (library == nullptr || operation == nullptr) return ERROR_INVALID_PARAMETER;
        v1::InjectMediaRequest request;
        request.set_library_id(to_text(*library));
        if (names_an_injection(action)) request.set_inject_operation(to_text(*operation));
        request.set_action(action);
        v1::InjectMediaAnswer answer;
        const DWORD error = session.call("InjectMedia", request, answer);
        if (error == ERROR_SUCCESS) store_operation(answer.inject_operation(), operation);
        return error;
    });
}

DWORD WINAPI EjectDiskFromSADriveA(LPCSTR computer, LPCSTR application, LPCSTR device, HWND, LPCSTR,
                                   LPCSTR, DWORD options) {
    return eject_disk(computer, application, device, options);
}

DWORD WINAPI EjectDiskFromSADriveW(LPCWSTR computer, LPCWSTR application, LPCWSTR device, HWND,
                                   LPCWSTR, LPCWSTR, DWORD options) {
    return eject_disk(computer, application, device, options);
}

// --- The library.

DWORD WINAPI AccessNtmsLibraryDoor(HANDLE handle, LPNTMS_GUID library, DWORD action) {
    return call_with_id<v1::AccessLibraryDoorRequest, v1::AccessLibraryDoorAnswer>(
        handle, "AccessLibraryDoor", library, [&](auto& request, std::string id) {
            request.set_library_id(std::move(id));
            request.set_action(action);
        });
}

DWORD WINAPI InventoryNtmsLibrary(HANDLE handle, LPNTMS_GUID library, DWORD action) {
    return call_with_id<v1::InventoryLibraryRequest, v1::InventoryLibraryAnswer>(
        handle, "InventoryLibrary", library, [&](auto& request, std::string id) {
            request.set_library_id(std::move(id));
            request.set_action(action);
        });
}

// Returns when the slot's medium is known, which takes a mount.
DWORD WINAPI IdentifyNtmsSlot(HANDLE handle, LPNTMS_GUID slot, DWORD option) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (slot == nullptr) return ERROR_INVALID_PARAMETER;
        v1::IdentifySlotRequest request;
        request.set_slot_id(to_text(*slot));
        request.set_option(option);
        v1::IdentifySlotAnswer answer;
        return session.wait("IdentifySlot", request, answer, 0);
    });
}

DWORD WINAPI DeleteNtmsLibrary(HANDLE handle, LPNTMS_GUID library) {
    return call_with_library<v1::DeleteLibraryRequest, v1::DeleteLibraryAnswer>(
        handle, "DeleteLibrary", library);
}

DWORD WINAPI DeleteNtmsDrive(HANDLE handle, LPNTMS_GUID drive) {
    return call_with_drive<v1::DeleteDriveRequest, v1::DeleteDriveAnswer>(handle, "DeleteDrive",
                                                                          drive);
}

DWORD WINAPI DismountNtmsDrive(HANDLE handle, LPNTMS_GUID drive) {
    return call_with_drive<v1::DismountDriveRequest, v1::DismountDriveAnswer>(
        handle, "DismountDrive", drive);
}

DWORD WINAPI GetVolumesFromDriveA(LPSTR drive, LPSTR* volume, LPSTR* letter) {
    return volumes_of(drive, volume, letter);
}

DWORD WINAPI GetVolumesFromDriveW(LPWSTR drive, LPWSTR* volume, LPWSTR* letter) {
    return volumes_of(drive, volume, letter);
}

// --- Cleaning.

DWORD WINAPI CleanNtmsDrive(HANDLE handle, LPNTMS_GUID drive) {
    return call_with_drive<v1::CleanDriveRequest, v1::CleanDriveAnswer>(handle, "CleanDrive",
                                                                        drive);
}

DWORD WINAPI ReserveNtmsCleanerSlot(HANDLE handle, LPNTMS_GUID library, LPNTMS_GUID slot) {
    return call_with_ids<v1::ReserveCleanerSlotRequest, v1::ReserveCleanerSlotAnswer>(
        handle, "ReserveCleanerSlot", library, slot,
        [](auto& request, std::string library_id, std::string slot_id) {
            request.set_library_id(std::move(library_id));
            request.set_slot_id(std::move(slot_id));
        });
}

DWORD WINAPI ReleaseNtmsCleanerSlot(HANDLE handle, LPNTMS_GUID library) {
    return call_with_library<v1::ReleaseCleanerSlotRequest, v1::ReleaseCleanerSlotAnswer>(
        handle, "ReleaseCleanerSlot", library);
}

DWORD WINAPI InjectNtmsCleaner(HANDLE handle, LPNTMS_GUID library, LPNTMS_GUID operation,
                               DWORD cleans_left, DWORD action) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (library == nullptr || operation == nullptr) return ERROR_INVALID_PARAMETER;
        v1::InjectCleanerRequest request;
        request.set_library_id(to_text(*library));
        if (action == NTMS_INJECT_STOP) request.set_inject_operation(to_text(*operation));
        request.set_number_of_cleans_left(cleans_left);
        request.set_action(action);
        v1::InjectCleanerAnswer answer;
        const DWORD error = session.call("InjectCleaner", request, answer);
        if (error == ERROR_SUCCESS) store_operation(answer.inject_operation(), operation);
        return error;
    });
}

DWORD WINAPI EjectNtmsCleaner(HANDLE handle, LPNTMS_GUID library, LPNTMS_GUID operation,
                              DWORD action) {
    return with_session(handle, [&](Session& session) -> DWORD {
        if (library == nullptr || operation == nullptr) return ERROR_INVALID_PARAMETER;
        v1::EjectCleanerRequest request;
        request.set_library_id(to_text(*library));
        if (action == NTMS_EJECT_STOP) request.set_eject_operation(to_text(*operation));
        request.set_action(action);
        v1::EjectCleanerAnswer answer;
        const DWORD error = session.call("EjectCleaner", request, answer);
        if (error == ERROR_SUCCESS) store_operation(answer.eject_operation(), operation);
        return error;
    });
}
