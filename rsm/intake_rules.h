// Rules of how media come into a library and are identified: inject, the door, the label of a
// slot's medium, and the label an application has written. Their order of checks is documented, as
// in rules.h.
#pragma once

#include <string>

#include "rsm/rules.h"

namespace nearline::rsm {

// OperationOption of an INJECT request.
inline constexpr std::uint32_t kInjectOnce = 0;
inline constexpr std::uint32_t kInjectLast = 1;  // stopped: what is in the port still comes in
inline constexpr std::uint32_t kInjectMany = 4;

struct Injection {
    Id library;
    Id operation;  // of NTMS_INJECT_STOP and NTMS_INJECT_RETRACT
    std::uint32_t action = 0;
};
Error inject_media(Context& context, const Injection& wanted, Guid& operation);

// `action`: the inventory that follows when the door is closed again.
Error access_library_door(Context& context, const Id& library, std::uint32_t action);

// Checks, and for a slot that is full queues the identification: `request` is null for an empty
// one.
Error identify_slot(Context& context, const Id& slot, std::uint32_t option, Guid& request);

// `label` as written on the tape, or as the file system that was made says of itself.
Error update_omid_info(Context& context, const Id& logical_medium, std::uint32_t type,
                       const std::string& label);

}  // namespace nearline::rsm
