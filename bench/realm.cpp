// What the realm server carries a second of its processor time: deliveries of broadcasts, and authentications. Prints a
// line of JSON.
//
//   bench_realm fanout skypod|plain PORT PROCESS IN_FLIGHT SECONDS   a server, or one that only passes frames on to the
//                                                                    other 63 of a room, in the order of connecting
//   bench_realm floor                           such a server that does the least that it can
//   bench_realm authn PORT PROCESS SECONDS      whole authentications, beside mere verifying of ES256
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/work.hpp"
#include "core/wire/messages.hpp"
#include "native/descriptor.hpp"
#include "test/support/crowd.hpp"
#include "test/support/member.hpp"
#include "test/support/raw_websocket.hpp"

namespace skypod::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t rooms = 16;
constexpr std::size_t members = wire::limit::members_max;
constexpr std::size_t authn_at_once = 32;

/// Seconds of processor time that a process has taken (proc_pid_stat(5)).
double worked_by(const std::string& process) {
  std::ifstream file("/proc/" + process + "/stat");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  text.erase(0, text.rfind(')') + 2);
  unsigned long user = 0;
  unsigned long kernel = 0;
  std::sscanf(text.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
  return static_cast<double>(user + kernel) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Counts the text frames in a stream of octets, whatever pieces it comes in.
class FrameCounter {
 public:
  std::size_t take(const char* octets, std::size_t size) {
    std::size_t frames = 0;
    for (std::size_t at = 0; at < size;) {
      const std::size_t skipped = std::min(left_, size - at);
      left_ -= skipped;
      at += skipped;
      while (left_ == 0 && at < size && !is_head_whole()) head_[got_++] = static_cast<unsigned char>(octets[at++]);
      if (left_ > 0 || !is_head_whole()) continue;
      frames += (head_[0] & 15) == 1 ? 1 : 0;
      left_ = head_[1] == 126 ? std::size_t{head_[2]} << 8 | head_[3] : head_[1];
      got_ = 0;
    }
    return frames;
  }

 private:
  bool is_head_whole() const { return got_ >= 2 && got_ == (head_[1] == 126 ? 4U : 2U); }

  std::array<unsigned char, 4> head_{};
  std::size_t got_ = 0;
  std::size_t left_ = 0;  // of the frame whose head was read
};

/// All connections, and what each room has heard.
class Audience {
 public:
  explicit Audience(const std::vector<int>& sockets)
      : epoll_(epoll_create1(EPOLL_CLOEXEC)), sockets_(sockets), counters_(sockets.size()) {
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, sockets[i], &event);
    }
  }

  /// Frames that a room has heard since the start.
  std::size_t heard(std::size_t room) const { return heard_[room]; }

  /// Reads what is there; throws if that takes too long, or a connection has ended.
  void listen() {
    std::array<epoll_event, 256> events;
    const int ready = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 10'000);
    if (ready <= 0) throw std::runtime_error("nothing was heard for ten seconds");
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(ready))) {
      const std::size_t i = event.data.u64;
      const ssize_t count = recv(sockets_[i], buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (count <= 0) throw std::runtime_error("a connection has ended");
      heard_[i / members] += counters_[i].take(buffer_.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  Descriptor epoll_;
  std::vector<int> sockets_;
  std::vector<FrameCounter> counters_;
  std::array<std::size_t, rooms> heard_{};
  std::array<char, 256 * 1024> buffer_;
};

/// One after the other, what the server says to a member and what is said to it.
class Talk {
 public:
  explicit Talk(RawWebSocket& socket) : socket_(socket) {}

  void say(std::string_view text) { socket_.send(raw_frame(0x81, text)); }

  /// The next message of that name, passing over others.
  wire::Json hear(std::string_view msg) {
    while (const auto frame = socket_.receive()) {
      const auto message = wire::parse_text(frame->payload);
      if (message && message->msg == msg) return message->dat;
    }
    throw std::runtime_error("the server did not say " + std::string(msg));
  }

  /// Answers the challenge.
  void enter(const P256Key& key, const std::string& realm, const wire::Envelope& request) {
    const std::string nonce = hear(wire::msg::challenge)["nonce"].get<std::string>();
    say(sign(key, claims_of(key, realm, request, nonce)));
    hear(wire::msg::authn);
  }

 private:
  RawWebSocket& socket_;
};

using Sockets = std::vector<std::unique_ptr<RawWebSocket>>;

/// The members of all rooms, the one after the other, each let in.
Sockets connect(std::uint16_t port, bool is_skypod) {
  Sockets sockets;
  for (std::size_t room = 0; room < rooms; ++room) {
    const std::string realm = random_realm();
    const P256Key founder = P256Key::generate();
    for (std::size_t i = 0; i < members; ++i) {
      sockets.push_back(std::make_unique<RawWebSocket>(port));
      if (!is_skypod) continue;
      Talk talk(*sockets.back());
      const P256Key key = P256Key::generate();
      const auto invitation = [&] { return invitation_of(founder, key, realm, std::to_string(i)); };
      if (i == 0) {
        talk.enter(founder, realm, register_request(founder, genesis_of(founder, realm)));
      } else {
        talk.enter(key, realm, exchange_request(key, invitation()));
      }
    }
  }
  for (const auto& socket : sockets) {  // what was said to it before is over when this is answered
    if (!is_skypod) break;
    Talk talk(*socket);
    talk.say(wire::to_text(wire::request(wire::msg::ping, 1)));
    talk.hear(wire::msg::pong);
  }
  return sockets;
}

std::vector<int> descriptors(const Sockets& sockets) {
  std::vector<int> list;
  for (const auto& socket : sockets) list.push_back(socket->descriptor());
  return list;
}

/// What a member says, and what the others hear of it, which `plain` servers pass on as it is.
enum class Speech { skypod, plain };

const std::string payload(120, 'x');

wire::Json told() {
  return wire::Delivered{payload, std::string(43, 'i')}.write();
}

std::string broadcast_frame(Speech speech) {
  const wire::Json said = speech == Speech::skypod ? wire::Broadcast{payload, {}, true}.write() : told();
  return raw_frame(0x81, wire::to_text(wire::event(wire::msg::broadcast, said)));
}

std::string told_frame() {
  return raw_frame(0x81, wire::to_text(wire::event(wire::msg::broadcast, told())), false);
}

/// So many messages in each room, each by another member; the next when all have heard them. Gives the deliveries.
template <class Say>
std::size_t fan_out(Audience& audience, std::size_t in_flight, double seconds, const Say& say) {
  std::array<std::size_t, rooms> expected{};
  std::size_t turn = 0;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  const auto go_on = [&](std::size_t room) {
    say(room, turn += in_flight);
    expected[room] += in_flight * (members - 1);
  };
  for (std::size_t room = 0; room < rooms; ++room) go_on(room);
  while (Clock::now() < end) {
    audience.listen();
    for (std::size_t room = 0; room < rooms; ++room) {
      if (audience.heard(room) == expected[room]) go_on(room);
    }
  }
  std::size_t deliveries = 0;
  for (std::size_t room = 0; room < rooms; ++room) {
    while (audience.heard(room) < expected[room]) audience.listen();
    deliveries += audience.heard(room);
  }
  return deliveries;
}

void print_rate(std::size_t count, double seconds) {
  std::printf("{\"count\":%zu,\"seconds\":%.2f,\"rate\":%.0f}\n", count, seconds, static_cast<double>(count) / seconds);
}

void bench_fanout(std::uint16_t port, const std::string& process, Speech speech, std::size_t in_flight,
                  double seconds) {
  const Sockets sockets = connect(port, speech == Speech::skypod);
  Audience audience(descriptors(sockets));
  const std::string frame = broadcast_frame(speech);
  const auto say = [&](std::size_t room, std::size_t turn) {
    for (std::size_t i = 0; i < in_flight; ++i) sockets[room * members + (turn + i) % members]->send(frame);
  };
  const double before = worked_by(process);
  const std::size_t deliveries = fan_out(audience, in_flight, seconds, say);
  print_rate(deliveries, worked_by(process) - before);
}

/// The least that a server can do: whatever arrives of a member, the others of its room get as many frames, those of
/// all that arrived together in one send(). Knows the members by the order of their connecting; prints its port.
void serve_floor() {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.get(), any, size) != 0 || listen(listener.get(), 16) != 0 ||
      getsockname(listener.get(), any, &size) != 0) {
    throw std::runtime_error("cannot listen");
  }
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  const std::string asked = broadcast_frame(Speech::plain);
  const std::string told = told_frame();
  const Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  std::vector<int> sockets;
  std::array<char, 64 * 1024> buffer;
  const std::string_view upgraded = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  while (sockets.size() < rooms * members) {
    const int socket = accept(listener.get(), nullptr, nullptr);
    constexpr int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (recv(socket, buffer.data(), buffer.size(), 0) <= 0) return;  // the request, which is small, as a whole
    ::send(socket, upgraded.data(), upgraded.size(), 0);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = sockets.size()}};
    epoll_ctl(epoll.get(), EPOLL_CTL_ADD, socket, &event);
    sockets.push_back(socket);
  }
  std::array<epoll_event, 2'048> events;
  for (;;) {
    const int ready = epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    std::array<std::size_t, rooms> frames{};
    std::array<std::size_t, rooms * members> own{};
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(std::max(ready, 0)))) {
      const std::size_t i = event.data.u64;
      const ssize_t count = recv(sockets[i], buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      own[i] = static_cast<std::size_t>(count) / asked.size();
      frames[i / members] += own[i];
    }
    std::string all;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const std::size_t count = frames[i / members] - own[i];
      while (all.size() < count * told.size()) all += told;
      if (count > 0) ::send(sockets[i], all.data(), count * told.size(), MSG_NOSIGNAL);
    }
  }
}

/// Verifications a second of a signature, with a key that is at hand.
double verifications(double seconds) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const std::string text(600, 'x');
  const auto* const octets = reinterpret_cast<const unsigned char*>(text.data());
  std::array<unsigned char, 128> signature;
  std::size_t size = signature.size();
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  EVP_DigestSign(context.get(), signature.data(), &size, octets, text.size());
  std::size_t count = 0;
  const double begin = bench::worked();
  while (bench::worked() < begin + seconds) {
    EVP_MD_CTX_reset(context.get());
    EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
    if (EVP_DigestVerify(context.get(), signature.data(), size, octets, text.size()) != 1) {
      throw std::runtime_error("a good signature was refused");
    }
    ++count;
  }
  return static_cast<double>(count) / (bench::worked() - begin);
}

/// A realm of two devices: one stays, so that the realm is in the server's memory, and the other comes again and again.
struct Pair {
  std::string realm = random_realm();
  P256Key stays = P256Key::generate();
  P256Key comes = P256Key::generate();
  std::unique_ptr<RawWebSocket> open;

  explicit Pair(std::uint16_t port) : open(std::make_unique<RawWebSocket>(port)) {
    Talk(*open).enter(stays, realm, register_request(stays, genesis_of(stays, realm)));
    RawWebSocket first(port);
    Talk(first).enter(comes, realm, exchange_request(comes, invitation_of(stays, comes, realm, "1")));
  }
};

/// Devices of many realms come at once, each to go when all are let in.
std::size_t enter_all(std::uint16_t port, const std::vector<Pair>& pairs) {
  Sockets sockets;
  for (std::size_t i = 0; i < pairs.size(); ++i) sockets.push_back(std::make_unique<RawWebSocket>(port));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string nonce = Talk(*sockets[i]).hear(wire::msg::challenge)["nonce"].get<std::string>();
    Talk(*sockets[i]).say(sign(pairs[i].comes, claims_of(pairs[i].comes, pairs[i].realm, authn_request(), nonce)));
  }
  for (const auto& socket : sockets) Talk(*socket).hear(wire::msg::authn);
  return sockets.size();
}

void bench_authn(std::uint16_t port, const std::string& process, double seconds) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < authn_at_once; ++i) pairs.emplace_back(port);
  std::size_t count = 0;
  const double before = worked_by(process);
  for (const auto end = Clock::now() + std::chrono::duration<double>(seconds); Clock::now() < end;) {
    count += enter_all(port, pairs);
  }
  const double worked = worked_by(process) - before;
  const double floor = verifications(1);
  std::printf("{\"count\":%zu,\"seconds\":%.2f,\"rate\":%.0f,\"floor\":%.0f}\n", count, worked,
              static_cast<double>(count) / worked, floor);
}

int run(const std::vector<std::string>& words) {
  raise_open_files();
  const auto port = [&](std::size_t at) { return static_cast<std::uint16_t>(std::stoi(words[at])); };
  if (words.size() == 6 && words[0] == "fanout") {
    bench_fanout(port(2), words[3], words[1] == "skypod" ? Speech::skypod : Speech::plain, std::stoul(words[4]),
                 std::stod(words[5]));
  } else if (words.size() == 1 && words[0] == "floor") {
    serve_floor();
  } else if (words.size() == 4 && words[0] == "authn") {
    bench_authn(port(1), words[2], std::stod(words[3]));
  } else {
    std::fprintf(stderr, "usage: node bench/realm.mjs; see bench/realm.cpp\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace skypod::test

int main(int count, char** words) {
  try {
    return skypod::test::run({words + 1, words + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_realm: %s\n", error.what());
    return 1;
  }
}
