// RSM in the host: its service behind HTTP on a Unix socket, and its way to the changer and the
// drives, which is iSCSI like anybody's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/host/endpoint.h"
#include "base/result.h"
#include "library/library.h"

namespace nearline::apps {

class RsmHost {
public:
    static constexpr const char* kInitiatorName = "iqn.2026-11.test.nearline:rsm";

    struct Settings {
        Endpoint endpoint;  // where its clients come to
        Endpoint portal;    // where the library is
        std::vector<library::Target> targets;
        library::LibraryDescription library;
        std::optional<std::string> state_directory;  // nothing: the database is in memory
        bool is_instant = true;                      // virtual time does not wait for the real one
    };
    static base::Result<std::unique_ptr<RsmHost>, std::string> start(boost::asio::io_context& loop,
                                                                     const Settings& settings);
    virtual ~RsmHost() = default;
};

// Where RSM listens unless told otherwise: $NEARLINE_RSM, or $XDG_RUNTIME_DIR/nearline/rsm.sock, or
// /tmp/nearline-UID/rsm.sock. The same rule as libntmsapi's.
Endpoint default_rsm_endpoint();

}  // namespace nearline::apps
