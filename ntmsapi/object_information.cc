#include "ntmsapi/object_information.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "nearline/v1/rsm.pb.h"
#include "ntmsapi/values.h"

namespace nearline::ntmsapi {
namespace {

GUID guid(const std::string& text) {
    return parse_guid(text).value_or(kNullGuid);
}

WORD word(std::uint32_t number) {
    return static_cast<WORD>(std::min<std::uint32_t>(number, std::numeric_limits<WORD>::max()));
}

// --- From the message. Each fills one member of the union; `out` is zero before. Those with text
// are templates, for the A and the W form.

void fill(NTMS_LIBRARYINFORMATION& out, const v1::LibraryInformation& in) {
    out.LibraryType = in.library_type();
    out.CleanerSlot = guid(in.cleaner_slot());
    out.CleanerSlotDefault = guid(in.cleaner_slot_default());
    out.LibrarySupportsDriveCleaning = in.library_supports_drive_cleaning();
    out.BarCodeReaderInstalled = in.bar_code_reader_installed();
    out.InventoryMethod = in.inventory_method();
    out.dwCleanerUsesRemaining = in.cleaner_uses_remaining();
    out.FirstDriveNumber = in.first_drive_number();
    out.dwNumberOfDrives = in.number_of_drives();
    out.FirstSlotNumber = in.first_slot_number();
    out.dwNumberOfSlots = in.number_of_slots();
    out.FirstDoorNumber = in.first_door_number();
    out.dwNumberOfDoors = in.number_of_doors();
    out.FirstPortNumber = in.first_port_number();
    out.dwNumberOfPorts = in.number_of_ports();
    out.FirstChangerNumber = in.first_changer_number();
    out.dwNumberOfChangers = in.number_of_changers();
    out.dwNumberOfMedia = in.number_of_media();
    out.dwNumberOfMediaTypes = in.number_of_media_types();
    out.dwNumberOfLibRequests = in.number_of_lib_requests();
    out.AutoRecovery = in.auto_recovery();
    out.dwFlags = in.flags();
}

template <typename Out>
void fill_changer(Out& out, const v1::ChangerInformation& in) {
    out.Number = in.number();
    out.ChangerType = guid(in.changer_type());
    copy_text(in.serial_number(), out.szSerialNumber);
    copy_text(in.revision(), out.szRevision);
    copy_text(in.device_name(), out.szDeviceName);
    out.ScsiPort = word(in.scsi_port());
    out.ScsiBus = word(in.scsi_bus());
    out.ScsiTarget = word(in.scsi_target());
    out.ScsiLun = word(in.scsi_lun());
    out.Library = guid(in.library());
}

template <typename Out>
void fill_changer_type(Out& out, const v1::ChangerTypeInformation& in) {
    copy_text(in.vendor(), out.szVendor);
    copy_text(in.product(), out.szProduct);
    out.DeviceType = in.device_type();
}

template <typename Out>
void fill_drive(Out& out, const v1::DriveInformation& in) {
    out.Number = in.number();
    out.State = in.state();
    out.DriveType = guid(in.drive_type());
    copy_text(in.device_name(), out.szDeviceName);
    copy_text(in.serial_number(), out.szSerialNumber);
    copy_text(in.revision(), out.szRevision);
    out.ScsiPort = word(in.scsi_port());
    out.ScsiBus = word(in.scsi_bus());
    out.ScsiTarget = word(in.scsi_target());
    out.ScsiLun = word(in.scsi_lun());
    out.dwMountCount = in.mount_count();
    out.LastCleanedTs = to_system_time(in.last_cleaned());
    out.SavedPartitionId = guid(in.saved_partition_id());
    out.Library = guid(in.library());
    out.dwDeferDismountDelay = in.defer_dismount_delay();
}

template <typename Out>
void fill_drive_type(Out& out, const v1::DriveTypeInformation& in) {
    copy_text(in.vendor(), out.szVendor);
    copy_text(in.product(), out.szProduct);
    out.NumberOfHeads = in.number_of_heads();
    out.DeviceType = in.device_type();
}

void fill(NTMS_STORAGESLOTINFORMATION& out, const v1::StorageSlotInformation& in) {
    out.Number = in.number();
    out.State = in.state();
    out.Library = guid(in.library());
}

void fill(NTMS_IEDOORINFORMATION& out, const v1::IEDoorInformation& in) {
    out.Number = in.number();
    out.State = in.state();
    out.MaxOpenSecs = word(in.max_open_secs());
    out.Library = guid(in.library());
}

void fill(NTMS_IEPORTINFORMATION& out, const v1::IEPortInformation& in) {
    out.Number = in.number();
    out.Content = in.content();
    out.Position = in.position();
    out.MaxExtendSecs = word(in.max_extend_secs());
    out.Library = guid(in.library());
}

template <typename Out>
void fill_physical_media(Out& out, const v1::PhysicalMediaInformation& in) {
    out.CurrentLibrary = guid(in.current_library());
    out.MediaPool = guid(in.media_pool());
    out.Location = guid(in.location());
    out.LocationType = in.location_type();
    out.MediaType = guid(in.media_type());
    out.HomeSlot = guid(in.home_slot());
    copy_text(in.bar_code(), out.szBarCode);
    out.BarCodeState = in.bar_code_state();
    copy_text(in.sequence_number(), out.szSequenceNumber);
    out.MediaState = in.media_state();
    out.dwNumberOfPartitions = in.number_of_partitions();
    out.dwMediaTypeCode = in.media_type_code();
    out.dwDensityCode = in.density_code();
    out.MountedPartition = guid(in.mounted_partition());
}

void fill(NTMS_LMIDINFORMATION& out, const v1::LogicalMediaInformation& in) {
    out.MediaPool = guid(in.media_pool());
    out.dwNumberOfPartitions = in.number_of_partitions();
}

template <typename Out>
void fill_partition(Out& out, const v1::PartitionInformation& in) {
    out.PhysicalMedia = guid(in.physical_media());
    out.LogicalMedia = guid(in.logical_media());
    out.State = in.state();
    out.Side = word(in.side());
    const std::string& id = in.omid_label_id();
    out.dwOmidLabelIdLength =
        static_cast<DWORD>(std::min<std::size_t>(id.size(), NTMS_OMIDLABELID_LENGTH));
    std::memcpy(out.OmidLabelId, id.data(), out.dwOmidLabelIdLength);
    copy_text(in.omid_label_type(), out.szOmidLabelType);
    copy_text(in.omid_label_info(), out.szOmidLabelInfo);
    out.dwMountCount = in.mount_count();
    out.dwAllocateCount = in.allocate_count();
    out.Capacity.QuadPart = static_cast<LONGLONG>(in.capacity());
}

void fill(NTMS_MEDIAPOOLINFORMATION& out, const v1::MediaPoolInformation& in) {
    out.PoolType = in.pool_type();
    out.MediaType = guid(in.media_type());
    out.Parent = guid(in.parent());
    out.AllocationPolicy = in.allocation_policy();
    out.DeallocationPolicy = in.deallocation_policy();
    out.dwMaxAllocates = in.max_allocates();
    out.dwNumberOfPhysicalMedia = in.number_of_physical_media();
    out.dwNumberOfLogicalMedia = in.number_of_logical_media();
    out.dwNumberOfMediaPools = in.number_of_media_pools();
}

void fill(NTMS_MEDIATYPEINFORMATION& out, const v1::MediaTypeInformation& in) {
    out.MediaType = in.media_type();
    out.NumberOfSides = in.number_of_sides();
    out.ReadWriteCharacteristics = in.read_write_characteristics();
    out.DeviceType = in.device_type();
}

template <typename Out>
void fill_lib_request(Out& out, const v1::LibRequestInformation& in) {
    out.OperationCode = in.operation_code();
    out.OperationOption = in.operation_option();
    out.State = in.state();
    out.PartitionId = guid(in.partition_id());
    out.DriveId = guid(in.drive_id());
    out.PhysMediaId = guid(in.phys_media_id());
    out.Library = guid(in.library());
    out.SlotId = guid(in.slot_id());
    out.TimeQueued = to_system_time(in.time_queued());
    out.TimeCompleted = to_system_time(in.time_completed());
    copy_text(in.application(), out.szApplication);
    copy_text(in.user(), out.szUser);
    copy_text(in.computer(), out.szComputer);
    out.dwErrorCode = in.error_code();
    out.WorkItemId = guid(in.work_item_id());
    out.dwPriority = in.priority();
}

template <typename Out>
void fill_op_request(Out& out, const v1::OpRequestInformation& in) {
    out.Request = in.request();
    out.Submitted = to_system_time(in.submitted());
    out.State = in.state();
    copy_text(in.message(), out.szMessage);
    out.Arg1Type = in.arg1_type();
    out.Arg1 = guid(in.arg1());
    out.Arg2Type = in.arg2_type();
    out.Arg2 = guid(in.arg2());
    copy_text(in.application(), out.szApplication);
    copy_text(in.user(), out.szUser);
    copy_text(in.computer(), out.szComputer);
}

void fill(NTMS_COMPUTERINFORMATION& out, const v1::ComputerInformation& in) {
    out.dwLibRequestPurgeTime = in.lib_request_purge_time();
    out.dwOpRequestPurgeTime = in.op_request_purge_time();
    out.dwLibRequestFlags = in.lib_request_flags();
    out.dwOpRequestFlags = in.op_request_flags();
    out.dwMediaPoolPolicy = in.media_pool_policy();
}

template <typename Out>
void fill_info(Out& out, const v1::ObjectInformation& in) {
    switch (in.info_case()) {
        case v1::ObjectInformation::kDrive:
            return fill_drive(out.Drive, in.drive());
        case v1::ObjectInformation::kDriveType:
            return fill_drive_type(out.DriveType, in.drive_type());
        case v1::ObjectInformation::kLibrary:
            return fill(out.Library, in.library());
        case v1::ObjectInformation::kChanger:
            return fill_changer(out.Changer, in.changer());
        case v1::ObjectInformation::kChangerType:
            return fill_changer_type(out.ChangerType, in.changer_type());
        case v1::ObjectInformation::kStorageSlot:
            return fill(out.StorageSlot, in.storage_slot());
        case v1::ObjectInformation::kIeDoor:
            return fill(out.IEDoor, in.ie_door());
        case v1::ObjectInformation::kIePort:
            return fill(out.IEPort, in.ie_port());
        case v1::ObjectInformation::kPhysicalMedia:
            return fill_physical_media(out.PhysicalMedia, in.physical_media());
        case v1::ObjectInformation::kLogicalMedia:
            return fill(out.LogicalMedia, in.logical_media());
        case v1::ObjectInformation::kPartition:
            return fill_partition(out.Partition, in.partition());
        case v1::ObjectInformation::kMediaPool:
            return fill(out.MediaPool, in.media_pool());
        case v1::ObjectInformation::kMediaType:
            return fill(out.MediaType, in.media_type());
        case v1::ObjectInformation::kLibRequest:
            return fill_lib_request(out.LibRequest, in.lib_request());
        case v1::ObjectInformation::kOpRequest:
            return fill_op_request(out.OpRequest, in.op_request());
        case v1::ObjectInformation::kComputer:
            return fill(out.Computer, in.computer());
        case v1::ObjectInformation::INFO_NOT_SET:
            return;
    }
}

template <typename Out>
void fill_object(Out& out, const v1::ObjectInformation& in) {
    const DWORD size = out.dwSize;
    std::memset(&out, 0, sizeof(out));
    out.dwSize = size;
    out.dwType = in.type();
    out.Created = to_system_time(in.created());
    out.Modified = to_system_time(in.modified());
    out.ObjectGuid = guid(in.object_guid());
    out.Enabled = in.enabled();
    out.dwOperationalState = in.operational_state();
    copy_text(in.name(), out.szName);
    copy_text(in.description(), out.szDescription);
    fill_info(out.Info, in);
}

// --- To the message.

template <typename In>
void read_info(const In& in, DWORD type, v1::ObjectInformation& out) {
    switch (type) {
        case NTMS_CHANGER:
            out.mutable_changer();
            return;
        case NTMS_CHANGER_TYPE:
            out.mutable_changer_type();
            return;
        case NTMS_DRIVE:
            out.mutable_drive()->set_defer_dismount_delay(in.Drive.dwDeferDismountDelay);
            return;
        case NTMS_DRIVE_TYPE:
            out.mutable_drive_type();
            return;
        case NTMS_IEDOOR:
            out.mutable_ie_door()->set_max_open_secs(in.IEDoor.MaxOpenSecs);
            return;
        case NTMS_IEPORT:
            out.mutable_ie_port()->set_max_extend_secs(in.IEPort.MaxExtendSecs);
            return;
        case NTMS_LIBRARY: {
            auto& library = *out.mutable_library();
            library.set_auto_recovery(in.Library.AutoRecovery != FALSE);
            library.set_cleaner_uses_remaining(in.Library.dwCleanerUsesRemaining);
            library.set_flags(in.Library.dwFlags);
            library.set_inventory_method(in.Library.InventoryMethod);
            return;
        }
        case NTMS_LIBREQUEST:
            out.mutable_lib_request();
            return;
        case NTMS_LOGICAL_MEDIA:
            out.mutable_logical_media();
            return;
        case NTMS_MEDIA_POOL: {
            auto& pool = *out.mutable_media_pool();
            pool.set_allocation_policy(in.MediaPool.AllocationPolicy);
            pool.set_deallocation_policy(in.MediaPool.DeallocationPolicy);
            pool.set_max_allocates(in.MediaPool.dwMaxAllocates);
            if (!NTMS_IS_NULLGUID(in.MediaPool.MediaType)) {
                pool.set_media_type(to_text(in.MediaPool.MediaType));
            }
            return;
        }
        case NTMS_MEDIA_TYPE:
            out.mutable_media_type();
            return;
        case NTMS_OPREQUEST:
            out.mutable_op_request();
            return;
        case NTMS_PARTITION:
            out.mutable_partition();
            return;
        case NTMS_PHYSICAL_MEDIA:
            out.mutable_physical_media();
            return;
        case NTMS_STORAGESLOT:
            out.mutable_storage_slot();
            return;
        case NTMS_COMPUTER: {
            auto& computer = *out.mutable_computer();
            computer.set_lib_request_purge_time(in.Computer.dwLibRequestPurgeTime);
            computer.set_op_request_purge_time(in.Computer.dwOpRequestPurgeTime);
            computer.set_lib_request_flags(in.Computer.dwLibRequestFlags);
            computer.set_op_request_flags(in.Computer.dwOpRequestFlags);
            computer.set_media_pool_policy(in.Computer.dwMediaPoolPolicy);
            return;
        }
        default:
            return;  // No such type: the service says so.
    }
}

template <typename In>
bool read_object(const In& in, v1::ObjectInformation& out) {
    const auto name = to_utf8(text_of(in.szName));
    const auto description = to_utf8(text_of(in.szDescription));
    if (!name || !description) return false;
    out.set_type(in.dwType);
    out.set_name(*name);
    out.set_description(*description);
    read_info(in.Info, in.dwType, out);
    return true;
}

// The null GUID is none at all.
std::string id_text(const GUID& id) {
    return NTMS_IS_NULLGUID(id) ? "" : to_text(id);
}

template <typename In>
bool read_medium(const In& in, v1::PhysicalMediaInformation& out) {
    const auto bar_code = to_utf8(text_of(in.szBarCode));
    if (!bar_code) return false;
    out.set_bar_code(*bar_code);
    out.set_current_library(id_text(in.CurrentLibrary));
    out.set_media_pool(id_text(in.MediaPool));
    out.set_number_of_partitions(in.dwNumberOfPartitions);
    out.set_media_type_code(in.dwMediaTypeCode);
    out.set_density_code(in.dwDensityCode);
    return true;
}

template <typename In>
bool read_side(const In& in, v1::PartitionInformation& out) {
    const auto type = to_utf8(text_of(in.szOmidLabelType));
    const auto info = to_utf8(text_of(in.szOmidLabelInfo));
    if (!type || !info || in.dwOmidLabelIdLength > sizeof(in.OmidLabelId)) return false;
    out.set_omid_label_type(*type);
    out.set_omid_label_info(*info);
    out.set_omid_label_id(in.OmidLabelId, in.dwOmidLabelIdLength);
    out.set_logical_media(id_text(in.LogicalMedia));
    out.set_state(in.State);
    out.set_mount_count(in.dwMountCount);
    out.set_allocate_count(in.dwAllocateCount);
    out.set_capacity(static_cast<std::uint64_t>(in.Capacity.QuadPart));
    return true;
}

template <typename In>
bool read_created(const In& in, v1::ObjectInformation& out) {
    if (!read_object(in, out)) return false;
    out.set_object_guid(id_text(in.ObjectGuid));
    out.set_enabled(in.Enabled != FALSE);
    return in.dwType == NTMS_PARTITION
               ? read_side(in.Info.Partition, *out.mutable_partition())
               : read_medium(in.Info.PhysicalMedia, *out.mutable_physical_media());
}

}  // namespace

void fill(NTMS_OBJECTINFORMATIONA& out, const v1::ObjectInformation& in) {
    fill_object(out, in);
}

void fill(NTMS_OBJECTINFORMATIONW& out, const v1::ObjectInformation& in) {
    fill_object(out, in);
}

bool read(const NTMS_OBJECTINFORMATIONA& in, v1::ObjectInformation& out) {
    return read_object(in, out);
}

bool read(const NTMS_OBJECTINFORMATIONW& in, v1::ObjectInformation& out) {
    return read_object(in, out);
}

bool read_for_creation(const NTMS_OBJECTINFORMATIONA& in, v1::ObjectInformation& out) {
    return read_created(in, out);
}

bool read_for_creation(const NTMS_OBJECTINFORMATIONW& in, v1::ObjectInformation& out) {
    return read_created(in, out);
}

}  // namespace nearline::ntmsapi
