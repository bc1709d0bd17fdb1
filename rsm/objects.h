// The objects RSM keeps, as rows: what the database holds of each. Counters and everything else
// that follows from other rows is computed when asked for.
#pragma once

#include <cstdint>
#include <string>

#include "rsm/constants.h"
#include "rsm/guid.h"

namespace nearline::rsm {

struct Object {
    Guid id;
    std::uint64_t created = 0;  // milliseconds since 1970-01-01 UTC
    std::uint64_t modified = 0;
    bool is_enabled = true;
    OperationalState operational_state = OperationalState::Ready;
    std::string name;
    std::string description;
};

struct Computer : Object {
    static constexpr ObjectType type = ObjectType::Computer;
    std::uint32_t lib_request_purge_time = 259200;  // seconds
    std::uint32_t op_request_purge_time = 259200;   // seconds
    std::uint32_t lib_request_flags = 0;
    std::uint32_t op_request_flags = 0;
    std::uint32_t media_pool_policy = 0;
};

struct Library : Object {
    static constexpr ObjectType type = ObjectType::Library;
    LibraryType library_type = LibraryType::Unknown;
    std::string managed_name;  // what the host calls it; names the library over restarts
    Guid cleaner_slot;
    Guid cleaner_slot_default;
    bool has_bar_code_reader = false;
    InventoryMethod inventory_method = InventoryMethod::Fast;
    std::uint32_t cleaner_uses_remaining = 0;
    bool auto_recovery = true;
    std::uint32_t flags = 0;
    bool is_offline_library() const { return (flags & kFixedOffline) != 0; }
};

struct Changer : Object {
    static constexpr ObjectType type = ObjectType::Changer;
    Guid library;
    std::uint32_t number = 0;
    Guid changer_type;
    std::string serial_number;
    std::string revision;
    std::string device_name;
    std::uint32_t lun = 0;
};

struct ChangerType : Object {
    static constexpr ObjectType type = ObjectType::ChangerType;
    std::string vendor;
    std::string product;
};

struct Drive : Object {
    static constexpr ObjectType type = ObjectType::Drive;
    Guid library;
    std::uint32_t number = 0;
    std::uint32_t element = 0;  // its address in the changer
    DriveState state = DriveState::Dismounted;
    Guid drive_type;
    std::string device_name;
    std::string serial_number;
    std::string revision;
    std::uint32_t lun = 0;
    std::uint32_t mount_count = 0;
    std::uint64_t last_cleaned = 0;
    Guid saved_side;                           // the side of the medium in it
    std::uint32_t defer_dismount_delay = 300;  // seconds
};

struct DriveType : Object {
    static constexpr ObjectType type = ObjectType::DriveType;
    std::string vendor;
    std::string product;
    std::uint32_t device_type = kTapeDevice;
};

struct StorageSlot : Object {
    static constexpr ObjectType type = ObjectType::StorageSlot;
    Guid library;
    std::uint32_t number = 0;
    std::uint32_t element = 0;
    SlotState state = SlotState::Unknown;
};

struct IEDoor : Object {
    static constexpr ObjectType type = ObjectType::IEDoor;
    Guid library;
    std::uint32_t number = 0;
    DoorState state = DoorState::Unknown;
    std::uint32_t max_open_seconds = 0;
};

struct IEPort : Object {
    static constexpr ObjectType type = ObjectType::IEPort;
    Guid library;
    std::uint32_t number = 0;
    std::uint32_t element = 0;
    PortContent content = PortContent::Unknown;
    PortPosition position = PortPosition::Unknown;
    std::uint32_t max_extend_seconds = 60;
};

struct MediaType : Object {
    static constexpr ObjectType type = ObjectType::MediaType;
    std::uint32_t code = 0;
    std::uint32_t sides = 1;
    ReadWrite read_write = ReadWrite::Rewritable;
    std::uint32_t device_type = kTapeDevice;
};

struct MediaPool : Object {
    static constexpr ObjectType type = ObjectType::MediaPool;
    PoolType pool_type = PoolType::Unknown;
    Guid media_type;
    Guid parent;  // the root pool for top-level pools; null for the root pool itself
    std::uint32_t allocation_policy = 0;
    std::uint32_t deallocation_policy = 0;
    std::uint32_t max_allocates = 0;  // 0: no limit
    bool is_system() const { return pool_type != PoolType::Application; }
};

struct PhysicalMedium : Object {
    static constexpr ObjectType type = ObjectType::PhysicalMedia;
    Guid library;  // the offline library when it is offline
    Guid pool;
    Guid location;  // slot, drive or port; null when offline
    ObjectType location_type = ObjectType::StorageSlot;
    Guid media_type;
    Guid home_slot;
    std::string bar_code;
    std::string sequence_number;
    MediaState media_state = MediaState::Idle;
    std::uint32_t media_type_code = 0;
    std::uint32_t density_code = 0;
    Guid mounted_side;
    BarCodeState bar_code_state() const {
        return bar_code.empty() ? BarCodeState::Unreadable : BarCodeState::Ok;
    }
};

struct Side : Object {
    static constexpr ObjectType type = ObjectType::Partition;
    Guid medium;
    Guid logical_medium;
    SideState state = SideState::Unknown;
    std::uint32_t number = 0;  // 0 or 1
    std::string label_id;      // of the on-media identifier: bytes as hexadecimal digits
    std::string label_type;
    std::string label_info;
    std::uint32_t mount_count = 0;
    std::uint32_t allocate_count = 0;
    std::uint64_t capacity = 0;  // bytes
};

struct LogicalMedium : Object {
    static constexpr ObjectType type = ObjectType::LogicalMedia;
    Guid pool;
};

struct LibRequest : Object {
    static constexpr ObjectType type = ObjectType::LibRequest;
    Operation operation = Operation::Inventory;
    std::uint32_t option = 0;
    RequestState state = RequestState::Queued;
    Guid side;
    Guid drive;
    Guid medium;
    Guid library;
    Guid slot;
    std::uint64_t queued = 0;
    std::uint64_t completed = 0;
    std::string application;
    std::string user;
    std::string computer;
    Error error = Error::Success;
    Guid work_item;
    std::uint32_t priority = 0;     // of a mount: -15 to 15, as a two's complement
    std::uint32_t queue_order = 0;  // of a mount: low first
};

struct OpRequest : Object {
    static constexpr ObjectType type = ObjectType::OpRequest;
    OpCommand command = OpCommand::Unknown;
    std::uint64_t submitted = 0;
    OpState state = OpState::Submitted;
    std::string message;
    ObjectType argument1_type = ObjectType::Unknown;
    Guid argument1;
    ObjectType argument2_type = ObjectType::Unknown;
    Guid argument2;
    std::string application;
    std::string user;
    std::string computer;
};

}  // namespace nearline::rsm
