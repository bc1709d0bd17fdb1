// Where the RSM service listens: the path of its Unix socket.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ntmsapi/include/ntmsapi.h"

namespace nearline::ntmsapi {

// What a server's name leads to: nothing, or a name of this computer, is this user's service (the
// environment's NEARLINE_RSM, or else $XDG_RUNTIME_DIR/nearline/rsm.sock, or else
// /tmp/nearline-UID/rsm.sock); "unix:PATH" is the one at PATH. Errors: ERROR_INVALID_COMPUTERNAME
// for what can be no name, ERROR_NOT_CONNECTED for other computers, which are out of reach, and for
// a directory in /tmp that is somebody else's.
base::Result<std::string, DWORD> find_service(std::string_view server);

std::string computer_name();
// Of the user who runs this; his number when he has none.
std::string user_name();

}  // namespace nearline::ntmsapi
