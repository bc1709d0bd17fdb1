// Which column of which table each member of a row is. The store makes its statements from it.
#pragma once

#include "rsm/objects.h"

namespace nearline::rsm {

// `visit(name, member)` for every column, in one order. `row` may be const.
template <typename Row>
struct Columns;

template <typename Row, typename Visit>
void visit_object(Row& row, Visit& visit) {
    visit("id", row.id);
    visit("created", row.created);
    visit("modified", row.modified);
    visit("enabled", row.is_enabled);
    visit("operational_state", row.operational_state);
    visit("name", row.name);
    visit("description", row.description);
}

template <>
struct Columns<Computer> {
    static constexpr const char* table = "computer";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("lib_request_purge_time", row.lib_request_purge_time);
        visit("op_request_purge_time", row.op_request_purge_time);
        visit("lib_request_flags", row.lib_request_flags);
        visit("op_request_flags", row.op_request_flags);
        visit("media_pool_policy", row.media_pool_policy);
    }
};

template <>
struct Columns<Library> {
    static constexpr const char* table = "library";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library_type", row.library_type);
        visit("managed_name", row.managed_name);
        visit("cleaner_slot", row.cleaner_slot);
        visit("cleaner_slot_default", row.cleaner_slot_default);
        visit("has_bar_code_reader", row.has_bar_code_reader);
        visit("inventory_method", row.inventory_method);
        visit("cleaner_uses_remaining", row.cleaner_uses_remaining);
        visit("auto_recovery", row.auto_recovery);
        visit("flags", row.flags);
    }
};

template <>
struct Columns<Changer> {
    static constexpr const char* table = "changer";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("number", row.number);
        visit("changer_type", row.changer_type);
        visit("serial_number", row.serial_number);
        visit("revision", row.revision);
        visit("device_name", row.device_name);
        visit("lun", row.lun);
    }
};

template <>
struct Columns<ChangerType> {
    static constexpr const char* table = "changer_type";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("vendor", row.vendor);
        visit("product", row.product);
    }
};

template <>
struct Columns<Drive> {
    static constexpr const char* table = "drive";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("number", row.number);
        visit("element", row.element);
        visit("state", row.state);
        visit("drive_type", row.drive_type);
        visit("device_name", row.device_name);
        visit("serial_number", row.serial_number);
        visit("revision", row.revision);
        visit("lun", row.lun);
        visit("mount_count", row.mount_count);
        visit("last_cleaned", row.last_cleaned);
        visit("saved_side", row.saved_side);
        visit("defer_dismount_delay", row.defer_dismount_delay);
    }
};

template <>
struct Columns<DriveType> {
    static constexpr const char* table = "drive_type";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("vendor", row.vendor);
        visit("product", row.product);
        visit("device_type", row.device_type);
    }
};

template <>
struct Columns<StorageSlot> {
    static constexpr const char* table = "storage_slot";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("number", row.number);
        visit("element", row.element);
        visit("state", row.state);
    }
};

template <>
struct Columns<IEDoor> {
    static constexpr const char* table = "door";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("number", row.number);
        visit("state", row.state);
        visit("max_open_seconds", row.max_open_seconds);
    }
};

template <>
struct Columns<IEPort> {
    static constexpr const char* table = "port";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("number", row.number);
        visit("element", row.element);
        visit("content", row.content);
        visit("position", row.position);
        visit("max_extend_seconds", row.max_extend_seconds);
    }
};

template <>
struct Columns<MediaType> {
    static constexpr const char* table = "media_type";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("code", row.code);
        visit("sides", row.sides);
        visit("read_write", row.read_write);
        visit("device_type", row.device_type);
    }
};

template <>
struct Columns<MediaPool> {
    static constexpr const char* table = "media_pool";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("pool_type", row.pool_type);
        visit("media_type", row.media_type);
        visit("parent", row.parent);
        visit("allocation_policy", row.allocation_policy);
        visit("deallocation_policy", row.deallocation_policy);
        visit("max_allocates", row.max_allocates);
    }
};

template <>
struct Columns<PhysicalMedium> {
    static constexpr const char* table = "physical_media";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("library", row.library);
        visit("pool", row.pool);
        visit("location", row.location);
        visit("location_type", row.location_type);
        visit("media_type", row.media_type);
        visit("home_slot", row.home_slot);
        visit("bar_code", row.bar_code);
        visit("sequence_number", row.sequence_number);
        visit("media_state", row.media_state);
        visit("media_type_code", row.media_type_code);
        visit("density_code", row.density_code);
        visit("mounted_side", row.mounted_side);
    }
};

template <>
struct Columns<Side> {
    static constexpr const char* table = "side";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("medium", row.medium);
        visit("logical_medium", row.logical_medium);
        visit("state", row.state);
        visit("number", row.number);
        visit("label_id", row.label_id);
        visit("label_type", row.label_type);
        visit("label_info", row.label_info);
        visit("mount_count", row.mount_count);
        visit("allocate_count", row.allocate_count);
        visit("capacity", row.capacity);
    }
};

template <>
struct Columns<LogicalMedium> {
    static constexpr const char* table = "logical_media";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("pool", row.pool);
    }
};

template <>
struct Columns<LibRequest> {
    static constexpr const char* table = "lib_request";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("operation", row.operation);
        visit("option", row.option);
        visit("state", row.state);
        visit("side", row.side);
        visit("drive", row.drive);
        visit("medium", row.medium);
        visit("library", row.library);
        visit("slot", row.slot);
        visit("queued", row.queued);
        visit("completed", row.completed);
        visit("application", row.application);
        visit("user", row.user);
        visit("computer", row.computer);
        visit("error", row.error);
        visit("work_item", row.work_item);
        visit("priority", row.priority);
        visit("queue_order", row.queue_order);
    }
};

template <>
struct Columns<OpRequest> {
    static constexpr const char* table = "op_request";
    static void visit(auto& row, auto& visit) {
        visit_object(row, visit);
        visit("command", row.command);
        visit("submitted", row.submitted);
        visit("state", row.state);
        visit("message", row.message);
        visit("argument1_type", row.argument1_type);
        visit("argument1", row.argument1);
        visit("argument2_type", row.argument2_type);
        visit("argument2", row.argument2);
        visit("application", row.application);
        visit("user", row.user);
        visit("computer", row.computer);
    }
};

}  // namespace nearline::rsm
