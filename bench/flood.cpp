// What floods do to bystanders: `bench_flood PROGRAM [SECONDS]`, where PROGRAM is a skypod. For each flood, the latency
// of a quiet realm is measured before, during and after it, in the same run, and beside it what the server's memory
// came to. The attackers' thread gives way to all others, as if they had machines of their own; what is measured is
// what they make the server do.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "core/wire/messages.hpp"
#include "test/support/crowd.hpp"
#include "test/support/directory.hpp"
#include "test/support/http.hpp"
#include "test/support/quiet_realm.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr auto pace = std::chrono::milliseconds(2);  // between two measurements
constexpr int reconnect_every = 25;                  // measurements
constexpr std::size_t deaf_members = 8;
constexpr auto deaf_pause = std::chrono::milliseconds(10);  // between two messages to one of them

/// Latencies of one kind.
class Latencies {
 public:
  /// Counts how long it took; false results count as failures.
  void measure(const std::function<bool()>& task) {
    const auto start = Clock::now();
    const bool done = task();
    done ? samples_.push_back(Microseconds(Clock::now() - start).count()) : void(++failures_);
  }

  double at(double quantile) {
    if (samples_.empty()) return 0;
    std::ranges::sort(samples_);
    return samples_[static_cast<std::size_t>(quantile * static_cast<double>(samples_.size() - 1))];
  }

  std::size_t failures() const { return failures_; }

 private:
  std::vector<double> samples_;
  std::size_t failures_ = 0;
};

/// What the bystanders see.
struct View {
  Latencies ping;
  Latencies signal;
  Latencies connect;

  void watch(QuietRealm& realm, std::chrono::seconds duration) {
    const auto end = Clock::now() + duration;
    int count = 0;
    for (auto next = Clock::now(); next < end; next = std::max(next + pace, Clock::now())) {
      std::this_thread::sleep_until(next);
      ping.measure([&] { return realm.ping(); });
      signal.measure([&] { return realm.signal(); });
      if (++count % reconnect_every == 0) connect.measure([&] { return realm.reconnect(); });
    }
  }

  std::size_t failures() const { return ping.failures() + signal.failures() + connect.failures(); }
};

/// Members who never read what is broadcast to them. One that is thrown out comes again.
class Deaf {
 public:
  explicit Deaf(std::uint16_t port) : port_(port), thread_([this] { live(); }) {}
  ~Deaf() {
    leaving_ = true;
    thread_.join();
  }
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;

 private:
  struct Pair {
    P256Key speaker_key = P256Key::generate();
    P256Key deaf_key = P256Key::generate();
    std::string realm = random_realm();
    std::optional<Entrance> speaker;
    std::optional<Entrance> deaf;
  };

  void begin(Pair& pair) const {
    pair.speaker = enter(port_, pair.speaker_key, pair.realm,
                         register_request(pair.speaker_key, genesis_of(pair.speaker_key, pair.realm)));
    const std::string invitation = invitation_of(pair.speaker_key, pair.deaf_key, pair.realm, "deaf");
    pair.deaf = enter(port_, pair.deaf_key, pair.realm, exchange_request(pair.deaf_key, invitation));
    pair.speaker->socket.receive(wire::msg::peer_joined);
    pair.speaker->socket.receive(wire::msg::peer_joined);
  }

  /// One message to the deaf one. The server's pong tells that it was taken, a peer-left that the deaf one was closed.
  void speak(Pair& pair) const {
    static const std::string payload(16'000, 'x');
    pair.speaker->socket.send(wire::event(wire::msg::broadcast, {{"payload", payload}}));
    pair.speaker->socket.send(wire::request(wire::msg::ping, 1));
    const auto heard = pair.speaker->socket.receive();
    if (!heard || heard->msg == wire::msg::pong) return;
    pair.deaf = enter(port_, pair.deaf_key, pair.realm, authn_request());
    pair.speaker->socket.receive(wire::msg::peer_joined);
  }

  void live() {
    give_way();
    std::vector<Pair> pairs(deaf_members);
    for (Pair& pair : pairs) begin(pair);
    while (!leaving_) {
      for (Pair& pair : pairs) {
        speak(pair);
        std::this_thread::sleep_for(deaf_pause);
      }
    }
  }

  std::uint16_t port_;
  std::atomic<bool> leaving_ = false;
  std::thread thread_;
};

/// Those who attack together.
struct Attackers {
  std::vector<std::unique_ptr<Crowd>> crowds;
  std::optional<Deaf> deaf;
};

struct Flood {
  const char* name;
  std::function<void(std::uint16_t port, Attackers& attackers)> begin;
};

void add_crowd(Attackers& attackers, std::uint16_t port, std::size_t size, Behaviour behaviour) {
  attackers.crowds.push_back(std::make_unique<Crowd>(port, size, std::move(behaviour)));
}

void add_silent(std::uint16_t port, Attackers& attackers) {
  add_crowd(attackers, port, 10'000, {.opening = upgrade_request(), .piece = ""});
}

void add_slow(std::uint16_t port, Attackers& attackers) {
  add_crowd(attackers, port, 2'000, {.opening = "GET /realm HTTP/1.1\r\nHost: x\r\nX-Dribble: ", .piece = "x"});
}

void add_garbage(std::uint16_t port, Attackers& attackers) {
  const std::string garbage = Random(1).bytes(100'000);
  add_crowd(attackers, port, 100,
            {.opening = upgrade_request(), .piece = garbage, .pause = std::chrono::milliseconds(100)});
}

void add_deaf(std::uint16_t port, Attackers& attackers) {
  attackers.deaf.emplace(port);
}

void add_all(std::uint16_t port, Attackers& attackers) {
  add_silent(port, attackers);
  add_slow(port, attackers);
  add_garbage(port, attackers);
  add_deaf(port, attackers);
}

const std::vector<Flood>& floods() {
  static const std::vector<Flood> all{{"10,000 silent sockets", add_silent},
                                      {"2,000 slow handshakes", add_slow},
                                      {"100 × 1 MB/s garbage", add_garbage},
                                      {"8 that never read", add_deaf},
                                      {"all of these", add_all}};
  return all;
}

/// Waits until nobody but the quiet realm is connected, for as long as the slowest of the server's deadlines.
void wait_for_calm(const ServerProcess& server) {
  const auto deadline = Clock::now() + 3 * patience;
  while (Clock::now() < deadline && get(server.port(), "/healthz").json()["sockets"] != 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void print_row(const char* name, View& quiet, View& flooded) {
  const auto print = [](const char* what, Latencies& before, Latencies& during) {
    std::printf("  %-8s p50 %6.0f → %6.0f µs   p99 %6.0f → %6.0f µs   ratio %.2f\n", what, before.at(0.5),
                during.at(0.5), before.at(0.99), during.at(0.99), during.at(0.99) / before.at(0.99));
  };
  std::printf("%s\n", name);
  print("ping", quiet.ping, flooded.ping);
  print("signal", quiet.signal, flooded.signal);
  print("connect", quiet.connect, flooded.connect);
}

/// One flood; false if a bystander was not served.
bool run(const Flood& flood, const ServerProcess& server, QuietRealm& realm, std::chrono::seconds duration) {
  View quiet;
  View flooded;
  quiet.watch(realm, duration / 2);
  const std::size_t before = resident(server.id());
  forget_peak(server.id());
  std::size_t made = 0;
  {
    Attackers attackers;
    flood.begin(server.port(), attackers);
    for (const auto& crowd : attackers.crowds) crowd->wait_until_made(100);
    flooded.watch(realm, duration);
    for (const auto& crowd : attackers.crowds) made += crowd->made();
  }
  const std::size_t peak = resident_peak(server.id());
  wait_for_calm(server);
  quiet.watch(realm, duration / 2);
  print_row(flood.name, quiet, flooded);
  std::printf("  resident %zu KiB before, %zu KiB at most, %zu KiB after; %zu connections made; %zu failures\n",
              before / 1024, peak / 1024, resident(server.id()) / 1024, made, flooded.failures());
  std::fflush(stdout);
  return flooded.failures() == 0;
}

int run_all(const std::string& program, std::chrono::seconds duration) {
  std::printf("open files: %zu; latencies of a quiet realm: without → with the flood\n", raise_open_files());
  const Directory directory;
  const ServerProcess server(program, directory.path() / "data");
  QuietRealm realm(server.port());
  bool served = true;
  for (const Flood& flood : floods()) served = run(flood, server, realm, duration) && served;
  return served ? 0 : 1;
}

}  // namespace
}  // namespace skypod::test

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_flood PROGRAM [SECONDS]\n");
    return 2;
  }
  const std::chrono::seconds duration(count > 2 ? std::strtol(arguments[2], nullptr, 10) : 8);
  return skypod::test::run_all(arguments[1], duration);
}
