#include "server/http.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "server/frames.hpp"
#include "server/household.hpp"
#include "server/target.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Message = http::request<http::string_body>;
using Parser = http::request_parser<http::string_body>;

constexpr auto idle_timeout = std::chrono::seconds(30);    // between requests, for a body, for every step of an answer
constexpr auto header_timeout = std::chrono::seconds(10);  // from opening or a request's first octet to the empty line
constexpr std::size_t header_octets_max = 16 * 1024;
constexpr auto refusal_timeout = std::chrono::seconds(5);  // for a client that goes on sending what was refused
constexpr std::size_t refused_octets_max = 2U << 20U;      // of it that are passed over
constexpr std::size_t step_octets = 64 * 1024;             // of an answer that are written under one timeout

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// What is to be written, one after the other.
struct Outgoing {
  std::string_view head;
  std::string_view body;
  Pages::File file = nullptr;  // with the same octets as the body, if there is one

  std::size_t size() const { return head.size() + body.size(); }
};

/// One connection while it speaks HTTP.
class Connection final : public Lobby::Guest {
 public:
  Connection(std::unique_ptr<Stream> stream, const Shared& shared) : stream_(std::move(stream)), shared_(shared) {}

  /// Serves requests until the connection ends or becomes a WebSocket.
  asio::awaitable<void> run();

  void dismiss(Lobby::Why why) override;

 private:
  using Refusal = std::optional<Reply>;  // nothing: the connection just ends

  asio::awaitable<bool> fill();
  Stream::State take_in();
  asio::awaitable<Result<void, Refusal>> read(Parser& parser);
  Refusal why_ended(bool begun) const;
  void refuse(const Reply& reply);
  asio::awaitable<void> pass_over();
  asio::awaitable<Reply> answer(const Message& request, std::string_view target);
  asio::awaitable<bool> serve(const Message& request);
  asio::awaitable<bool> write(Outgoing outgoing);
  Stream::Moved write_at(const Outgoing& outgoing, std::size_t place);
  asio::awaitable<bool> pass_on(const Reply& reply);
  bool upgrade(const Message& request);
  void wait(std::chrono::seconds duration) { wait_in(shared_.loop.lobby, std::chrono::steady_clock::now() + duration); }

  std::unique_ptr<Stream> stream_;
  const Shared& shared_;
  std::string input_;  // octets that no request has taken yet
  std::optional<Lobby::Why> dismissed_;
};

Reply malformed(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    return error_reply(431, "headers_too_large", "The request's header fields exceed 16 KiB. Send fewer.");
  }
  if (error == http::error::body_limit) {
    return error_reply(413, "body_too_large", "The request's body exceeds what is taken here. Send less.");
  }
  return error_reply(400, "bad_request", "This is not an HTTP/1.1 request.");
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

/// The answer that makes the connection a WebSocket (RFC 6455 section 4.2.2); nothing if that is not asked for, or not
/// in the one version there is.
std::optional<std::string> handshake_of(const Message& request) {
  const bool is_asked = path_of(origin_form(view(request.target()))) == realm_path &&
                        beast::websocket::is_upgrade(request) && request[http::field::sec_websocket_version] == "13" &&
                        !is_foreign(request);
  const auto accept = is_asked ? accept_of(view(request[http::field::sec_websocket_key])) : std::nullopt;
  if (!accept) {
    return std::nullopt;
  }
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         *accept + "\r\n\r\n";
}

void Connection::dismiss(Lobby::Why why) {
  dismissed_ = why;
  stream_->cancel();
}

/// Reads what is there, in this connection's turn.
Stream::State Connection::take_in() {
  const auto moved = stream_->read(std::span(shared_.loop.scratch).first(4096));
  input_.append(shared_.loop.scratch.data(), moved.octets);
  return moved.state;
}

/// Waits for more octets; false if there will be none.
asio::awaitable<bool> Connection::fill() {
  for (bool goes_on = true;;) {
    co_await shared_.loop.lanes.turn();
    if (!goes_on || dismissed_) co_return false;
    const Stream::State state = take_in();
    if (state == Stream::State::done) co_return true;
    if (state == Stream::State::ended) co_return false;
    goes_on = co_await stream_->wait(state);
  }
}

/// What to say when no more octets come. Silence is answered with silence.
Connection::Refusal Connection::why_ended(bool begun) const {
  if (dismissed_ == Lobby::Why::crowded) {
    return error_reply(503, "busy", "Too many connections wait to be served. Try again in a few seconds.");
  }
  if (dismissed_ && begun) {
    return error_reply(408, "request_timeout", "The request took too long to arrive. Send it again.");
  }
  return std::nullopt;
}

/// Reads a request into the parser.
asio::awaitable<Result<void, Connection::Refusal>> Connection::read(Parser& parser) {
  parser.header_limit(header_octets_max);
  parser.body_limit(Routes::any_body_octets_max);
  bool begun = false;
  bool needs_more = input_.empty();
  while (!parser.is_done()) {
    const bool goes_on = !needs_more || co_await fill();
    if (!goes_on) co_return unexpected(why_ended(begun));
    if (!std::exchange(begun, true)) wait(header_timeout);
    const bool had_header = parser.is_header_done();
    boost::system::error_code error;
    input_.erase(0, parser.put(asio::buffer(input_), error));
    needs_more = error == http::error::need_more || input_.empty();
    if (error && error != http::error::need_more) co_return unexpected(malformed(error));
    if (had_header || !parser.is_header_done()) continue;
    const std::size_t body_max = shared_.routes.body_octets_max(origin_form(view(parser.get().target())));
    if (parser.content_length().value_or(0) > body_max) co_return unexpected(malformed(http::error::body_limit));
    if (parser.get().version() >= 11 && parser.get().count(http::field::host) != 1) {  // RFC 9112 section 3.2
      co_return unexpected(error_reply(400, "bad_host", "Each request must name its host in one Host field."));
    }
    parser.body_limit(body_max);
    parser.eager(true);
    wait(idle_timeout);
  }
  leave();
  co_return Result<void, Refusal>();
}

/// Says it as far as it can be said at once.
void Connection::refuse(const Reply& reply) {
  const std::string octets = head_of(reply, false) + *reply.body;
  stream_->write(std::array{asio::const_buffer(octets.data(), octets.size())});
}

/// Passes over what still comes, for else the client would lose the refusal (RFC 9112 section 9.6).
asio::awaitable<void> Connection::pass_over() {
  stream_->shut_down();
  wait(refusal_timeout);
  std::size_t octets = input_.size();
  while (octets < refused_octets_max) {
    input_.clear();
    const bool goes_on = co_await fill();
    if (!goes_on) break;
    octets += input_.size();
  }
  leave();
}

/// Writes what goes now, from this place on.
Stream::Moved Connection::write_at(const Outgoing& outgoing, std::size_t place) {
  const std::size_t in_body = place - std::min(place, outgoing.head.size());
  const std::string_view head = outgoing.head.substr(std::min(place, outgoing.head.size()));
  const std::string_view body = outgoing.body.substr(in_body, step_octets);
  const asio::const_buffer head_octets(head.data(), head.size());
  if (!outgoing.file) return stream_->write(std::array{head_octets, asio::const_buffer(body.data(), body.size())});
  if (!head.empty()) return stream_->write(std::array{head_octets}, true);
  return stream_->send(*outgoing.file, in_body, body.size());
}

/// Writes step by step, each with its own time. False if the connection is broken.
asio::awaitable<bool> Connection::write(Outgoing outgoing) {
  std::size_t step_end = 0;
  for (std::size_t written = 0; written < outgoing.size();) {
    if (written >= step_end) {
      wait(idle_timeout);
      step_end = written + step_octets;
    }
    const Stream::Moved moved = write_at(outgoing, written);
    written += moved.octets;
    if (moved.state == Stream::State::ended || dismissed_) co_return false;
    if (moved.state != Stream::State::done && !co_await stream_->wait(moved.state)) co_return false;
  }
  leave();
  co_return true;
}

/// What stands before a chunk of so many octets (RFC 9112 section 7.1).
std::string chunk_head(std::size_t octets) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), octets, 16).ptr;
  return std::string(digits.begin(), end) + "\r\n";
}

/// Writes a body as it comes. False if it ends before its end.
asio::awaitable<bool> Connection::pass_on(const Reply& reply) {
  for (;;) {
    const std::optional<std::string> piece = co_await reply.flow->next();
    if (!piece) co_return false;
    const std::string begin = reply.is_chunked ? chunk_head(piece->size()) : "";
    const std::string_view end = reply.is_chunked ? "\r\n" : "";
    const bool is_written = co_await write({begin, *piece}) && co_await write({end, ""});
    if (!is_written || piece->empty()) co_return is_written;
  }
}

asio::awaitable<Reply> Connection::answer(const Message& request, std::string_view target) {
  if (path_of(target) == realm_path && is_foreign(request)) {
    co_return error_reply(403, "foreign_origin",
                          "Another site's page may not connect. Behind a proxy, let it pass on the Host header.");
  }
  Request asked{view(request.method_string()),
                target,
                view(request[http::field::if_none_match]),
                view(request[http::field::accept_encoding]),
                {},
                request.body()};
  const bool wants_all = path_of(target).starts_with("/api/");
  for (const auto& one : request) {
    if (!wants_all && one.name() != http::field::authorization) continue;
    asked.fields.emplace_back(view(one.name_string()), view(one.value()));
  }
  co_return co_await shared_.routes.answer(std::move(asked));
}

/// Answers a request; false if the connection is to be closed.
asio::awaitable<bool> Connection::serve(const Message& request) {
  Reply reply = co_await answer(request, origin_form(view(request.target())));
  reply.is_chunked = reply.flow && !reply.content_length && request.version() >= 11;
  const bool ends_itself = !reply.flow || reply.content_length || reply.is_chunked;
  const bool keep_alive = request.keep_alive() && ends_itself;
  const bool with_body = request.method() != http::verb::head;
  const std::string head = head_of(reply, keep_alive);
  Outgoing outgoing{head, ""};
  if (with_body && reply.body) {
    outgoing.body = *reply.body;
    if (stream_->sends_files()) outgoing.file = shared_.pages.of(reply.body);
  }
  bool written = co_await write(std::move(outgoing));
  if (written && with_body && reply.flow) written = co_await pass_on(reply);
  co_return written&& keep_alive;
}

/// Hands the connection over if the request asks for a WebSocket.
bool Connection::upgrade(const Message& request) {
  auto handshake = handshake_of(request);
  if (!handshake) {
    return false;
  }
  boost::system::error_code ignored;
  const std::string remote = stream_->socket().remote_endpoint(ignored).address().to_string();
  shared_.door.open({.stream = std::move(stream_),
                     .handshake = std::move(*handshake),
                     .household = household_of(remote, view(request["X-Forwarded-For"])),
                     .input = std::move(input_)});
  return true;
}

asio::awaitable<void> Connection::run() {
  wait(header_timeout);
  bool keep_alive = true;
  while (keep_alive) {
    Parser parser;
    const auto request = co_await read(parser);
    if (!request) {
      if (!request.error()) break;
      refuse(*request.error());
      if (!dismissed_) co_await pass_over();
      break;
    }
    if (upgrade(parser.get())) co_return;
    keep_alive = co_await serve(parser.get());
    if (keep_alive) wait(idle_timeout);
  }
  stream_->shut_down();
}

}  // namespace

asio::awaitable<void> serve_http(std::unique_ptr<Stream> stream, const Shared& shared) {
  Connection connection(std::move(stream), shared);
  co_await connection.run();
}

}  // namespace skypod::server
