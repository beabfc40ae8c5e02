// One WebSocket of the realm server: frames in, frames out, and a bound on everything a peer can make us keep or do.
//
// A stranger's socket lives with the front. It is heard for one message, its token, and then not until the realm server
// has decided. If the token is good, the socket goes over to the hub's thread and is a member's from then on.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/signal/server.hpp"
#include "server/frames.hpp"
#include "server/link.hpp"
#include "server/loop.hpp"
#include "server/pace.hpp"
#include "server/stream.hpp"

namespace skypod::server {

/// Octets that may wait for a receiver. One more, and it is closed as a slow_consumer.
inline constexpr std::size_t queue_octets_max = 1U << 20U;
/// Octets that may wait for all receivers of a thread together. While it is more, each may have only the share.
inline constexpr std::size_t backlog_octets_max = 256U << 20U;
inline constexpr std::size_t backlog_share = 64U << 10U;

/// A frame on its way out. Several receivers share one payload.
struct Outgoing {
  std::optional<FrameHeader> header;  // nothing: the octets are whole frames already
  std::shared_ptr<const std::string> octets;

  std::size_t size() const { return (header ? header->octets().size() : 0) + octets->size(); }
};

/// A WebSocket between two threads: everything that the next one needs to go on.
struct Passage {
  Passage() = default;
  explicit Passage(Stream::Parts connection) : parts(std::move(connection)) {}
  ~Passage();
  Passage(Passage&& other) noexcept;
  Passage& operator=(Passage&&) = delete;

  Stream::Parts parts;
  FrameReader reader;
  std::string input;            // octets that are read and not yet looked at
  std::vector<Outgoing> queue;  // what is not yet written
  std::size_t head_written = 0;
};

/// The connection. It owns its stream; waits that are under way keep it alive.
class WebSocket final : public Link, public Lobby::Guest, public std::enable_shared_from_this<WebSocket> {
 public:
  enum class Role : std::uint8_t { stranger, member };

  /// The ear hears of it until it is closed.
  WebSocket(Role role, std::unique_ptr<Stream> stream, Loop& loop, Ear& ear)
      : stream_(std::move(stream)), loop_(loop), ear_(ear), role_(role) {}
  ~WebSocket() override { count_queued(0); }

  /// Begins with the answer to the handshake, for which `input` came too early. The ear knows the socket by now.
  void start(signal::SocketId socket, std::string handshake, std::string input);

  /// Goes on where the other thread ended.
  void start(signal::SocketId socket, Passage passage);

  /// Ends here, to go on elsewhere; nothing if the connection has ended or is being closed.
  std::optional<Passage> pass_on();

  void send(std::shared_ptr<const std::string> frame, Haste haste) override;
  void charge(std::size_t octets) override { pace_.charge(octets, std::chrono::steady_clock::now()); }
  void close(std::uint16_t code, std::string reason) override;
  void dismiss(Lobby::Why why) override;

 private:
  enum class Phase : std::uint8_t { open, closing, draining, ended };  // draining: all is written, the peer may hang up

  void begin(signal::SocketId socket);
  void wait_for_input(Stream::State state);
  void wait_to_be_read(std::chrono::milliseconds duration);
  void in_turn();
  void read_in_turn();
  void read();
  void go_on(Stream::State state);
  void take(std::span<char> octets);
  void on(const MessageIn& message);
  void on(const PingIn& ping);
  void on(const CloseIn& close);
  void on(const TooLongIn& message);
  void on(const BrokenIn& broken);
  void part(std::uint16_t code, std::string_view reason);

  void queue(Outgoing frame, Haste haste);
  bool is_slow() const;
  void count_queued(std::size_t octets);
  void give_up_on_slow_reader();
  void pump();
  bool write_some();
  void written(std::size_t octets);
  void shut_down();
  void end();

  std::unique_ptr<Stream> stream_;
  Loop& loop_;
  Ear& ear_;
  signal::SocketId socket_ = 0;
  FrameReader reader_;
  std::string input_;  // octets whose turn is still to come
  std::vector<Outgoing> queue_;
  std::size_t queued_octets_ = 0;
  std::size_t head_written_ = 0;  // octets of the first in the queue that are written
  std::size_t drained_ = 0;
  Pace pace_;                                         // a member's
  std::unique_ptr<boost::asio::steady_timer> pause_;  // until it may be read again
  Role role_;
  Phase phase_ = Phase::open;
  bool is_unheard_ = false;  // a stranger that has said its token
  bool is_pumping_ = false;  // a pump is due, or waits for the socket
};

}  // namespace skypod::server
