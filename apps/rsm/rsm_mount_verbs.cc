// Verbs that set drives in motion: mount, dismount, erase, ejectatapi, refresh.
#include <utility>

#include "apps/changer/json_writer.h"
#include "apps/rsm/rsm_finding.h"
#include "ntmsapi/values.h"

namespace nearline::apps {

using base::Failure;
using Command = RsmCommand;

namespace {

constexpr Word<DWORD> kMountOptions[] = {{"read", NTMS_MOUNT_READ},
                                         {"write", NTMS_MOUNT_WRITE},
                                         {"errunavail", NTMS_MOUNT_ERROR_NOT_AVAILABLE},
                                         {"offline", NTMS_MOUNT_ERROR_OFFLINE},
                                         {"drive", NTMS_MOUNT_SPECIFIC_DRIVE},
                                         {"nowait", NTMS_MOUNT_NOWAIT}};

constexpr Word<int> kPriorities[] = {{"highest", NTMS_PRIORITY_HIGHEST},
                                     {"high", NTMS_PRIORITY_HIGH},
                                     {"normal", NTMS_PRIORITY_NORMAL},
                                     {"low", NTMS_PRIORITY_LOW},
                                     {"lowest", NTMS_PRIORITY_LOWEST}};

RsmResult<int> priority_of(const Command& command) {
    const std::string lower = base::to_lower(command.switches.value("r"));
    if (lower.empty()) return int{NTMS_PRIORITY_NORMAL};
    for (const auto& [word, priority] : kPriorities) {
        if (word == lower) return priority;
    }
    return Failure{wrong_usage("/r is one of highest, high, normal, low, lowest")};
}

struct Mount {
    GUID medium = {};
    GUID drive = {};  // where it is wanted, and then where it is
    DWORD options = 0;
    int priority = NTMS_PRIORITY_NORMAL;
    DWORD timeout = INFINITE;
};

RsmResult<Mount> read_mount(const Command& command) {
    Mount mount;
    for (const std::string& word : command.switches.values("o")) {
        const auto option = number_of("o", word, kMountOptions);
        if (!option) return Failure{option.error()};
        mount.options |= *option;
    }
    const auto priority = priority_of(command);
    if (!priority) return Failure{priority.error()};
    mount.priority = *priority;
    const auto timeout = timeout_of(command);
    if (!timeout) return Failure{timeout.error()};
    mount.timeout = *timeout;
    const auto medium = find_mountable(command);
    if (!medium) return Failure{medium.error()};
    mount.medium = *medium;
    const auto drive = find_object(command, "d", NTMS_DRIVE);
    if (!drive) return Failure{drive.error()};
    if (*drive) {
        mount.drive = **drive;
        mount.options |= NTMS_MOUNT_SPECIFIC_DRIVE;
    } else if ((mount.options & NTMS_MOUNT_SPECIFIC_DRIVE) != 0) {
        return Failure{wrong_usage("/odrive needs the drive that /d names")};
    }
    return mount;
}

RsmResult<void> carry_out(const Command& command, Mount& mount) {
    return outcome_of(MountNtmsMedia(command.rsm.session(), &mount.medium, &mount.drive, 1,
                                     mount.options, mount.priority, mount.timeout, nullptr));
}

RsmResult<void> put_away(const Command& command, GUID medium, DWORD options) {
    return outcome_of(DismountNtmsMedia(command.rsm.session(), &medium, 1, options));
}

// Windows' name of the drive.
RsmResult<std::string> device_of(const Command& command, const GUID& drive) {
    const auto information = command.rsm.information(drive, NTMS_DRIVE);
    if (!information) return Failure{information.error()};
    return std::string(information->Info.Drive.szDeviceName);
}

RsmResult<void> erase_in(const std::string& device) {
    const HANDLE tape = CreateFileA(device.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr,
                                    OPEN_EXISTING, 0, nullptr);
    if (tape == INVALID_HANDLE_VALUE) {
        return Failure{RsmRefusal{GetLastError(), device + " cannot be opened"}};
    }
    DWORD error = SetTapePosition(tape, TAPE_REWIND, 0, 0, 0, FALSE);
    if (error == ERROR_SUCCESS) error = EraseTape(tape, TAPE_ERASE_LONG, FALSE);
    CloseHandle(tape);
    return outcome_of(error);
}

}  // namespace

RsmResult<void> rsm_mount(const RsmCommand& command) {
    auto mount = read_mount(command);
    if (!mount) return Failure{mount.error()};
    if (auto done = carry_out(command, *mount); !done) return done;
    // Without waiting there is no drive yet.
    if ((mount->options & NTMS_MOUNT_NOWAIT) == 0) print_id(command, "mounted", mount->drive);
    return {};
}

RsmResult<void> rsm_dismount(const RsmCommand& command) {
    const auto medium = find_mountable(command);
    if (!medium) return Failure{medium.error()};
    const std::string word = base::to_lower(command.switches.value("o"));
    if (!word.empty() && word != "deferred") {
        return Failure{wrong_usage("/o is deferred, or nothing")};
    }
    return put_away(command, *medium,
                    word.empty() ? NTMS_DISMOUNT_IMMEDIATE : NTMS_DISMOUNT_DEFERRED);
}

RsmResult<void> rsm_erase(const RsmCommand& command) {
    auto mount = read_mount(command);
    if (!mount) return Failure{mount.error()};
    mount->options |= NTMS_MOUNT_WRITE;
    if (auto done = carry_out(command, *mount); !done) return done;
    const auto device = device_of(command, mount->drive);
    const auto erased = device ? erase_in(*device) : RsmResult<void>(Failure{device.error()});
    // Whatever came of it, the drive is needed by others.
    const auto away = put_away(command, mount->medium, NTMS_DISMOUNT_IMMEDIATE);
    if (!erased) return erased;
    if (!away) return away;
    print_id(command, "erased", mount->medium);
    return {};
}

RsmResult<void> rsm_eject_atapi(const RsmCommand& command) {
    const auto number = base::parse_unsigned(command.switches.value("n"));
    if (!number) return Failure{wrong_usage("/n takes the number of the changer")};
    const std::string device = "\\\\.\\CdChanger" + std::to_string(*number);
    const HANDLE changer =
        CreateFileA(device.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    if (changer == INVALID_HANDLE_VALUE) {
        return Failure{RsmRefusal{GetLastError(), "there is no " + device}};
    }
    const BOOL is_done = DeviceIoControl(changer, IOCTL_STORAGE_EJECT_MEDIA, nullptr, 0, nullptr, 0,
                                         nullptr, nullptr);
    const DWORD error = is_done != FALSE ? ERROR_SUCCESS : GetLastError();
    CloseHandle(changer);
    return outcome_of(error);
}

RsmResult<void> rsm_refresh(const RsmCommand& command) {
    const auto library = find_object(command, "l", NTMS_LIBRARY);
    if (!library) return Failure{library.error()};
    const auto medium = find_object(command, "p", NTMS_PHYSICAL_MEDIA);
    if (!medium) return Failure{medium.error()};
    const auto type = find_object(command, "t", NTMS_MEDIA_TYPE);
    if (!type) return Failure{type.error()};
    const int given = (*library ? 1 : 0) + (*medium ? 1 : 0) + (*type ? 1 : 0);
    if (given != 1) return Failure{wrong_usage("one of /l, /p and /t must say what to look at")};
    GUID target = *library ? **library : *medium ? **medium : **type;
    const DWORD kind = *library ? NTMS_LIBRARY : *medium ? NTMS_PHYSICAL_MEDIA : NTMS_MEDIA_TYPE;
    // Without a detection of its own: once.
    return outcome_of(
        SetNtmsDeviceChangeDetection(command.rsm.session(), nullptr, &target, kind, 1));
}

}  // namespace nearline::apps
