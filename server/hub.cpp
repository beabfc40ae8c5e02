#include "server/hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "base/base64url.hpp"

namespace skypod::server {
namespace {

constexpr std::size_t nonce_octets = 24;
constexpr std::uint16_t close_going_away = 1001;  // RFC 6455 section 7.4.1

wire::TimeMs steady_clock() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
}

}  // namespace

wire::TimeMs wall_clock() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

Hub::Hub(boost::asio::io_context& io, Lanes& lanes, Registry registry, signal::Options options)
    : io_(io),
      lanes_(lanes),
      timer_(io),
      server_(verifier_, std::move(options)),
      store_(std::move(registry), [this](std::vector<signal::Stored> answers) {
        boost::asio::post(io_, [this, answers = std::move(answers)] {
          for (const signal::Stored& answer : answers) handle(answer);
        });
      }) {}

signal::SocketId Hub::open(Link& link, std::string household) {
  const signal::SocketId socket = ++last_socket_;
  links_.emplace(socket, &link);
  handle(signal::Opened{socket, std::move(household), base64url_encode(random_octets(nonce_octets))});
  return socket;
}

void Hub::frame(signal::SocketId socket, std::string_view text) {
  handle(signal::Frame{socket, text});
}

void Hub::too_large(signal::SocketId socket) {
  handle(signal::TooLarge{socket});
}

void Hub::closed(signal::SocketId socket) {
  if (links_.erase(socket) > 0) handle(signal::Closed{socket});
}

void Hub::shut_down() {
  timer_.cancel();
  for (const auto& [socket, link] : std::exchange(links_, {})) {
    link->close(close_going_away, "the server stops; connect again later");
  }
}

void Hub::handle(const signal::Input& input) {
  server_.handle(input, {steady_clock(), wall_clock()});
  for (signal::Output& output : server_.drain()) {
    std::visit([this](auto& one) { carry_out(one); }, output);
  }
  set_timer();
}

void Hub::carry_out(signal::Send& output) {
  const auto link = links_.find(output.socket);
  if (link != links_.end()) link->second->send(std::move(output.frame));
}

void Hub::carry_out(signal::Close& output) {
  const auto node = links_.extract(output.socket);
  if (!node.empty()) node.mapped()->close(output.code, std::move(output.reason));
}

void Hub::carry_out(signal::Store& output) {
  store_.submit(std::move(output));
}

/// Rings at the next deadline; leaves the timer alone if it rings at or before that already.
void Hub::set_timer() {
  const auto deadline = server_.next_deadline();
  if (!deadline || (timer_ms_ != 0 && timer_ms_ <= *deadline)) {
    return;
  }
  timer_ms_ = *deadline;
  timer_.expires_after(std::chrono::milliseconds(std::max<wire::TimeMs>(0, *deadline - steady_clock())));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    lanes_.later([this] {
      timer_ms_ = 0;
      handle(signal::Tick{});
    });
  });
}

}  // namespace skypod::server
