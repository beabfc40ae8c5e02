// The data channels of one connection, over an SCTP association (RFC 8831): the one that both ends agreed on, stream 0,
// and those that the other side opens by DCEP.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <set>

#include "base/bytes.hpp"
#include "rtc/channel/dcep.hpp"
#include "rtc/channel/outbox.hpp"
#include "rtc/fault.hpp"
#include "rtc/sctp/association.hpp"

namespace skypod::rtc::channel {

/// Most channels that the other side may open; more are reset at once.
inline constexpr std::size_t opened_max = 16;

/// Hears from the channels, on the loop's thread. It must not destroy them from within.
class ChannelsOwner {
 public:
  /// A packet for the encrypted session; valid during the call.
  virtual void channels_packet(BytesView packet) = 0;
  virtual void channels_opened() = 0;
  virtual void channels_message(Bytes octets) = 0;
  virtual void channels_drained() = 0;
  virtual void channels_ended(Fault why) = 0;

 protected:
  ~ChannelsOwner() = default;
};

/// Lives on the loop's thread.
class Channels final : public sctp::AssociationOwner {
 public:
  /// `outbox` outlives this; its messages leave in order once the association is up.
  Channels(Loop& loop, sctp::Stack& stack, const sctp::Association::Settings& settings, Outbox& outbox,
           ChannelsOwner& owner);

  /// A packet from the encrypted session.
  void receive(BytesView packet) { association_.receive(packet); }
  /// Sends what waits in the outbox, as far as there is room.
  void flush();

 private:
  struct Control {
    std::uint16_t stream;
    Bytes octets;
  };

  void sctp_send(BytesView packet) override { owner_.channels_packet(packet); }
  void sctp_up() override;
  void sctp_message(std::uint16_t stream, std::uint32_t ppid, Bytes octets) override;
  void sctp_writable() override { flush(); }
  void sctp_reset(std::uint16_t stream) override;
  void sctp_down() override { owner_.channels_ended(Fault::closed_by_peer); }
  void sctp_too_long() override { owner_.channels_ended(Fault::message_too_long); }

  void control(std::uint16_t stream, BytesView octets);
  bool flush_controls();

  Outbox& outbox_;
  ChannelsOwner& owner_;
  std::set<std::uint16_t> opened_;  // by the other side
  std::deque<Control> controls_;    // DCEP messages that wait
  bool up_ = false;
  sctp::Association association_;
};

}  // namespace skypod::rtc::channel
