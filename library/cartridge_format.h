// A label may name the plastic only: the drives of the library decide in which format it is.
#pragma once

#include <vector>

#include "library/library_description.h"

namespace nearline::library {

// The newest of the cartridge's formats that one of `drives` writes; if none does, the newest that
// one reads; if none can, the newest there is.
media::Generation format_in(const std::vector<DriveDescription>& drives,
                            media::Generation by_label);

}  // namespace nearline::library
