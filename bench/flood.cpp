// What floods do to bystanders: `bench_flood PROGRAM [SECONDS [NAME]]`, where PROGRAM is a skypod. For each flood, the
// latency of a quiet realm is measured before, during and after it, in the same run; beside it the round trip to an
// echo process that nobody attacks, which tells what the machine itself makes of the flood; and what the server's
// memory came to. In reality the attackers are other people's machines: here they have one processor, and the server,
// the quiet realm and the echo have the other one.
#include <sched.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/random.hpp"
#include "core/wire/messages.hpp"
#include "test/support/attackers.hpp"
#include "test/support/crowd.hpp"
#include "test/support/directory.hpp"
#include "test/support/echo_process.hpp"
#include "test/support/http.hpp"
#include "test/support/quiet_realm.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr auto pace = std::chrono::milliseconds(2);  // between two measurements
constexpr int reconnect_every = 25;                  // measurements
constexpr int attackers_processor = 0;
constexpr int other_processor = 1;

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
  Latencies echo;
  Latencies ping;
  Latencies signal;
  Latencies connect;

  void watch(EchoProcess& floor, QuietRealm& realm, std::chrono::seconds duration) {
    const auto end = Clock::now() + duration;
    int count = 0;
    for (auto next = Clock::now(); next < end; next = std::max(next + pace, Clock::now())) {
      std::this_thread::sleep_until(next);
      echo.measure([&] { return floor.round_trip(); });
      ping.measure([&] { return realm.ping(); });
      signal.measure([&] { return realm.signal(); });
      if (++count % reconnect_every == 0) connect.measure([&] { return realm.reconnect(); });
    }
  }

  std::size_t failures() const { return ping.failures() + signal.failures() + connect.failures(); }
};

/// Everything that the calling thread starts runs on this processor, until the end of the scope.
class On {
 public:
  explicit On(int processor) {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~On() { sched_setaffinity(0, sizeof before_, &before_); }
  On(const On&) = delete;
  On& operator=(const On&) = delete;

 private:
  cpu_set_t before_{};
};

/// Those who attack together.
struct Attackers {
  std::vector<std::unique_ptr<Crowd>> crowds;
  std::unique_ptr<Deaf> deaf;
  std::unique_ptr<Loud> loud;
};

struct Flood {
  const char* name;
  void (*begin)(std::uint16_t port, Attackers& attackers);
};

void add_crowd(Attackers& attackers, std::uint16_t port, std::size_t size, Behaviour behaviour) {
  behaviour.gives_way = false;
  attackers.crowds.push_back(std::make_unique<Crowd>(port, size, std::move(behaviour)));
}

void add_silent(std::uint16_t port, Attackers& attackers) {
  add_crowd(attackers, port, 10'000, {.opening = upgrade_request(), .piece = "", .connects_per_second = 4'000});
}

void add_slow(std::uint16_t port, Attackers& attackers) {
  add_crowd(attackers, port, 10'000,
            {.opening = "GET /realm HTTP/1.1\r\nHost: x\r\nX-Dribble: ", .piece = "x", .connects_per_second = 4'000});
}

void add_stale_tokens(std::uint16_t port, Attackers& attackers) {
  const P256Key key = P256Key::generate();
  const std::string realm = random_realm();
  const std::string token =
      sign(key, claims_of(key, realm, register_request(key, genesis_of(key, realm)), "a nonce of another day"));
  add_crowd(attackers, port, 1'000,
            {.opening = upgrade_request() + client_frame(token), .piece = "", .away = std::chrono::milliseconds(0)});
}

/// Octets at 1 MB/s from each of a hundred sockets; one that is thrown out comes again at once.
void add_stream(std::uint16_t port, Attackers& attackers, std::string piece) {
  add_crowd(attackers, port, 100,
            {.opening = upgrade_request(),
             .piece = std::move(piece),
             .pause = std::chrono::milliseconds(100),
             .away = std::chrono::milliseconds(0)});
}

void add_garbage(std::uint16_t port, Attackers& attackers) {
  add_stream(port, attackers, Random(1).bytes(100'000));
}

void add_framed_garbage(std::uint16_t port, Attackers& attackers) {
  add_stream(port, attackers, client_frame(std::string(30'000, 'x')) + client_frame(std::string(70'000, 'x')));
}

void add_huge_frames(std::uint16_t port, Attackers& attackers) {
  add_stream(port, attackers, client_frame(std::string(100'000, 'x')));
}

void add_deaf(std::uint16_t port, Attackers& attackers) {
  attackers.deaf = std::make_unique<Deaf>(port, 999, 3);
}

void add_loud(std::uint16_t port, Attackers& attackers) {
  attackers.loud = std::make_unique<Loud>(port, 100);
}

void add_all(std::uint16_t port, Attackers& attackers) {
  for (const auto add :
       {add_silent, add_slow, add_stale_tokens, add_garbage, add_framed_garbage, add_huge_frames, add_deaf, add_loud}) {
    add(port, attackers);
  }
}

constexpr std::array floods{Flood{"10,000 silent WebSockets, 4,000 new ones a second", add_silent},
                            Flood{"10,000 slow handshakes", add_slow},
                            Flood{"1,000 with stale tokens, again and again", add_stale_tokens},
                            Flood{"100 x 1 MB/s of random octets, again and again", add_garbage},
                            Flood{"100 x 1 MB/s of well-framed garbage, again and again", add_framed_garbage},
                            Flood{"100 x 1 MB/s of frames that are too large, again and again", add_huge_frames},
                            Flood{"1,000 members that never read", add_deaf},
                            Flood{"100 members that broadcast 1 MB/s", add_loud},
                            Flood{"all of these", add_all}};

/// Waits until nobody but the quiet realm is connected, for as long as the slowest of the server's deadlines.
void wait_for_calm(const ServerProcess& server) {
  const auto deadline = Clock::now() + 3 * patience;
  while (Clock::now() < deadline && get(server.port(), "/healthz").json()["sockets"] != 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void print_row(const char* name, View& quiet, View& flooded) {
  const auto print = [](const char* what, Latencies& before, Latencies& during) {
    std::printf("  %-8s p50 %6.0f -> %6.0f µs   p99 %6.0f -> %6.0f µs   ratio %.2f\n", what, before.at(0.5),
                during.at(0.5), before.at(0.99), during.at(0.99), during.at(0.99) / before.at(0.99));
  };
  std::printf("%s\n", name);
  print("echo", quiet.echo, flooded.echo);
  print("ping", quiet.ping, flooded.ping);
  print("signal", quiet.signal, flooded.signal);
  print("connect", quiet.connect, flooded.connect);
}

/// One flood; false if a bystander was not served.
bool run(const Flood& flood, const ServerProcess& server, EchoProcess& echo, QuietRealm& realm,
         std::chrono::seconds duration) {
  View quiet;
  View flooded;
  quiet.watch(echo, realm, duration / 2);
  const std::size_t before = resident(server.id());
  forget_peak(server.id());
  std::size_t made = 0;
  std::size_t open = 0;
  {
    Attackers attackers;
    {
      const On elsewhere(attackers_processor);
      flood.begin(server.port(), attackers);
    }
    for (const auto& crowd : attackers.crowds) crowd->wait_until_made(100);
    flooded.watch(echo, realm, duration);
    for (const auto& crowd : attackers.crowds) made += crowd->made();
    for (const auto& crowd : attackers.crowds) open += crowd->open();
  }
  const std::size_t peak = resident_peak(server.id());
  wait_for_calm(server);
  quiet.watch(echo, realm, duration / 2);
  print_row(flood.name, quiet, flooded);
  std::printf(
      "  resident %zu KiB before, %zu KiB at most, %zu KiB after; strangers: %zu connections made, %zu open at "
      "the end; %zu failures\n",
      before / 1024, peak / 1024, resident(server.id()) / 1024, made, open, flooded.failures());
  std::fflush(stdout);
  return flooded.failures() == 0;
}

int run_all(const std::string& program, std::chrono::seconds duration, std::string_view name) {
  const On measured(other_processor);
  std::printf(
      "open files: %zu; latencies of a quiet realm: without -> with the flood. Attackers have processor %d; the "
      "server, the quiet realm and the echo process, whom nobody attacks, share processor %d.\n",
      raise_open_files(), attackers_processor, other_processor);
  EchoProcess echo;
  const Directory directory;
  const ServerProcess server(program, directory.path() / "data");
  QuietRealm realm(server.port());
  bool served = true;
  for (const Flood& flood : floods) {
    if (std::string_view(flood.name).find(name) == std::string_view::npos) continue;
    served = run(flood, server, echo, realm, duration) && served;
  }
  return served ? 0 : 1;
}

}  // namespace
}  // namespace skypod::test

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_flood PROGRAM [SECONDS [NAME]]\n");
    return 2;
  }
  const std::chrono::seconds duration(count > 2 ? std::strtol(arguments[2], nullptr, 10) : 8);
  return skypod::test::run_all(arguments[1], duration, count > 3 ? arguments[3] : "");
}
