#include "apps/host/rsm_server.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <utility>

namespace nearline::apps {

base::Result<int, std::string> serve_rsm(RsmHost::Settings settings, std::ostream& out) {
    spdlog::logger log("nearline", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    settings.log = [&log](const std::string& line) { log.info("{}", line); };
    boost::asio::io_context loop(1);
    boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) loop.stop();
    });
    auto host = RsmHost::start(loop, settings);
    if (!host) return base::Failure{host.error()};
    out << "ready " << to_text((*host)->endpoint()) << std::endl;
    loop.run();
    return 0;
}

}  // namespace nearline::apps
