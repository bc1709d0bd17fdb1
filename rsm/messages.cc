#include "rsm/messages.h"

#include "base/text.h"

namespace nearline::rsm {
namespace {

template <typename Enum>
std::uint32_t number(Enum value) {
    return static_cast<std::uint32_t>(value);
}

void write_object(const Object& object, ObjectType type, v1::ObjectInformation& message) {
    message.set_type(number(type));
    message.set_created(object.created);
    message.set_modified(object.modified);
    message.set_object_guid(object.id.text());
    message.set_enabled(object.is_enabled);
    message.set_operational_state(number(object.operational_state));
    message.set_name(object.name);
    message.set_description(object.description);
}

void write_info(const Computer& computer, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_computer();
    info.set_lib_request_purge_time(computer.lib_request_purge_time);
    info.set_op_request_purge_time(computer.op_request_purge_time);
    info.set_lib_request_flags(computer.lib_request_flags);
    info.set_op_request_flags(computer.op_request_flags);
    info.set_media_pool_policy(computer.media_pool_policy);
}

// Things of a library are numbered from 1, as people count them.
std::uint32_t first_number(std::uint32_t count) {
    return count == 0 ? 0 : 1;
}

void write_info(const Library& library, const Information& information,
                v1::ObjectInformation& message) {
    const auto& numbers = information.library;
    auto& info = *message.mutable_library();
    info.set_library_type(number(library.library_type));
    info.set_cleaner_slot(library.cleaner_slot.text());
    info.set_cleaner_slot_default(library.cleaner_slot_default.text());
    info.set_library_supports_drive_cleaning(false);
    info.set_bar_code_reader_installed(library.has_bar_code_reader);
    info.set_inventory_method(number(library.inventory_method));
    info.set_cleaner_uses_remaining(library.cleaner_uses_remaining);
    info.set_first_drive_number(first_number(numbers.drives));
    info.set_number_of_drives(numbers.drives);
    info.set_first_slot_number(first_number(numbers.slots));
    info.set_number_of_slots(numbers.slots);
    info.set_first_door_number(first_number(numbers.doors));
    info.set_number_of_doors(numbers.doors);
    info.set_first_port_number(first_number(numbers.ports));
    info.set_number_of_ports(numbers.ports);
    info.set_first_changer_number(first_number(numbers.changers));
    info.set_number_of_changers(numbers.changers);
    info.set_number_of_media(numbers.media);
    info.set_number_of_media_types(numbers.media_types);
    info.set_number_of_lib_requests(numbers.requests);
    info.set_auto_recovery(library.auto_recovery);
    info.set_flags(library.flags);
}

void write_info(const Changer& changer, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_changer();
    info.set_number(changer.number);
    info.set_changer_type(changer.changer_type.text());
    info.set_serial_number(changer.serial_number);
    info.set_revision(changer.revision);
    info.set_device_name(changer.device_name);
    info.set_scsi_lun(changer.lun);
    info.set_library(changer.library.text());
}

void write_info(const ChangerType& type, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_changer_type();
    info.set_vendor(type.vendor);
    info.set_product(type.product);
    info.set_device_type(kChangerDevice);
}

void write_info(const Drive& drive, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_drive();
    info.set_number(drive.number);
    info.set_state(number(drive.state));
    info.set_drive_type(drive.drive_type.text());
    info.set_device_name(drive.device_name);
    info.set_serial_number(drive.serial_number);
    info.set_revision(drive.revision);
    info.set_scsi_lun(drive.lun);
    info.set_mount_count(drive.mount_count);
    info.set_last_cleaned(drive.last_cleaned);
    info.set_saved_partition_id(drive.saved_side.text());
    info.set_library(drive.library.text());
    info.set_defer_dismount_delay(drive.defer_dismount_delay);
}

void write_info(const DriveType& type, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_drive_type();
    info.set_vendor(type.vendor);
    info.set_product(type.product);
    info.set_device_type(type.device_type);
}

void write_info(const StorageSlot& slot, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_storage_slot();
    info.set_number(slot.number);
    info.set_state(number(slot.state));
    info.set_library(slot.library.text());
}

void write_info(const IEDoor& door, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_ie_door();
    info.set_number(door.number);
    info.set_state(number(door.state));
    info.set_max_open_secs(door.max_open_seconds);
    info.set_library(door.library.text());
}

void write_info(const IEPort& port, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_ie_port();
    info.set_number(port.number);
    info.set_content(number(port.content));
    info.set_position(number(port.position));
    info.set_max_extend_secs(port.max_extend_seconds);
    info.set_library(port.library.text());
}

void write_info(const MediaType& type, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_media_type();
    info.set_media_type(type.code);
    info.set_number_of_sides(type.sides);
    info.set_read_write_characteristics(number(type.read_write));
    info.set_device_type(type.device_type);
}

void write_info(const MediaPool& pool, const Information& information,
                v1::ObjectInformation& message) {
    auto& info = *message.mutable_media_pool();
    info.set_pool_type(number(pool.pool_type));
    info.set_media_type(pool.media_type.text());
    info.set_parent(pool.parent.text());
    info.set_allocation_policy(pool.allocation_policy);
    info.set_deallocation_policy(pool.deallocation_policy);
    info.set_max_allocates(pool.max_allocates);
    info.set_number_of_physical_media(information.pool.media);
    info.set_number_of_logical_media(information.pool.logical_media);
    info.set_number_of_media_pools(information.pool.pools);
}

void write_info(const PhysicalMedium& medium, const Information& information,
                v1::ObjectInformation& message) {
    auto& info = *message.mutable_physical_media();
    info.set_current_library(medium.library.text());
    info.set_media_pool(medium.pool.text());
    info.set_location(medium.location.text());
    info.set_location_type(number(medium.location_type));
    info.set_media_type(medium.media_type.text());
    info.set_home_slot(medium.home_slot.text());
    info.set_bar_code(medium.bar_code);
    info.set_bar_code_state(number(medium.bar_code_state()));
    info.set_sequence_number(medium.sequence_number);
    info.set_media_state(number(medium.media_state));
    info.set_number_of_partitions(information.sides);
    info.set_media_type_code(medium.media_type_code);
    info.set_density_code(medium.density_code);
    info.set_mounted_partition(medium.mounted_side.text());
}

void write_info(const Side& side, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_partition();
    info.set_physical_media(side.medium.text());
    info.set_logical_media(side.logical_medium.text());
    info.set_state(number(side.state));
    info.set_side(side.number);
    const base::Bytes label = base::from_hex(side.label_id).value_or(base::Bytes{});
    info.set_omid_label_id(std::string(base::as_text(label)));
    info.set_omid_label_type(side.label_type);
    info.set_omid_label_info(side.label_info);
    info.set_mount_count(side.mount_count);
    info.set_allocate_count(side.allocate_count);
    info.set_capacity(side.capacity);
}

void write_info(const LogicalMedium& medium, const Information& information,
                v1::ObjectInformation& message) {
    auto& info = *message.mutable_logical_media();
    info.set_media_pool(medium.pool.text());
    info.set_number_of_partitions(information.sides);
}

void write_info(const LibRequest& request, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_lib_request();
    info.set_operation_code(number(request.operation));
    info.set_operation_option(request.option);
    info.set_state(number(request.state));
    info.set_partition_id(request.side.text());
    info.set_drive_id(request.drive.text());
    info.set_phys_media_id(request.medium.text());
    info.set_library(request.library.text());
    info.set_slot_id(request.slot.text());
    info.set_time_queued(request.queued);
    info.set_time_completed(request.completed);
    info.set_application(request.application);
    info.set_user(request.user);
    info.set_computer(request.computer);
    info.set_error_code(number(request.error));
    info.set_work_item_id(request.work_item.text());
    info.set_priority(request.priority);
}

void write_info(const OpRequest& request, const Information&, v1::ObjectInformation& message) {
    auto& info = *message.mutable_op_request();
    info.set_request(number(request.command));
    info.set_submitted(request.submitted);
    info.set_state(number(request.state));
    info.set_message(request.message);
    info.set_arg1_type(number(request.argument1_type));
    info.set_arg1(request.argument1.text());
    info.set_arg2_type(number(request.argument2_type));
    info.set_arg2(request.argument2.text());
    info.set_application(request.application);
    info.set_user(request.user);
    info.set_computer(request.computer);
}

// --- what callers may set

Computer settable(const v1::ComputerInformation& info) {
    Computer computer;
    computer.lib_request_purge_time = info.lib_request_purge_time();
    computer.op_request_purge_time = info.op_request_purge_time();
    computer.lib_request_flags = info.lib_request_flags();
    computer.op_request_flags = info.op_request_flags();
    computer.media_pool_policy = info.media_pool_policy();
    return computer;
}

Library settable(const v1::LibraryInformation& info) {
    Library library;
    library.auto_recovery = info.auto_recovery();
    library.cleaner_uses_remaining = info.cleaner_uses_remaining();
    library.flags = info.flags();
    library.inventory_method = static_cast<InventoryMethod>(info.inventory_method());
    return library;
}

Drive settable(const v1::DriveInformation& info) {
    Drive drive;
    drive.defer_dismount_delay = info.defer_dismount_delay();
    return drive;
}

IEDoor settable(const v1::IEDoorInformation& info) {
    IEDoor door;
    door.max_open_seconds = info.max_open_secs();
    return door;
}

IEPort settable(const v1::IEPortInformation& info) {
    IEPort port;
    port.max_extend_seconds = info.max_extend_secs();
    return port;
}

MediaPool settable(const v1::MediaPoolInformation& info) {
    MediaPool pool;
    pool.allocation_policy = info.allocation_policy();
    pool.deallocation_policy = info.deallocation_policy();
    pool.max_allocates = info.max_allocates();
    pool.media_type = id_of(info.media_type()).value_or(Guid());
    return pool;
}

// Of the others only name and description.
AnyObject members_of(const v1::ObjectInformation& message) {
    switch (message.info_case()) {
        case v1::ObjectInformation::kComputer:
            return settable(message.computer());
        case v1::ObjectInformation::kLibrary:
            return settable(message.library());
        case v1::ObjectInformation::kDrive:
            return settable(message.drive());
        case v1::ObjectInformation::kIeDoor:
            return settable(message.ie_door());
        case v1::ObjectInformation::kIePort:
            return settable(message.ie_port());
        case v1::ObjectInformation::kMediaPool:
            return settable(message.media_pool());
        case v1::ObjectInformation::kDriveType:
            return DriveType{};
        case v1::ObjectInformation::kChanger:
            return Changer{};
        case v1::ObjectInformation::kChangerType:
            return ChangerType{};
        case v1::ObjectInformation::kStorageSlot:
            return StorageSlot{};
        case v1::ObjectInformation::kPhysicalMedia:
            return PhysicalMedium{};
        case v1::ObjectInformation::kLogicalMedia:
            return LogicalMedium{};
        case v1::ObjectInformation::kPartition:
            return Side{};
        case v1::ObjectInformation::kMediaType:
            return MediaType{};
        case v1::ObjectInformation::kLibRequest:
            return LibRequest{};
        case v1::ObjectInformation::kOpRequest:
            return OpRequest{};
        case v1::ObjectInformation::INFO_NOT_SET:
            break;
    }
    return std::monostate{};
}

}  // namespace

Id id_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return Guid::parse(text).value_or(Guid::from_canonical("?"));
}

void write(const Information& information, v1::ObjectInformation& message) {
    std::visit(
        [&](const auto& object) {
            using Row = std::remove_cvref_t<decltype(object)>;
            if constexpr (!std::is_same_v<Row, std::monostate>) {
                write_object(object, Row::type, message);
                write_info(object, information, message);
            }
        },
        information.object);
}

AnyObject settable_of(const v1::ObjectInformation& message) {
    AnyObject object = members_of(message);
    std::visit(
        [&](auto& row) {
            using Row = std::remove_cvref_t<decltype(row)>;
            if constexpr (!std::is_same_v<Row, std::monostate>) {
                row.name = message.name();
                row.description = message.description();
            }
        },
        object);
    return object;
}

}  // namespace nearline::rsm
