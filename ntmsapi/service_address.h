// Where the RSM service listens: the path of its Unix socket, or a TCP port and what opens it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ntmsapi/include/ntmsapi.h"

namespace nearline::ntmsapi {

struct ServiceAddress {
    std::string path;  // of a Unix socket; empty: TCP
    std::string host;
    std::string port;   // decimal
    std::string token;  // TCP only
    bool is_unix() const { return !path.empty(); }
};

// What a server's name leads to. "unix:PATH" is the service at PATH, "HOST:PORT" one that listens
// on TCP, with the token that is the first line of the file NEARLINE_RSM_TOKEN_FILE names. Nothing,
// or a name of this computer, is this user's service: the one the environment's NEARLINE_RSM names
// in these forms or as a path, or else $XDG_RUNTIME_DIR/nearline/rsm.sock, or else
// /tmp/nearline-UID/rsm.sock. Errors: ERROR_INVALID_COMPUTERNAME for what can be no name,
// ERROR_ACCESS_DENIED for TCP without a token, ERROR_NOT_CONNECTED for names of other computers
// without a port, which are out of reach, and for a directory in /tmp that is somebody else's.
base::Result<ServiceAddress, DWORD> find_service(std::string_view server);

std::string computer_name();
// Of the user who runs this; his number when he has none.
std::string user_name();

}  // namespace nearline::ntmsapi
