// Rules of drive cleaning: the slot that is reserved for the cleaning cartridge, and what brings it
// in, takes it out and uses it. Their order of checks is documented, as in rules.h.
#pragma once

#include "rsm/rules.h"

namespace nearline::rsm {

// One slot a library, present and empty.
Error reserve_cleaner_slot(Context& context, const Id& library, const Id& slot);
Error release_cleaner_slot(Context& context, const Id& library);

struct CleanerMove {
    Id library;
    Id operation;              // of STOP
    std::uint32_t action = 0;  // 0: start, 1: stop
    std::uint32_t uses = 0;    // cleanings left, when one comes in; FFFFFFFFh: not counted
};
Error inject_cleaner(Context& context, const CleanerMove& wanted, Guid& operation);
Error eject_cleaner(Context& context, const CleanerMove& wanted, Guid& operation);

// A stand-alone drive is cleaned by hand: it is only noted. Else the cleaning is queued.
Error clean_drive(Context& context, const Id& drive);

}  // namespace nearline::rsm
