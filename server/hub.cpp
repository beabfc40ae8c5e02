#include "server/hub.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace skypod::server {
namespace {

constexpr std::uint16_t close_going_away = 1001;  // RFC 6455 section 7.4.1
constexpr std::size_t few = 8;                    // outputs that are carried out at once
constexpr std::size_t large_octets = 8 * 1024;    // of a frame

wire::TimeMs steady_clock() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count();
}

}  // namespace

wire::TimeMs wall_clock() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

Hub::Hub(Loop& loop, Outside& outside, Registry registry, signal::Options options)
    : loop_(loop),
      outside_(outside),
      timer_(loop.io),
      server_(verifier_, std::move(options)),
      store_(std::move(registry), [this](std::vector<signal::Stored> answers) {
        boost::asio::post(loop_.io, [this, answers = std::move(answers)] {
          for (const signal::Stored& answer : answers) handle(answer);
        });
      }) {}

void Hub::opened(const signal::Opened& socket) {
  places_.emplace(socket.socket, Place{});
  handle(socket);
}

void Hub::frame(signal::SocketId socket, std::string_view text) {
  const std::size_t octets = handle(signal::Frame{socket, text});
  const auto place = places_.find(socket);
  if (place != places_.end() && place->second.link != nullptr) place->second.link->charge(octets);
}

void Hub::too_large(signal::SocketId socket) {
  handle(signal::TooLarge{socket});
}

void Hub::closed(signal::SocketId socket) {
  if (places_.erase(socket) > 0) handle(signal::Closed{socket});
}

void Hub::arrived(signal::SocketId socket, Passage passage) {
  const auto place = places_.find(socket);
  if (place == places_.end() || !place->second.kept) {
    return;
  }
  using boost::asio::ip::tcp;
  tcp::socket connection(loop_.io);
  boost::system::error_code error;
  connection.assign(tcp::v6(), std::exchange(passage.parts.descriptor, -1), error);  // either version: it is connected
  if (error) return closed(socket);
  auto stream = std::make_unique<Stream>(std::move(connection), std::move(passage.parts.tls));
  const auto member = std::make_shared<WebSocket>(WebSocket::Role::member, std::move(stream), loop_, *this);
  place->second.link = member.get();
  const auto kept = std::exchange(place->second.kept, nullptr);
  member->start(socket, std::move(passage));
  for (signal::Output& output : *kept) {
    std::visit([this](auto& one) { carry_out(one, Haste::soon); }, output);
  }
}

void Hub::shut_down() {
  timer_.cancel();
  for (auto& [socket, place] : std::exchange(places_, {})) {
    const std::string reason = "the server stops; connect again later";
    place.link != nullptr ? place.link->close(close_going_away, reason)
                          : outside_.close(socket, close_going_away, reason);
  }
}

/// Gives how many octets are sent because of it.
std::size_t Hub::handle(const signal::Input& input) {
  server_.handle(input, {steady_clock(), wall_clock()});
  sockets_ = server_.sockets();
  realms_ = server_.realms();
  auto outputs = server_.drain();
  const Haste haste = outputs.size() > few ? Haste::later : Haste::soon;
  std::size_t octets = 0;
  for (signal::Output& output : outputs) {
    if (const auto* sent = std::get_if<signal::Send>(&output)) octets += sent->frame->size();
    std::visit([this, haste](auto& one) { carry_out(one, haste); }, output);
  }
  set_timer();
  return octets;
}

void Hub::carry_out(signal::Send& output, Haste haste) {
  const auto found = places_.find(output.socket);
  if (found == places_.end()) {
    return;
  }
  Place& place = found->second;
  if (place.link != nullptr) {
    const bool is_large = haste == Haste::later && output.frame->size() > large_octets;
    return place.link->send(std::move(output.frame), is_large ? Haste::last : haste);
  }
  if (!place.kept && server_.is_member(output.socket)) {
    place.kept = std::make_unique<std::vector<signal::Output>>();
    outside_.call_in(output.socket);
  }
  if (place.kept) {
    place.kept->emplace_back(std::move(output));
  } else {
    outside_.send(output.socket, std::move(output.frame));
  }
}

void Hub::carry_out(signal::Close& output, Haste) {
  const auto found = places_.find(output.socket);
  if (found == places_.end()) {
    return;
  }
  Place& place = found->second;
  if (place.kept) {
    place.kept->emplace_back(std::move(output));
    return;
  }
  place.link != nullptr ? place.link->close(output.code, std::move(output.reason))
                        : outside_.close(output.socket, output.code, std::move(output.reason));
  places_.erase(found);
}

void Hub::carry_out(signal::Store& output, Haste) {
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
    loop_.lanes.later([this] {
      timer_ms_ = 0;
      handle(signal::Tick{});
    });
  });
}

}  // namespace skypod::server
