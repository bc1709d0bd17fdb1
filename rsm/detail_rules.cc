#include "rsm/detail_rules.h"

#include <algorithm>

#include "base/text.h"

namespace nearline::rsm {
namespace {

constexpr std::size_t kAttributeLimit = 0x10000;  // NTMS_MAXATTR_LENGTH: bytes, exclusive
constexpr std::size_t kAttributeNameLength = 31;  // NTMS_MAXATTR_NAMELEN without the NUL
constexpr std::size_t kDestinationLimit = 1'000;  // of one kind of one object
constexpr std::size_t kDetectionLimit = 64;       // of a session
constexpr std::size_t kDetectedLimit = 10'000;    // ids of one call
constexpr std::uint32_t kAdd = 1;                 // NtmsUIOperations
constexpr std::uint32_t kDelete = 2;
constexpr std::uint32_t kDeleteAll = 3;
constexpr std::uint32_t kUiTypes = 4;  // NTMS_UITYPE_MAX

// As callers count characters: in units of UTF-16.
std::size_t utf16_length(std::string_view text) {
    std::size_t length = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80) ++length;
        if (byte >= 0xF0) ++length;
    }
    return length;
}

bool is_attribute_name(std::string_view name) {
    const bool is_printable = std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
    });
    return is_printable && utf16_length(name) <= kAttributeNameLength;
}

bool is_type(std::uint32_t type) {
    return type == 0 || (type > static_cast<std::uint32_t>(ObjectType::Object) &&
                         type < static_cast<std::uint32_t>(ObjectType::UiDestination));
}

std::vector<std::string>::iterator find_name(std::vector<std::string>& names,
                                             const std::string& name) {
    return std::find_if(names.begin(), names.end(), [&](const std::string& other) {
        return base::to_lower(other) == base::to_lower(name);
    });
}

// Whether the caller may do that, "GetUIOptions", to the lists of this object.
Error may_use_list(Context& context, const Id& object, std::uint32_t type,
                   const std::string& function) {
    if (type == 0 || type >= kUiTypes) return Error::InvalidParameter;
    if (!object) return Error::Success;
    const auto found = context.store.type_of(*object);
    if (!found) return Error::ObjectNotFound;
    bool may = false;
    if (*found == ObjectType::Computer) {
        may = context.rights.may(function + ": computer", {});
    } else if (*found == ObjectType::Library) {
        may = context.rights.may(function + ": library", {{}, *object});
    } else {
        return Error::InvalidParameter;
    }
    return may ? Error::Success : Error::AccessDenied;
}

std::vector<std::string> list_of(Context& context, const Id& object, std::uint32_t type) {
    if (object) return context.store.ui_destinations(*object, type);
    return context.session.ui_destinations[type];
}

void keep_list(Context& context, const Id& object, std::uint32_t type,
               const std::vector<std::string>& names) {
    if (object) return context.store.set_ui_destinations(*object, type, names);
    context.session.ui_destinations[type] = names;
}

}  // namespace

// --- attributes

Error object_attribute(Context& context, const Id& id, std::uint32_t type, const std::string& name,
                       std::string& data) {
    if (!id || name.empty() || !is_type(type)) return Error::InvalidParameter;
    const auto found = context.store.type_of(*id);
    if (!found) return Error::ObjectNotFound;
    if (!context.rights.may("GetObjectAttribute", *found, *id)) return Error::AccessDenied;
    auto kept = context.store.attribute(*id, name);
    if (!kept) return Error::ObjectNotFound;
    // Only a database from elsewhere has one so long.
    if (kept->size() >= kAttributeLimit) return Error::NoData;
    data = std::move(*kept);
    return Error::Success;
}

Error set_object_attribute(Context& context, const Id& id, const std::string& name,
                           const std::string& data) {
    if (!id || name.empty()) return Error::InvalidParameter;
    const auto found = context.store.type_of(*id);
    if (!found) return Error::ObjectNotFound;
    if (!context.rights.may("SetObjectAttribute", *found, *id)) return Error::AccessDenied;
    if (!is_attribute_name(name)) return Error::InvalidName;
    if (data.size() >= kAttributeLimit) return Error::NoData;
    context.store.set_attribute(*id, name, data);
    context.store.announce({*found, NotificationOperation::Update, *id});
    return Error::Success;
}

// --- user-interface destinations

Error ui_options(Context& context, const Id& object, std::uint32_t type,
                 std::vector<std::string>& destinations) {
    const Error refusal = may_use_list(context, object, type, "GetUIOptions");
    if (refusal == Error::Success) destinations = list_of(context, object, type);
    return refusal;
}

Error set_ui_options(Context& context, const UiChange& change) {
    if (change.operation < kAdd || change.operation > kDeleteAll) return Error::InvalidParameter;
    const Error refusal = may_use_list(context, change.object, change.type, "SetUIOptions");
    if (refusal != Error::Success) return refusal;
    const std::string& name =
        change.destination.empty() ? context.session.computer : change.destination;
    if (utf16_length(name) > kNameLength) return Error::InvalidParameter;
    std::vector<std::string> names = list_of(context, change.object, change.type);
    const auto found = find_name(names, name);
    if (change.operation == kAdd) {
        if (found != names.end()) return Error::AlreadyExists;
        if (names.size() >= kDestinationLimit) return Error::NotEnoughMemory;
        names.push_back(name);
    } else if (change.operation == kDelete) {
        if (found != names.end()) names.erase(found);
    } else {
        names.clear();
    }
    keep_list(context, change.object, change.type, names);
    return Error::Success;
}

// --- copies of the database

Error export_database(Context& context) {
    if (!context.rights.may("ExportDatabase", {})) return Error::AccessDenied;
    return context.store.export_database();
}

Error import_database(Context& context) {
    if (!context.rights.may("ImportDatabase", {})) return Error::AccessDenied;
    return context.store.mark_import();
}

// --- device change detection: from Windows XP on it succeeds and does nothing

Error begin_detection(Context& context, Guid& handle) {
    std::vector<Guid>& handles = context.session.detections;
    if (handles.size() >= kDetectionLimit) return Error::NotEnoughMemory;
    handle = context.store.new_id();
    handles.push_back(handle);
    return Error::Success;
}

namespace {

bool is_known(const Context& context, const Guid& handle) {
    const std::vector<Guid>& handles = context.session.detections;
    return std::find(handles.begin(), handles.end(), handle) != handles.end();
}

}  // namespace

Error set_detection(Context& context, const Id& handle, const std::vector<Guid>& ids,
                    std::uint32_t type_number) {
    if (handle && !is_known(context, *handle)) return Error::InvalidHandle;
    const auto type = static_cast<ObjectType>(type_number);
    const bool is_detectable = type == ObjectType::Library || type == ObjectType::PhysicalMedia ||
                               type == ObjectType::MediaType;
    if (!is_detectable || ids.empty() || ids.size() > kDetectedLimit) {
        return Error::InvalidParameter;
    }
    for (const Guid& id : ids) {
        const auto found = context.store.type_of(id);
        if (found && *found != type) return Error::InvalidParameter;  // types are mixed
        if (found) continue;
        return type == ObjectType::Library ? Error::InvalidLibrary : Error::InvalidMedia;
    }
    return Error::Success;
}

Error end_detection(Context& context, const Id& handle) {
    if (!handle || !is_known(context, *handle)) return Error::InvalidHandle;
    std::erase(context.session.detections, *handle);
    return Error::Success;
}

}  // namespace nearline::rsm
