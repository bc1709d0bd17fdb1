// Error numbers by their names.
#pragma once

#include "ntmsapi/include/windows.h"

namespace nearline::ntmsapi {

// "ERROR_INVALID_STATE"; nullptr: a number that has no name here.
const char* name_of_error(DWORD error);

}  // namespace nearline::ntmsapi
