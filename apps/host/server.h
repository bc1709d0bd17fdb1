// Everything a served library needs, put together: simulation, library, portal, sockets, the
// control service and RSM, in one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "apps/host/driver.h"
#include "apps/host/endpoint.h"
#include "base/result.h"
#include "library/library_description.h"

namespace nearline::apps {

struct ServeSettings {
    library::LibraryDescription library;
    Endpoint portal{"127.0.0.1", 3260, {}};
    std::optional<std::string> state_directory;
    Pace pace;
    std::uint64_t seed = 1;
    std::optional<std::string> trace_file;
    std::optional<Endpoint> control;
    std::string control_token;  // of a control service on TCP
    std::optional<Endpoint> rsm;
    std::optional<std::string> ready_file;
};

class Server {
public:
    // Reads the state, binds the sockets and powers the library on. The error is a sentence.
    static base::Result<std::unique_ptr<Server>, std::string> start(ServeSettings settings);
    virtual ~Server() = default;

    // Says it is ready, and serves until SIGTERM or SIGINT. Returns the exit status.
    virtual int run(std::ostream& out) = 0;
};

}  // namespace nearline::apps
