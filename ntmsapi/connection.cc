#include "ntmsapi/connection.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace nearline::ntmsapi {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// A list of six million identifiers.
constexpr std::uint64_t kMaxBody = 256ULL << 20;

}  // namespace

struct Connection::Socket {
    asio::io_context context{1};
    asio::local::stream_protocol::socket stream{context};
    beast::flat_buffer buffer;
    bool is_alive = true;
};

std::unique_ptr<Connection> Connection::open(const std::string& path) {
    auto socket = std::make_unique<Socket>();
    beast::error_code error;
    socket->stream.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error) return nullptr;
    return std::make_unique<Connection>(std::move(socket));
}

Connection::Connection(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}

Connection::~Connection() = default;

std::optional<HttpAnswer> Connection::post(const std::string& target, std::string json) {
    http::request<http::string_body> request(http::verb::post, target, 11);
    request.set(http::field::host, "localhost");
    request.set(http::field::content_type, "application/json");
    request.set("Connect-Protocol-Version", "1");
    request.body() = std::move(json);
    request.prepare_payload();

    beast::error_code error;
    http::response_parser<http::string_body> response;
    response.body_limit(kMaxBody);
    http::write(socket_->stream, request, error);
    if (!error) http::read(socket_->stream, socket_->buffer, response, error);
    socket_->is_alive = !error && response.keep_alive();
    if (error) return std::nullopt;
    return HttpAnswer{response.get().result_int(), std::move(response.get().body())};
}

bool Connection::is_alive() const {
    return socket_->is_alive;
}

void Connection::shut_down() {
    // Not through Asio, whose sockets belong to one thread at a time.
    ::shutdown(socket_->stream.native_handle(), SHUT_RDWR);
}

}  // namespace nearline::ntmsapi
