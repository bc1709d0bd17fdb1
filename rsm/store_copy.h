// Copies of whole databases, page by page, each in one transaction of its target's. A handle is
// SQLite's, of a database that is open.
#pragma once

#include <string>

#include "rsm/constants.h"

namespace nearline::rsm {

// Whether there is a database of ours, whose pages hang together.
bool is_database(const std::string& path);
// SharingViolation while somebody else has the target locked.
Error copy_to(void* from, const std::string& path);
Error copy_from(const std::string& path, void* to);

}  // namespace nearline::rsm
