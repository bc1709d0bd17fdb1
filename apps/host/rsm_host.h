// RSM in the host: its service behind HTTP on a Unix socket or, with a token, on TCP, and its way
// to the changers and the drives, which is iSCSI like anybody's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/host/endpoint.h"
#include "base/result.h"
#include "initiator/iscsi_url.h"

namespace nearline::apps {

class RsmHost {
public:
    static constexpr const char* kInitiatorName = "iqn.2026-11.test.nearline:rsm";

    // A changer on any iSCSI target, and its drives: those of that target, and others by name.
    struct Library {
        std::string name;  // of the library object: it is known by it over restarts
        initiator::IscsiUrl changer;
        std::vector<initiator::IscsiUrl> drives;
    };
    struct Settings {
        Endpoint endpoint;                  // where its clients come to
        std::string token;                  // what they show, on TCP
        std::string database = ":memory:";  // or a file
        std::uint32_t administrator_group = 0;
        std::vector<Library> libraries;
        bool is_instant = false;  // the libraries' virtual time does not wait for the real one
        std::function<void(const std::string&)> log = [](const std::string&) {};
    };
    static base::Result<std::unique_ptr<RsmHost>, std::string> start(boost::asio::io_context& loop,
                                                                     const Settings& settings);
    virtual ~RsmHost() = default;

    virtual Endpoint endpoint() const = 0;  // as bound
};

// Where RSM listens unless told otherwise: $NEARLINE_RSM, or $XDG_RUNTIME_DIR/nearline/rsm.sock, or
// /tmp/nearline-UID/rsm.sock. The same rule as libntmsapi's.
Endpoint default_rsm_endpoint();

}  // namespace nearline::apps
