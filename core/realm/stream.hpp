// One ordered stream of messages per peer that survives its connections. A data channel is reliable only while it
// lives; when it breaks, nobody knows what arrived. So each side numbers what it sends, keeps it until the other has
// acknowledged it, and says on every new channel what it expects next. What was lost is sent again, what arrived twice
// is dropped.
//
// Messages: stream.hello {session, base, heard, next}, stream.item {n, message}, stream.ack {next}. A session is one
// life of the sender's process: a restarted peer has forgotten its numbers, and says so by a new session.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/envelope.hpp"

namespace skypod::realm {

/// Limits of what is kept for a peer that does not acknowledge.
inline constexpr std::size_t stream_items_max = 4096;
inline constexpr std::size_t stream_octets_max = 16 * 1024 * 1024;
/// Largest message in CBOR octets; a data channel carries 256 KiB.
inline constexpr std::size_t stream_message_max = 192 * 1024;

/// Both directions of the stream with one peer. It makes frames for the channel and takes frames from it.
class Stream {
 public:
  /// `session`: an id that no earlier life of this device has used.
  explicit Stream(std::string session) : session_(std::move(session)) {}

  /// Takes a message to send. False, and nothing changes, if too much is kept already or it is too large.
  bool send(const wire::Envelope& message);

  /// A channel has opened: begins again with a hello. Nothing else is sent until the peer's hello is here.
  void opened();

  /// The channel is gone; what is not acknowledged is kept.
  void closed();

  /// A frame from the channel. Answers the messages that are new, in order; nothing if the peer broke the protocol,
  /// after which the channel must be closed.
  std::optional<std::vector<wire::Envelope>> receive(const wire::Envelope& frame);

  /// Frames for the channel, in order.
  std::vector<wire::Envelope> drain();

  /// Messages that the peer has not acknowledged.
  std::size_t unacknowledged() const { return kept_.size(); }

 private:
  struct Kept {
    wire::Envelope message;
    std::size_t octets = 0;
  };

  bool on_hello(const wire::Json& dat);
  bool on_ack(const wire::Json& dat);
  std::optional<std::vector<wire::Envelope>> on_item(const wire::Json& dat);
  bool acknowledge(std::int64_t next);
  void emit_item(std::int64_t number);

  std::string session_;
  std::deque<Kept> kept_;  // sent or to be sent, not acknowledged; the first has number base_
  std::size_t kept_octets_ = 0;
  std::int64_t base_ = 0;

  std::string peer_session_;  // "" until the first hello
  std::int64_t expected_ = 0;
  bool flowing_ = false;  // the peer's hello has arrived on this channel
  std::vector<wire::Envelope> frames_;
};

}  // namespace skypod::realm
