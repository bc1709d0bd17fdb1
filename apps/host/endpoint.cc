#include "apps/host/endpoint.h"

#include <sys/un.h>

#include "base/text.h"

namespace nearline::apps {
namespace {

base::Result<Endpoint, std::string> unix_endpoint(const std::string& path) {
    if (path.empty()) return base::Failure{std::string("unix: needs a path after it")};
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return base::Failure{"'" + path + "' is too long for the path of a Unix socket"};
    }
    Endpoint endpoint;
    endpoint.path = path;
    return endpoint;
}

}  // namespace

base::Result<Endpoint, std::string> parse_endpoint(const std::string& text) {
    if (text.starts_with("unix:")) return unix_endpoint(text.substr(5));
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string::npos
                          ? std::nullopt
                          : base::parse_unsigned(std::string_view(text).substr(colon + 1));
    if (!port || *port > 65535 || colon == 0) {
        return base::Failure{"'" + text + "' is no address: HOST:PORT, [IPV6]:PORT or unix:PATH"};
    }
    Endpoint endpoint;
    endpoint.host = text.substr(0, colon);
    if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']')) {
        endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    }
    endpoint.port = static_cast<std::uint16_t>(*port);
    return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
    if (endpoint.is_unix()) return "unix:" + endpoint.path;
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
           std::to_string(endpoint.port);
}

}  // namespace nearline::apps
