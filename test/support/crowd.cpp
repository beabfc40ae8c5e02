#include "test/support/crowd.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <fstream>
#include <utility>

#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto tick = std::chrono::milliseconds(5);  // an even stream, no bursts: as from many machines
constexpr std::uint32_t addresses = 64;              // 127.0.0.1 to 127.0.0.64: each has some 28,000 ports

}  // namespace

/// The crowd's thread owns all of this.
struct Crowd::World {
  struct Visitor {
    explicit Visitor(asio::io_context& io) : socket(io) {}

    tcp::socket socket;
    bool is_away = true;
    Clock::time_point next;  // when it comes again, or says the next piece
  };

  World(Crowd& owner, std::uint16_t to, std::size_t size, Behaviour chosen)
      : crowd(owner), port(to), behaviour(std::move(chosen)) {
    for (std::size_t i = 0; i < size; ++i) visitors.emplace_back(io);
  }

  void look_around() {
    if (crowd.leaving_) return io.stop();
    std::size_t may_come = behaviour.connects_per_second * tick.count() / 1'000;
    const auto now = Clock::now();
    for (std::size_t i = 0; i < visitors.size(); ++i) {
      Visitor& visitor = visitors[(first + i) % visitors.size()];
      if (visitor.next > now) continue;
      if (!visitor.is_away) {
        speak(visitor, now);
      } else if (may_come > 0) {
        --may_come;
        come(visitor, static_cast<std::uint32_t>(++arrivals));
      }
    }
    first = (first + visitors.size() / 2 + 1) % visitors.size();
    timer.expires_after(tick);
    timer.async_wait([this](const boost::system::error_code&) { look_around(); });
  }

  void come(Visitor& visitor, std::uint32_t number) {
    boost::system::error_code ignored;
    visitor.is_away = false;
    visitor.next = Clock::time_point::max();
    visitor.socket.open(tcp::v4(), ignored);
    visitor.socket.non_blocking(true, ignored);
    visitor.socket.set_option(asio::socket_base::linger(true, 0), ignored);  // leaves no port in TIME-WAIT
    const auto from = asio::ip::address_v4(asio::ip::address_v4::loopback().to_uint() + number % addresses);
    visitor.socket.bind(tcp::endpoint(from, 0), ignored);
    visitor.socket.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), port),
                                 [this, &visitor](const boost::system::error_code& error) {
                                   if (error) return go(visitor);
                                   crowd.count_one_made();
                                   say(visitor, behaviour.opening);
                                   visitor.next = behaviour.piece.empty() ? Clock::time_point::max() : Clock::now();
                                   listen(visitor);
                                 });
  }

  void listen(Visitor& visitor) {
    visitor.socket.async_read_some(asio::buffer(heard),
                                   [this, &visitor](const boost::system::error_code& error, std::size_t) {
                                     if (!error) return listen(visitor);
                                     ++crowd.ended_;
                                     go(visitor);
                                   });
  }

  void go(Visitor& visitor) {
    boost::system::error_code ignored;
    visitor.socket.close(ignored);
    visitor.is_away = true;
    visitor.next = Clock::now() + behaviour.away;
  }

  void speak(Visitor& visitor, Clock::time_point now) {
    say(visitor, behaviour.piece);
    visitor.next = now + behaviour.pause;
  }

  /// As much as goes at once.
  void say(Visitor& visitor, const std::string& octets) {
    boost::system::error_code ignored;
    visitor.socket.write_some(asio::buffer(octets), ignored);
  }

  Crowd& crowd;
  std::uint16_t port;
  Behaviour behaviour;
  asio::io_context io{1};
  asio::steady_timer timer{io};
  std::deque<Visitor> visitors;
  std::array<char, 4096> heard{};
  std::size_t first = 0;
  std::size_t arrivals = 0;
};

std::string upgrade_request(const std::string& fields) {
  return "GET /realm HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         fields + "\r\n";
}

Crowd::Crowd(std::uint16_t port, std::size_t size, Behaviour behaviour)
    : world_(std::make_unique<World>(*this, port, size, std::move(behaviour))), thread_([this] { live(); }) {}

Crowd::~Crowd() {
  leaving_ = true;
  thread_.join();
}

void Crowd::live() {
  if (world_->behaviour.gives_way) give_way();
  world_->look_around();
  world_->io.run();
}

void Crowd::count_one_made() {
  {
    const std::lock_guard lock(mutex_);
    ++made_;
  }
  changed_.notify_all();
}

bool Crowd::wait_until_made(std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, 10 * patience, [&] { return made_ >= count; });
}

void give_way() {
  const sched_param no_priority{};
  sched_setscheduler(0, SCHED_IDLE, &no_priority);  // of the calling thread (sched(7))
}

std::size_t raise_open_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

namespace {

/// A line such as "VmRSS:   1234 kB" of /proc/<process>/status, in octets.
std::size_t memory(int process, std::string_view name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
  }
  return 0;
}

}  // namespace

std::size_t resident(int process) {
  return memory(process, "VmRSS:");
}

std::size_t resident_peak(int process) {
  return memory(process, "VmHWM:");
}

void forget_peak(int process) {
  std::ofstream("/proc/" + std::to_string(process) + "/clear_refs") << 5;  // proc(5)
}

}  // namespace skypod::test
