// Error numbers of RSM by their names.
#pragma once

#include <string>

#include "ntmsapi/include/ntmsapi.h"

namespace nearline::apps {

// "ERROR_INVALID_STATE (5023)".
std::string to_text_of_error(DWORD error);

}  // namespace nearline::apps
