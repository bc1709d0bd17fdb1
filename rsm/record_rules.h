// Records that callers make themselves: media that are offline, and which types of media a library
// takes.
#pragma once

#include <vector>

#include "rsm/rules.h"

namespace nearline::rsm {

// What CreateNtmsMedia was given: members that are "in" or "in/out", the ids among them.
struct NewMedium {
    PhysicalMedium medium;  // its library null, or the offline library
    std::vector<Side> sides;
    std::uint32_t stated_sides = 0;
    std::uint32_t options = 0;
    // The structures are there, of the right types, and their ids are ids.
    bool is_given = false;
    bool is_well_formed = false;
};
// The record that DeleteNtmsMedia removes. `made` has medium and sides as they were recorded.
Error create_media(Context& context, const NewMedium& wanted, NewMedium& made);

// System pools come with the first library that takes a type, and go with the last.
Error add_media_type(Context& context, const Id& type, const Id& library);
Error delete_media_type(Context& context, const Id& type, const Id& library);

}  // namespace nearline::rsm
