#include "server/http.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "server/target.hpp"
#include "server/websocket.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Message = http::request<http::string_body>;
using Parser = http::request_parser<http::string_body>;

constexpr auto idle_timeout = std::chrono::seconds(30);    // between requests, and for every step of an answer
constexpr auto header_timeout = std::chrono::seconds(10);  // from the first octet of a request to the empty line
constexpr std::size_t header_octets_max = 16 * 1024;
constexpr std::size_t body_octets_max = 64 * 1024;
constexpr std::size_t step_octets = 64 * 1024;  // of a body that are written under one timeout
constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// A connection that goes on as a WebSocket.
struct Upgrade {
  asio::ip::tcp::socket socket;
  Message request;
};

/// One connection while it speaks HTTP.
class Connection {
 public:
  Connection(asio::ip::tcp::socket socket, Routes& routes) : stream_(std::move(socket)), routes_(routes) {}

  /// Serves requests until the connection ends or asks for a WebSocket.
  asio::awaitable<std::optional<Upgrade>> run();

 private:
  asio::awaitable<bool> wait_for_request();
  asio::awaitable<boost::system::error_code> read(Parser& parser);
  asio::awaitable<Reply> answer(const Message& request, std::string_view target);
  asio::awaitable<bool> write(const Reply& reply, bool keep_alive, bool with_body);

  beast::tcp_stream stream_;
  beast::flat_buffer input_{header_octets_max + body_octets_max};
  Routes& routes_;
};

/// The answer to a request that cannot be read; nothing if the connection is merely gone.
std::optional<Reply> reply_to(const boost::system::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return error_reply(431, "headers_too_large", "The request's header fields exceed 16 KiB. Send fewer.");
  }
  if (error == http::error::body_limit) {
    return error_reply(413, "body_too_large", "The request's body exceeds 64 KiB. Send less.");
  }
  if (error == beast::error::timeout) {
    return error_reply(408, "request_timeout", "The request took too long to arrive. Send it again.");
  }
  const bool is_malformed = error.category() == http::make_error_code(http::error::bad_version).category();
  if (is_malformed && error != http::error::end_of_stream && error != http::error::partial_message) {
    return error_reply(400, "bad_request", "This is not an HTTP/1.1 request.");
  }
  return std::nullopt;
}

/// A page of another site may not open a socket in its visitor's name. Programs that are no browsers send no Origin.
bool is_foreign(const Message& request) {
  const auto origin = request.find(http::field::origin);
  if (origin == request.end()) {
    return false;
  }
  const std::string_view text = view(origin->value());
  const std::size_t scheme = text.find("://");
  return scheme == std::string_view::npos ||
         !beast::iequals(origin->value().substr(scheme + 3), request[http::field::host]);
}

/// Waits for the first octets of the next request.
asio::awaitable<bool> Connection::wait_for_request() {
  if (input_.size() > 0) {
    co_return true;
  }
  stream_.expires_after(idle_timeout);
  const auto [error, count] = co_await stream_.async_read_some(input_.prepare(4096), awaiting);
  input_.commit(count);
  co_return !error;
}

asio::awaitable<boost::system::error_code> Connection::read(Parser& parser) {
  parser.header_limit(header_octets_max);
  parser.body_limit(body_octets_max);
  stream_.expires_after(header_timeout);
  const auto [header_error, header_count] = co_await http::async_read_header(stream_, input_, parser, awaiting);
  if (header_error || parser.is_done()) {
    co_return header_error;
  }
  stream_.expires_after(idle_timeout);
  const auto [error, count] = co_await http::async_read(stream_, input_, parser, awaiting);
  co_return error;
}

/// Writes the answer step by step, each with its own time. False if the connection is broken.
asio::awaitable<bool> Connection::write(const Reply& reply, bool keep_alive, bool with_body) {
  const std::string head = head_of(reply, keep_alive);
  const std::string_view body = with_body && reply.body ? std::string_view(*reply.body) : "";
  std::size_t written = 0;
  while (written < head.size() + body.size()) {
    const std::string_view head_rest = std::string_view(head).substr(std::min(written, head.size()));
    const std::string_view body_rest = body.substr(written - std::min(written, head.size()), step_octets);
    stream_.expires_after(idle_timeout);
    const std::array buffers{asio::buffer(head_rest), asio::buffer(body_rest)};
    const auto [error, count] = co_await stream_.async_write_some(buffers, awaiting);
    if (error) {
      co_return false;
    }
    written += count;
  }
  co_return true;
}

asio::awaitable<Reply> Connection::answer(const Message& request, std::string_view target) {
  if (path_of(target) == realm_path && is_foreign(request)) {
    co_return error_reply(403, "foreign_origin",
                          "Another site's page may not connect. Behind a proxy, let it pass on the Host header.");
  }
  co_return co_await routes_.answer({view(request.method_string()), target, view(request[http::field::if_none_match])});
}

asio::awaitable<std::optional<Upgrade>> Connection::run() {
  bool keep_alive = true;
  while (keep_alive && co_await wait_for_request()) {
    Parser parser;
    if (const auto error = co_await read(parser)) {
      if (const auto reply = reply_to(error)) co_await write(*reply, false, true);
      break;
    }
    const Message& request = parser.get();
    const std::string_view target = view(request.target());
    stream_.expires_never();
    if (path_of(target) == realm_path && beast::websocket::is_upgrade(request) && !is_foreign(request)) {
      co_return Upgrade{stream_.release_socket(), parser.release()};
    }
    const Reply reply = co_await answer(request, target);
    const bool wanted = request.keep_alive();
    const bool written = co_await write(reply, wanted, request.method() != http::verb::head);
    keep_alive = wanted && written;
  }
  boost::system::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  co_return std::nullopt;
}

}  // namespace

asio::awaitable<void> serve_http(asio::ip::tcp::socket socket, Routes& routes, Hub& hub) {
  std::optional<Upgrade> upgrade;
  {
    Connection connection(std::move(socket), routes);
    upgrade = co_await connection.run();
  }
  if (upgrade) co_await serve_websocket(std::move(upgrade->socket), std::move(upgrade->request), hub);
}

}  // namespace skypod::server
