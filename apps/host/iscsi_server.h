// The sockets of an iSCSI portal: accepts TCP connections and moves bytes between them and the
// protocol engine, straight into and out of the engine's buffers.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>
#include <string>

#include "apps/host/driver.h"
#include "apps/host/endpoint.h"
#include "base/result.h"
#include "iscsi/portal.h"

namespace nearline::apps {

class IscsiServer {
public:
    // All must outlive it.
    IscsiServer(boost::asio::io_context& loop, Driver& driver, iscsi::Portal& portal);
    ~IscsiServer();

    // Binds and listens, and tells the portal its address. The error is a sentence.
    base::Result<Endpoint, std::string> listen(const Endpoint& endpoint);
    // No new connections.
    void stop_listening();
    // Sends what is waiting, and closes every connection.
    void close_all();

private:
    class Link;

    void accept();

    boost::asio::io_context& loop_;
    Driver& driver_;
    iscsi::Portal& portal_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;        // after an accept that failed: out of descriptors
    std::set<std::shared_ptr<Link>> links_;  // with the operations that wait on each
};

}  // namespace nearline::apps
