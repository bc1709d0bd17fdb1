#include "apps/host/http_client.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace nearline::apps {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Error = boost::system::error_code;

asio::generic::stream_protocol::endpoint address_of(const Endpoint& endpoint, Error& error) {
    if (endpoint.is_unix()) return asio::local::stream_protocol::endpoint(endpoint.path);
    const auto host = endpoint.host == "localhost" ? "127.0.0.1" : endpoint.host;
    return asio::ip::tcp::endpoint(asio::ip::make_address(host, error), endpoint.port);
}

}  // namespace

base::Result<HttpReply, std::string> http_post(const Endpoint& endpoint, const std::string& path,
                                               const std::string& body, const std::string& token) {
    const auto failed = [&](const Error& error) {
        return base::Failure{to_text(endpoint) + ": " + error.message()};
    };
    Error error;
    asio::io_context loop;
    asio::generic::stream_protocol::socket socket(loop);
    const auto address = address_of(endpoint, error);
    if (error) return failed(error);
    socket.connect(address, error);
    if (error) return failed(error);

    http::request<http::string_body> request(http::verb::post, path, 11);
    request.set(http::field::host, endpoint.is_unix() ? "localhost" : endpoint.host);
    request.set(http::field::content_type, "application/json");
    if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
    request.keep_alive(false);
    request.body() = body;
    request.prepare_payload();
    http::write(socket, request, error);
    if (error) return failed(error);

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{64} << 20);
    http::read(socket, buffer, parser, error);
    if (error) return failed(error);
    return HttpReply{parser.get().result_int(), parser.get().body()};
}

}  // namespace nearline::apps
