// What hangs on objects beside their members: attributes, destinations of user-interface messages,
// copies of the database, and the detection of device changes that later editions have in name
// only.
#pragma once

#include <string>
#include <vector>

#include "rsm/rules.h"

namespace nearline::rsm {

Error object_attribute(Context& context, const Id& id, std::uint32_t type, const std::string& name,
                       std::string& data);
// Empty data takes the attribute away.
Error set_object_attribute(Context& context, const Id& id, const std::string& name,
                           const std::string& data);

// Without an object the session's own.
Error ui_options(Context& context, const Id& object, std::uint32_t type,
                 std::vector<std::string>& destinations);
struct UiChange {
    Id object;
    std::uint32_t type = 0;
    std::uint32_t operation = 0;
    std::string destination;  // empty: the caller's computer
};
Error set_ui_options(Context& context, const UiChange& change);

Error export_database(Context& context);
// Taken at the next start of the service.
Error import_database(Context& context);

Error begin_detection(Context& context, Guid& handle);
// Without a handle: look once.
Error set_detection(Context& context, const Id& handle, const std::vector<Guid>& ids,
                    std::uint32_t type);
Error end_detection(Context& context, const Id& handle);

}  // namespace nearline::rsm
