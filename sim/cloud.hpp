// The virtual signalling server: the real rooms over links with latency that break, and a registry that outlives
// restarts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/signal/server.hpp"
#include "core/signal/testing.hpp"
#include "sim/jose.hpp"
#include "sim/world.hpp"

namespace skypod::sim {

/// What the client's end of a link hears.
struct LinkListener {
  std::function<void()> opened;
  std::function<void(std::string)> frame;
  std::function<void()> closed;
};

/// The server and every link to it.
class Cloud {
 public:
  explicit Cloud(World& world);

  /// Opens a link; answers its number. The listener hears nothing more after hang_up().
  std::uint64_t connect(LinkListener listener);
  void send(std::uint64_t link, std::string text);
  void hang_up(std::uint64_t link);

  /// Breaks a link chosen by the dice: what is under way on it is lost, each end learns of it in its own time.
  void break_one();
  /// Loses everything but the registry, and all links.
  void restart();
  /// Loses everything, as a server whose disk has died.
  void wipe();

 private:
  struct Link {
    explicit Link(World& world) : up(world), down(world) {}
    LinkListener listener;
    Pipe up, down;
    bool broken = false;       // nothing gets through any more
    bool client_here = true;   // the client has not hung up
    bool server_here = false;  // the server knows the socket
  };

  void accept(std::uint64_t id);
  void handle(const signal::Input& input);
  void carry_out(signal::Output& output);
  void commit(std::uint64_t generation, const signal::Store& store);
  void break_link(std::uint64_t id);
  void to_client(std::uint64_t id, std::function<void(Link&)> what);
  void schedule_tick();

  World& world_;
  HashVerifier verifier_;
  std::unique_ptr<signal::Server> server_;
  std::uint64_t generation_ = 0;  // of the server's process
  std::uint64_t last_link_ = 0;
  std::map<std::uint64_t, Link> links_;
  signal::testing::FakeRegistry registry_;
};

}  // namespace skypod::sim
