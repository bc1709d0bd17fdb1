// Rules of what is taken out of the database because it is gone for good: libraries and drives.
// Their order of checks is documented, as in rules.h.
#pragma once

#include "rsm/rules.h"

namespace nearline::rsm {

// The library must be enabled and not present. All its media go offline first, whatever pool they
// are in; then its devices and itself are deleted.
Error delete_library(Context& context, const Id& library);
// A robotic library's drive must be not present. The drive of a stand-alone library, one without
// slots, takes its library along, under the rules of that.
Error delete_drive(Context& context, const Id& drive);

}  // namespace nearline::rsm
