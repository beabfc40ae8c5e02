#include "peer/server_check.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "core/wire/messages.hpp"
#include "native/websocket_client.hpp"

namespace skypod::peer {
namespace {

namespace asio = boost::asio;
using wire::Json;
using wire::TimeMs;

constexpr std::chrono::seconds challenge_max{10};

TimeMs now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

asio::awaitable<void> ask_health(Dialer server, ServerCheck& out) {
  const auto answer = co_await http_get(server, {health_path});
  auto version = judge_health(server.server(), answer);
  if (version) out.version = std::move(*version);
  if (!version) out.problem = std::move(version.error());
}

asio::awaitable<void> ask_certificate(asio::io_context& io, Dialer server, ServerCheck& out) {
  TlsStream stream = server.new_tls_stream(io.get_executor());
  const std::string problem = co_await server.connect(stream);
  if (problem.empty()) out.certificate_days = days_left(stream);
}

/// The first message on a link tells the server's time; what it took to come is split between there and back.
void ask_clock(asio::io_context& io, const Dialer& server, ServerCheck& out) {
  const TimeMs began = now_ms();
  TimeMs opened = began;
  const auto report = [&](const WebSocketEvent& event) {
    if (std::holds_alternative<websocket_event::Opened>(event)) opened = now_ms();
    if (const auto* closed = std::get_if<websocket_event::Closed>(&event)) out.link_problem = closed->why;
    if (const auto* frame = std::get_if<websocket_event::Frame>(&event)) {
      const auto message = wire::parse_text(frame->text);
      const auto challenge = message ? wire::Challenge::read(message->dat) : unexpected(message.error());
      if (challenge) out.clock_ahead_ms = (opened + now_ms()) / 2 - challenge->time_ms;
    }
    if (!std::holds_alternative<websocket_event::Opened>(event)) io.stop();
  };
  WebSocketClient link(io, server, realm_path, report);
  link.open();
  io.run_for(challenge_max);
  if (!out.clock_ahead_ms && out.link_problem.empty()) {
    out.link_problem = server.server().url() + " opens no realm link: it said nothing within 10 seconds; if a proxy " +
                       "stands before it, let that pass WebSocket upgrades of " + realm_path + " on";
  }
}

}  // namespace

Result<std::string, std::string> judge_health(const ServerAddress& server,
                                              const Result<HttpAnswer, std::string>& answer) {
  if (!answer) return unexpected(answer.error());
  const Json body = wire::parse_json(answer->body).value_or(nullptr);
  const bool is_ours = answer->status == 200 && body.is_object() && body.contains("version") &&
                       body["version"].is_string() && body.value("status", Json()) == "ok";
  if (is_ours) return body["version"].get<std::string>();
  return unexpected(server.url() + " is no skypod server: it answered HTTP " + std::to_string(answer->status) + " to " +
                    health_path + "; check the address, and the proxy before it if there is one");
}

ServerCheck check_server(const Dialer& server) {
  ServerCheck found;
  asio::io_context io(1);
  asio::co_spawn(io, ask_health(server, found), asio::detached);
  io.run();
  if (!found.problem.empty()) {
    return found;
  }
  io.restart();
  if (server.server().is_secure) asio::co_spawn(io, ask_certificate(io, server, found), asio::detached);
  io.run();
  io.restart();
  ask_clock(io, server, found);
  return found;
}

}  // namespace skypod::peer
