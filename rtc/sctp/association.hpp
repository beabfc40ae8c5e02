// One SCTP association: messages on numbered streams over packets that somebody else carries, encrypted (RFC 8261, with
// the settings of RFC 8831 for data channels).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "rtc/sctp/stack.hpp"

struct socket;

namespace skypod::rtc::sctp {

/// usrsctp's own, no file descriptor.
using Socket = struct ::socket;

/// Streams each way. 65,535, which others offer, would cost 6.8 MB a connection.
inline constexpr std::uint16_t streams = 1024;

/// What usrsctp keeps of what was sent and not acknowledged, and of what came and was not read; octets.
inline constexpr int window = 1024 * 1024;

/// Hears from an association, on the loop's thread. It must not destroy the association from within.
class AssociationOwner {
 public:
  /// A packet for the network; valid during the call.
  virtual void sctp_send(BytesView packet) = 0;
  virtual void sctp_up() = 0;
  virtual void sctp_message(std::uint16_t stream, std::uint32_t ppid, Bytes octets) = 0;
  /// There is room again for what send() refused.
  virtual void sctp_writable() = 0;
  /// The other side has closed a stream's way to us.
  virtual void sctp_reset(std::uint16_t stream) = 0;
  /// Shut down, aborted or unreachable; nothing more will come.
  virtual void sctp_down() = 0;
  /// A message longer than Association's limit began to arrive.
  virtual void sctp_too_long() = 0;

 protected:
  ~AssociationOwner() = default;
};

/// Lives on the loop's thread. Both ends connect; the crossing resolves itself (RFC 9260 section 5.2.1).
class Association {
 public:
  struct Settings {
    std::uint16_t local_port = 5000;
    std::uint16_t remote_port = 5000;
    std::size_t packet_max = 1200;  // octets, SCTP's header included
    std::size_t message_max = 0;    // octets that are taken in one message
  };

  Association(Loop& loop, Stack& stack, const Settings& settings, AssociationOwner& owner);
  /// Aborts it, which tells the other side.
  ~Association();
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  /// A packet from the other side.
  void receive(BytesView packet);

  enum class Sent { whole, no_room, failed };
  /// Takes a message whole or not at all; no_room: try again at sctp_writable.
  Sent send(std::uint16_t stream, std::uint32_t ppid, BytesView octets);

  /// Closes our way of a stream.
  void reset(std::uint16_t stream);

  /// For the stack: reads what has come, after its clock moved.
  void service();
  /// For the stack: a packet that leaves; its checksum is filled in here.
  ///
  /// usrsctp acknowledges every second packet (RFC 9260 section 6.2). Where packets come faster than they are handled,
  /// that is half the work of both ends for nothing, as an acknowledgement says all that the one before it said. So in
  /// long bursts one goes for several, as TCP does behind receive offload. Short bursts, which are all there is while a
  /// sender's window grows, and any that tell of losses, are left alone.
  void transmit(char* packet, std::size_t size);

 private:
  void configure(const Settings& settings);
  void connect(const Settings& settings);
  bool hold_back(BytesView packet);
  void release();
  bool read_one();
  void take(std::uint16_t stream, std::uint32_t ppid, BytesView part, bool whole);
  void notified(BytesView part, bool whole);
  void read_notification();

  Stack& stack_;
  AssociationOwner& owner_;
  std::size_t message_max_;
  void* name_;
  Socket* socket_;
  Bytes message_;  // what has come of a message that is not whole
  Bytes notification_;
  Bytes acknowledgement_;  // held back, see transmit()
  std::size_t held_ = 0;   // acknowledgements that are in it
  std::size_t burst_ = 0;  // packets that have come in this turn of the loop
  Timer turn_;
  bool pending_ = false;    // usrsctp has something for us
  bool servicing_ = false;  // service() is under way, further up
  bool up_ = false;
  bool down_ = false;
};

}  // namespace skypod::rtc::sctp
