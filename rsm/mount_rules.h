// Mounting, dismounting and exchanging media. What moves is left to the library's worker, for which
// these rules queue requests.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rsm/rules.h"

namespace nearline::rsm {

struct Mount {
    std::vector<Guid> media;   // logical media or sides
    std::vector<Guid> drives;  // of NTMS_MOUNT_SPECIFIC_DRIVE
    std::uint32_t options = 0;
    std::int32_t priority = 0;
};
// Queues one request a medium, in the order of the media. Media that are outside are asked for.
Error queue_mounts(Context& context, const Mount& wanted, std::vector<Guid>& requests);

// How the mounts of one call stand: nothing while they are under way. `drives` are theirs, as far
// as they have one.
std::optional<Error> outcome_of_mounts(Store& store, const std::vector<Guid>& requests,
                                       std::vector<Guid>& drives);
// Whether they have all they need, and are being carried out.
bool are_mounts_in_process(Store& store, const std::vector<Guid>& requests);

struct Dismount {
    std::vector<Guid> media;  // logical media or sides
    std::uint32_t options = 0;
};
Error dismount_media(Context& context, const Dismount& wanted);
Error dismount_drive(Context& context, const Id& drive);

// The logical media exchange their sides.
Error swap_media(Context& context, const Id& first, const Id& second);

}  // namespace nearline::rsm
