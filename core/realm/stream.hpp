// One ordered stream of messages per peer that outlives whatever carries it. A data channel breaks, a relay loses
// messages, and the carrier changes in the middle (core/realm/rung.hpp); afterwards nobody knows what arrived. So each
// side numbers what it sends, keeps it until the other has acknowledged it, and begins on every carrier by asking what
// the other expects next. What was lost is sent again, what arrived twice is dropped.
//
// A message travels in items of at most part_max octets, so that a large one fits every carrier. Only so many octets
// are under way unacknowledged (the window): whoever is slow to take is given less, and nothing piles up below.
//
// Frames: stream.hello {session, base, heard, next, ask}, stream.item {n, left, octets}, stream.ack {next, again}. A
// session is one life of the sender's process: a restarted peer has forgotten its numbers, and says so by a new
// session.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/envelope.hpp"

namespace skypod::realm {

/// Longest message, in CBOR octets: 16 MiB of a person's, and its envelope.
inline constexpr std::size_t stream_message_max = 16 * 1024 * 1024 + 64 * 1024;
/// Limits of what is kept for a peer that does not acknowledge.
inline constexpr std::size_t stream_items_max = 4096;
inline constexpr std::size_t stream_octets_max = 2 * stream_message_max;
/// Most octets of a message in one item.
inline constexpr std::size_t part_max = 32 * 1024;

/// Both directions of the stream with one peer. It makes frames for the carrier and takes frames from it.
class Stream {
 public:
  /// What a frame has brought.
  struct Progress {
    std::vector<wire::Envelope> messages;  // new ones, in order
    bool new_session = false;              // the peer has begun a new life
    bool answered = false;                 // it answers what was sent: something arrived there
  };

  /// `session`: an id that no earlier life of this device has used.
  explicit Stream(std::string session) : session_(std::move(session)) {}

  /// Takes a message to send. Answers the number that is acknowledged when the peer has all of it; queue_full or
  /// frame_too_large, and nothing changes, if too much is kept already or it is too long.
  Result<std::int64_t, wire::Error> send(const wire::Envelope& message);

  /// Goes on over another carrier, with at most `window` octets under way: begins with a hello.
  void opened(std::size_t window);

  /// Nothing carries it; what is not acknowledged is kept.
  void closed();

  /// Nothing has come back for too long: what is under way counts as lost.
  void again();

  /// A frame, from whichever carrier. Nothing if the peer broke the protocol.
  std::optional<Progress> receive(const wire::Envelope& frame);

  /// The next frame for the carrier; nothing while there is none, or while the window is full.
  std::optional<wire::Envelope> next();
  /// Whether next() has one.
  bool ready() const;

  /// Whether an answer of the peer is due: to a hello or to items.
  bool waiting() const { return open_ && (!flowing_ || sent_ > 0); }

  const std::string& session() const { return session_; }
  /// "" until the first hello.
  const std::string& peer_session() const { return peer_session_; }
  /// All numbers below have arrived.
  std::int64_t acknowledged() const { return base_; }
  /// Items that the peer has not acknowledged.
  std::size_t unacknowledged() const { return kept_.size(); }

 private:
  struct Item {
    Bytes octets;
    std::size_t left = 0;  // items of the same message that follow
  };

  wire::Envelope hello(bool ask);
  wire::Envelope emit_item();
  bool fits() const;
  std::optional<Progress> on_hello(const wire::Json& dat);
  std::optional<Progress> on_item(const wire::Json& dat);
  std::optional<Progress> on_ack(const wire::Json& dat);
  bool take_in(Item part, Progress& progress);
  bool acknowledge(std::int64_t next);
  void rewind();

  std::string session_;
  std::deque<Item> kept_;  // sent or to be sent, not acknowledged; the first has number base_
  std::size_t kept_octets_ = 0;
  std::int64_t base_ = 0;
  std::size_t sent_ = 0;  // of the kept, how many are under way
  std::size_t sent_octets_ = 0;
  std::size_t window_ = 0;

  std::string peer_session_;
  std::int64_t expected_ = 0;
  Bytes partial_;                 // of a message that has not arrived whole
  std::size_t partial_left_ = 0;  // items of it that are to come

  bool open_ = false;     // something carries it
  bool flowing_ = false;  // the peer knows our session, so items may follow
  bool ask_due_ = false;
  bool answer_due_ = false;
  bool ack_due_ = false;
  bool gap_ = false;       // an item was missing, and the peer has not been asked for it since
  bool gap_told_ = false;  // it has
};

}  // namespace skypod::realm
