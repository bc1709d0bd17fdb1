#include "apps/rsm/rsm_members.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "base/text.h"
#include "ntmsapi/values.h"

namespace nearline::apps {
namespace {

// Collects members: text, numbers, ids and times, each by its name.
class Members {
public:
    Members& text(const char* name, const std::string& value) {
        members_.push_back({name, value, false});
        return *this;
    }
    Members& number(const char* name, std::uint64_t value) {
        members_.push_back({name, std::to_string(value), true});
        return *this;
    }
    Members& id(const char* name, const GUID& id) {
        return text(name, NTMS_IS_NULLGUID(id) ? "" : ntmsapi::to_text(id));
    }
    Members& time(const char* name, const SYSTEMTIME& time) { return text(name, to_text(time)); }
    std::vector<RsmMember> take() { return std::move(members_); }

private:
    std::vector<RsmMember> members_;
};

void add(Members& out, const NTMS_LIBRARYINFORMATION& in) {
    out.number("library_type", in.LibraryType)
        .id("cleaner_slot", in.CleanerSlot)
        .number("supports_drive_cleaning", in.LibrarySupportsDriveCleaning != FALSE ? 1 : 0)
        .number("bar_code_reader_installed", in.BarCodeReaderInstalled != FALSE ? 1 : 0)
        .number("inventory_method", in.InventoryMethod)
        .number("cleaner_uses_remaining", in.dwCleanerUsesRemaining)
        .number("drives", in.dwNumberOfDrives)
        .number("slots", in.dwNumberOfSlots)
        .number("doors", in.dwNumberOfDoors)
        .number("ports", in.dwNumberOfPorts)
        .number("changers", in.dwNumberOfChangers)
        .number("media", in.dwNumberOfMedia)
        .number("media_types", in.dwNumberOfMediaTypes)
        .number("requests", in.dwNumberOfLibRequests)
        .number("auto_recovery", in.AutoRecovery != FALSE ? 1 : 0)
        .number("flags", in.dwFlags);
}

void add(Members& out, const NTMS_DRIVEINFORMATIONA& in) {
    out.number("number", in.Number)
        .number("state", in.State)
        .id("drive_type", in.DriveType)
        .text("device_name", in.szDeviceName)
        .text("serial_number", in.szSerialNumber)
        .text("revision", in.szRevision)
        .number("mount_count", in.dwMountCount)
        .time("last_cleaned", in.LastCleanedTs)
        .id("side", in.SavedPartitionId)
        .id("library", in.Library)
        .number("defer_dismount_delay", in.dwDeferDismountDelay);
}

void add(Members& out, const NTMS_CHANGERINFORMATIONA& in) {
    out.number("number", in.Number)
        .id("changer_type", in.ChangerType)
        .text("serial_number", in.szSerialNumber)
        .text("revision", in.szRevision)
        .text("device_name", in.szDeviceName)
        .id("library", in.Library);
}

void add(Members& out, const NTMS_PMIDINFORMATIONA& in) {
    out.id("library", in.CurrentLibrary)
        .id("media_pool", in.MediaPool)
        .id("location", in.Location)
        .number("location_type", in.LocationType)
        .id("media_type", in.MediaType)
        .id("home_slot", in.HomeSlot)
        .text("bar_code", in.szBarCode)
        .text("sequence_number", in.szSequenceNumber)
        .number("media_state", in.MediaState)
        .number("sides", in.dwNumberOfPartitions)
        .id("mounted_side", in.MountedPartition);
}

void add(Members& out, const NTMS_PARTITIONINFORMATIONA& in) {
    const std::span<const BYTE> label(in.OmidLabelId, in.dwOmidLabelIdLength);
    out.id("physical_media", in.PhysicalMedia)
        .id("logical_media", in.LogicalMedia)
        .number("state", in.State)
        .number("side", in.Side)
        .text("label_id", base::to_hex(label))
        .text("label_type", in.szOmidLabelType)
        .text("label_info", in.szOmidLabelInfo)
        .number("mount_count", in.dwMountCount)
        .number("allocate_count", in.dwAllocateCount)
        .number("capacity", static_cast<std::uint64_t>(in.Capacity.QuadPart));
}

void add(Members& out, const NTMS_MEDIAPOOLINFORMATION& in) {
    out.number("pool_type", in.PoolType)
        .id("media_type", in.MediaType)
        .id("parent", in.Parent)
        .number("allocation_policy", in.AllocationPolicy)
        .number("deallocation_policy", in.DeallocationPolicy)
        .number("max_allocates", in.dwMaxAllocates)
        .number("physical_media", in.dwNumberOfPhysicalMedia)
        .number("logical_media", in.dwNumberOfLogicalMedia)
        .number("media_pools", in.dwNumberOfMediaPools);
}

void add(Members& out, const NTMS_LIBREQUESTINFORMATIONA& in) {
    out.text("operation", operation_name(in.OperationCode))
        .number("option", in.OperationOption)
        .text("state", request_state_name(in.State))
        .id("side", in.PartitionId)
        .id("drive", in.DriveId)
        .id("physical_media", in.PhysMediaId)
        .id("library", in.Library)
        .id("slot", in.SlotId)
        .time("queued", in.TimeQueued)
        .time("completed", in.TimeCompleted)
        .text("application", in.szApplication)
        .text("user", in.szUser)
        .text("computer", in.szComputer)
        .number("error", in.dwErrorCode)
        .id("work_item", in.WorkItemId)
        .number("priority", in.dwPriority);
}

void add(Members& out, const NTMS_OPREQUESTINFORMATIONA& in) {
    out.text("command", operator_command_name(in.Request))
        .time("submitted", in.Submitted)
        .text("state", operator_state_name(in.State))
        .text("message", in.szMessage)
        .number("argument1_type", in.Arg1Type)
        .id("argument1", in.Arg1)
        .number("argument2_type", in.Arg2Type)
        .id("argument2", in.Arg2)
        .text("application", in.szApplication)
        .text("user", in.szUser)
        .text("computer", in.szComputer);
}

void add(Members& out, const NTMS_COMPUTERINFORMATION& in) {
    out.number("library_request_purge_time", in.dwLibRequestPurgeTime)
        .number("operator_request_purge_time", in.dwOpRequestPurgeTime)
        .number("library_request_flags", in.dwLibRequestFlags)
        .number("operator_request_flags", in.dwOpRequestFlags)
        .number("media_pool_policy", in.dwMediaPoolPolicy);
}

void add_own(Members& out, const NTMS_OBJECTINFORMATIONA& object) {
    const auto& info = object.Info;
    switch (object.dwType) {
        case NTMS_LIBRARY:
            return add(out, info.Library);
        case NTMS_DRIVE:
            return add(out, info.Drive);
        case NTMS_CHANGER:
            return add(out, info.Changer);
        case NTMS_PHYSICAL_MEDIA:
            return add(out, info.PhysicalMedia);
        case NTMS_PARTITION:
            return add(out, info.Partition);
        case NTMS_MEDIA_POOL:
            return add(out, info.MediaPool);
        case NTMS_LIBREQUEST:
            return add(out, info.LibRequest);
        case NTMS_OPREQUEST:
            return add(out, info.OpRequest);
        case NTMS_COMPUTER:
            return add(out, info.Computer);
        case NTMS_LOGICAL_MEDIA:
            out.id("media_pool", info.LogicalMedia.MediaPool)
                .number("sides", info.LogicalMedia.dwNumberOfPartitions);
            return;
        case NTMS_MEDIA_TYPE:
            out.number("media_type", info.MediaType.MediaType)
                .number("sides", info.MediaType.NumberOfSides)
                .number("read_write", info.MediaType.ReadWriteCharacteristics)
                .number("device_type", info.MediaType.DeviceType);
            return;
        case NTMS_STORAGESLOT:
            out.number("number", info.StorageSlot.Number)
                .number("state", info.StorageSlot.State)
                .id("library", info.StorageSlot.Library);
            return;
        case NTMS_IEDOOR:
            out.number("number", info.IEDoor.Number)
                .number("state", info.IEDoor.State)
                .number("max_open_seconds", info.IEDoor.MaxOpenSecs)
                .id("library", info.IEDoor.Library);
            return;
        case NTMS_IEPORT:
            out.number("number", info.IEPort.Number)
                .number("content", info.IEPort.Content)
                .number("position", info.IEPort.Position)
                .number("max_extend_seconds", info.IEPort.MaxExtendSecs)
                .id("library", info.IEPort.Library);
            return;
        case NTMS_DRIVE_TYPE:
            out.text("vendor", info.DriveType.szVendor)
                .text("product", info.DriveType.szProduct)
                .number("heads", info.DriveType.NumberOfHeads)
                .number("device_type", info.DriveType.DeviceType);
            return;
        case NTMS_CHANGER_TYPE:
            out.text("vendor", info.ChangerType.szVendor)
                .text("product", info.ChangerType.szProduct)
                .number("device_type", info.ChangerType.DeviceType);
            return;
        default:
            return;
    }
}

std::string word_of(std::span<const std::string_view> words, DWORD number) {
    return number < words.size() ? std::string(words[number]) : std::to_string(number);
}

constexpr std::string_view kOperations[] = {
    "remove",          "disable_library", "enable_library", "disable_drive",  "enable_drive",
    "disable_media",   "enable_media",    "update_omid",    "inventory",      "door_access",
    "eject",           "eject_cleaner",   "inject",         "inject_cleaner", "process_omid",
    "clean_drive",     "dismount",        "mount",          "write_scratch",  "classify",
    "reserve_cleaner", "release_cleaner"};
constexpr std::string_view kRequestStates[] = {"queued",   "in_process", "passed",
                                               "failed",   "invalid",    "waiting",
                                               "deferred", "cancelled",  "stopped"};
constexpr std::string_view kOperatorCommands[] = {"unknown",        "new_media",  "cleaner",
                                                  "device_service", "move_media", "message"};
constexpr std::string_view kOperatorStates[] = {"unknown",     "submitted", "active",
                                                "in_progress", "refused",   "complete"};

}  // namespace

std::string to_text(const SYSTEMTIME& time) {
    if (time.wYear == 0) return "";
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", time.wYear, time.wMonth,
                       time.wDay, time.wHour, time.wMinute, time.wSecond, time.wMilliseconds);
}

std::string operation_name(DWORD operation) {
    return word_of(kOperations, operation);
}

std::string request_state_name(DWORD state) {
    return word_of(kRequestStates, state);
}

std::string operator_command_name(DWORD command) {
    return word_of(kOperatorCommands, command);
}

std::string operator_state_name(DWORD state) {
    return word_of(kOperatorStates, state);
}

std::vector<RsmMember> members_of(const NTMS_OBJECTINFORMATIONA& object) {
    Members members;
    members.id("id", object.ObjectGuid)
        .text("name", object.szName)
        .text("description", object.szDescription)
        .number("enabled", object.Enabled != FALSE ? 1 : 0)
        .number("operational_state", object.dwOperationalState)
        .time("created", object.Created)
        .time("modified", object.Modified);
    add_own(members, object);
    return members.take();
}

}  // namespace nearline::apps
