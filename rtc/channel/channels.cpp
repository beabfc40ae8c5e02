#include "rtc/channel/channels.hpp"

#include <utility>
#include <variant>

namespace skypod::rtc::channel {
namespace {

using Sent = sctp::Association::Sent;

constexpr std::uint16_t agreed = 0;  // the stream that both ends use without asking

}  // namespace

Channels::Channels(Loop& loop, sctp::Stack& stack, const sctp::Association::Settings& settings, Outbox& outbox,
                   ChannelsOwner& owner)
    : outbox_(outbox), owner_(owner), association_(loop, stack, settings, *this) {}

void Channels::flush() {
  if (!up_ || !flush_controls()) {
    return;
  }
  while (!outbox_.empty()) {
    const BytesView message = outbox_.front();
    // SCTP has no empty messages: one octet says so (RFC 8831 section 6.6).
    const Sent sent = message.empty() ? association_.send(agreed, ppid::empty_binary, BytesView("\0", 1))
                                      : association_.send(agreed, ppid::binary, message);
    if (sent == Sent::failed) {
      return owner_.channels_ended(Fault::sctp_failed);
    }
    if (sent == Sent::no_room) {
      break;
    }
    outbox_.pop();
  }
  if (outbox_.drained()) {
    owner_.channels_drained();
  }
}

bool Channels::flush_controls() {
  while (!controls_.empty() &&
         association_.send(controls_.front().stream, ppid::dcep, controls_.front().octets) != Sent::no_room) {
    controls_.pop_front();
  }
  return controls_.empty();
}

void Channels::sctp_up() {
  up_ = true;
  owner_.channels_opened();
  flush();
}

void Channels::sctp_message(std::uint16_t stream, std::uint32_t ppid, Bytes octets) {
  if (ppid == ppid::dcep) {
    return control(stream, octets);
  }
  if (stream != agreed && !opened_.contains(stream)) {
    return;  // nobody has opened it
  }
  if (ppid == ppid::binary) {
    return owner_.channels_message(std::move(octets));
  }
  if (ppid == ppid::empty_binary) {
    return owner_.channels_message({});
  }
  owner_.channels_ended(Fault::bad_message);
}

void Channels::control(std::uint16_t stream, BytesView octets) {
  const auto message = parse_dcep(octets);
  if (!message || (std::holds_alternative<Open>(*message) && opened_.size() == opened_max)) {
    return association_.reset(stream);  // RFC 8832 section 6: cannot be used
  }
  if (std::holds_alternative<Open>(*message)) {
    opened_.insert(stream);
    controls_.push_back({stream, write_dcep(Ack{})});
    flush();
  }
}

void Channels::sctp_reset(std::uint16_t stream) {
  if (stream == agreed) {
    return owner_.channels_ended(Fault::closed_by_peer);
  }
  if (opened_.erase(stream) != 0) {
    association_.reset(stream);  // RFC 8831 section 6.7: closing is answered by closing
  }
}

}  // namespace skypod::rtc::channel
