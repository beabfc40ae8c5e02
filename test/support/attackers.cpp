#include "test/support/attackers.hpp"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <map>
#include <vector>

#include "core/wire/messages.hpp"
#include "test/support/member.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t loud_realm = 25;
constexpr std::size_t loud_octets = 100'000;                 // of one broadcast
constexpr auto loud_pause = std::chrono::milliseconds(100);  // between two of one member: 1 MB/s
constexpr std::size_t deaf_octets = 16'000;

/// A founder and those whom it invited.
std::vector<Entrance> settle(std::uint16_t port, std::vector<P256Key>& keys, const std::string& realm) {
  std::vector<Entrance> members;
  members.push_back(enter(port, keys[0], realm, register_request(keys[0], genesis_of(keys[0], realm))));
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const std::string invitation = invitation_of(keys[0], keys[i], realm, std::to_string(i));
    members.push_back(enter(port, keys[i], realm, exchange_request(keys[i], invitation)));
  }
  return members;
}

std::vector<P256Key> keys_for(std::size_t count) {
  std::vector<P256Key> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(P256Key::generate());
  return keys;
}

}  // namespace

std::string client_frame(std::string_view text) {
  constexpr char final_text = static_cast<char>(0x81);
  constexpr char masked_with_8_octets_of_length = static_cast<char>(0xFF);
  std::string frame{final_text, masked_with_8_octets_of_length};
  for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(text.size() >> shift & 255);
  return frame.append(4, '\0').append(text);
}

void Progress::count(std::size_t more) {
  {
    const std::lock_guard lock(mutex_);
    counted_ += more;
  }
  changed_.notify_all();
}

bool Progress::wait_until(std::size_t least) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 10 * patience, [&] { return counted_ >= least; });
}

bool Progress::rest(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, duration, [this] { return ending_; });
}

void Progress::end() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

struct Deaf::Realm {
  Realm(std::uint16_t to, std::size_t count) : port(to), keys(keys_for(count)), members(settle(port, keys, realm)) {
    for (std::size_t i = 0; i < keys.size(); ++i) places[keys[i].identity()] = i;
  }

  /// One message to all. The server's pong tells that it was taken, a peer-left that somebody was closed.
  void speak(Progress& closed) {
    static const std::string payload(deaf_octets, 'x');
    members[0].socket.send(wire::event(wire::msg::broadcast, {{"payload", payload}}));
    members[0].socket.send(wire::request(wire::msg::ping, 1));
    for (auto heard = members[0].socket.receive(); heard && heard->msg != wire::msg::pong;
         heard = members[0].socket.receive()) {
      if (heard->msg != wire::msg::peer_left) continue;
      const auto left = wire::PeerLeft::read(heard->dat);
      const std::size_t place = left ? places[left->identity] : 0;
      closed.count(1);
      if (place != 0) members[place] = enter(port, keys[place], realm, authn_request());
    }
  }

  std::uint16_t port;
  std::string realm = random_realm();
  std::vector<P256Key> keys;
  std::vector<Entrance> members;
  std::map<std::string, std::size_t> places;
};

Deaf::Deaf(std::uint16_t port, std::size_t count, std::size_t in_realm)
    : port_(port), thread_([this, count, in_realm] { live(count, in_realm); }) {}

Deaf::~Deaf() {
  closed_.end();
  thread_.join();
}

void Deaf::live(std::size_t count, std::size_t in_realm) {
  std::vector<Realm> realms;
  for (std::size_t begun = 0; begun < count; begun += in_realm) {
    realms.emplace_back(port_, in_realm + 1);
  }
  while (closed_.rest(std::chrono::milliseconds(10))) {
    for (Realm& realm : realms) realm.speak(closed_);
  }
}

namespace {

/// A member that sends and reads without waiting.
struct LoudMember {
  int socket = -1;
  std::size_t written = 0;
  Clock::time_point next;

  void act(const std::string& frame, Clock::time_point now, Progress& said) {
    static std::array<char, 256 * 1024> heard;
    for (ssize_t count = 1; count > 0;) count = recv(socket, heard.data(), heard.size(), MSG_DONTWAIT);
    if (written == 0 && now < next) return;
    const ssize_t count = ::send(socket, frame.data() + written, frame.size() - written, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
      said.count(static_cast<std::size_t>(count));
    }
    if (written < frame.size()) return;
    written = 0;
    next = now + loud_pause;
  }
};

}  // namespace

Loud::Loud(std::uint16_t port, std::size_t count) : port_(port), thread_([this, count] { live(count); }) {}

Loud::~Loud() {
  said_.end();
  thread_.join();
}

void Loud::live(std::size_t count) {
  const std::string frame =
      client_frame(wire::to_text(wire::event(wire::msg::broadcast, {{"payload", std::string(loud_octets, 'x')}})));
  std::vector<Entrance> entrances;
  std::vector<LoudMember> members;
  while (entrances.size() < count) {
    auto keys = keys_for(loud_realm);
    for (Entrance& entrance : settle(port_, keys, random_realm())) entrances.push_back(std::move(entrance));
  }
  for (Entrance& entrance : entrances)
    members.push_back({.socket = entrance.socket.descriptor(), .next = Clock::now()});
  while (said_.rest(std::chrono::milliseconds(1))) {
    for (LoudMember& member : members) member.act(frame, Clock::now(), said_);
  }
}

}  // namespace skypod::test
