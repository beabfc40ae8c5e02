#include "server/door.hpp"

#include <utility>

#include "base/base64url.hpp"
#include "native/jose.hpp"

namespace skypod::server {
namespace {

constexpr std::size_t nonce_octets = 24;

}  // namespace

void Door::open(Arrival arrival) {
  const signal::SocketId socket = ++last_socket_;
  auto stranger = std::make_shared<WebSocket>(WebSocket::Role::stranger, std::move(arrival.stream), front_, *this);
  strangers_.emplace(socket, stranger);
  tell_hub([opened = signal::Opened{socket, std::move(arrival.household),
                                    base64url_encode(random_octets(nonce_octets))}](Hub& hub) { hub.opened(opened); });
  stranger->start(socket, std::move(arrival.handshake), std::move(arrival.input));
}

void Door::frame(signal::SocketId socket, std::string_view text) {
  tell_hub([socket, text = std::string(text)](Hub& hub) { hub.frame(socket, text); });
}

void Door::too_large(signal::SocketId socket) {
  tell_hub([socket](Hub& hub) { hub.too_large(socket); });
}

void Door::closed(signal::SocketId socket) {
  if (strangers_.erase(socket) > 0) tell_hub([socket](Hub& hub) { hub.closed(socket); });
}

void Door::send(signal::SocketId socket, std::shared_ptr<const std::string> frame) {
  front_.post([this, socket, frame = std::move(frame)]() mutable {
    const auto stranger = strangers_.find(socket);
    if (stranger != strangers_.end()) stranger->second->send(std::move(frame), Haste::soon);
  });
}

void Door::close(signal::SocketId socket, std::uint16_t code, std::string reason) {
  front_.post([this, socket, code, reason = std::move(reason)]() mutable {
    const auto stranger = strangers_.extract(socket);
    if (!stranger.empty()) stranger.mapped()->close(code, std::move(reason));
  });
}

void Door::call_in(signal::SocketId socket) {
  front_.post([this, socket] {
    const auto stranger = strangers_.extract(socket);
    if (stranger.empty()) return;
    if (auto passage = stranger.mapped()->pass_on()) {
      tell_hub([socket, passage = std::move(*passage)](Hub& hub) mutable { hub.arrived(socket, std::move(passage)); });
    }
  });
}

}  // namespace skypod::server
