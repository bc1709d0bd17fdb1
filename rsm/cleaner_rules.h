// Rules of drive cleaning: the slot that is reserved for the cleaning cartridge, and what brings it
// in, takes it out and uses it. Their order of checks is documented, as in rules.h.
#pragma once

#include "rsm/rules.h"

namespace nearline::rsm {

// One slot a library, present and empty.
Error reserve_cleaner_slot(Context& context, const Id& library, const Id& slot);
Error release_cleaner_slot(Context& context, const Id& library);

}  // namespace nearline::rsm
