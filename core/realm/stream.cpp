#include "core/realm/stream.hpp"

#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

using wire::Envelope;
using wire::Json;

constexpr std::string_view hello_msg = "stream.hello";
constexpr std::string_view item_msg = "stream.item";
constexpr std::string_view ack_msg = "stream.ack";
constexpr std::int64_t number_max = 9007199254740991;  // 2^53 - 1

}  // namespace

bool Stream::send(const Envelope& message) {
  const std::size_t octets = wire::to_octets(message).size();
  if (octets > stream_message_max || kept_.size() >= stream_items_max || kept_octets_ + octets > stream_octets_max) {
    return false;
  }
  kept_.push_back({message, octets});
  kept_octets_ += octets;
  if (flowing_) {
    emit_item(base_ + static_cast<std::int64_t>(kept_.size()) - 1);
  }
  return true;
}

void Stream::emit_item(std::int64_t number) {
  const Kept& kept = kept_[static_cast<std::size_t>(number - base_)];
  frames_.push_back(wire::event(item_msg, {{"n", number}, {"message", wire::envelope_to_object(kept.message)}}));
}

void Stream::opened() {
  flowing_ = false;
  frames_.clear();
  frames_.push_back(
      wire::event(hello_msg, {{"session", session_}, {"base", base_}, {"heard", peer_session_}, {"next", expected_}}));
}

void Stream::closed() {
  flowing_ = false;
  frames_.clear();
}

std::optional<std::vector<Envelope>> Stream::receive(const Envelope& frame) {
  if (frame.msg == item_msg) {
    return on_item(frame.dat);
  }
  const bool good = frame.msg == hello_msg ? on_hello(frame.dat) : frame.msg == ack_msg && on_ack(frame.dat);
  return good ? std::optional(std::vector<Envelope>{}) : std::nullopt;
}

bool Stream::on_hello(const Json& dat) {
  wire::Fields fields(dat);
  const std::string session = fields.text("session", 64);
  const std::int64_t base = fields.integer("base", 0, number_max);
  const std::string heard = fields.optional_text("heard", 64);
  const std::int64_t next = fields.integer("next", 0, number_max);
  if (!fields.ok() || flowing_) {
    return false;
  }
  if (session != peer_session_) {
    peer_session_ = session;
    expected_ = base;
  }
  if (heard == session_ && !acknowledge(next)) {
    return false;
  }
  flowing_ = true;
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    emit_item(base_ + static_cast<std::int64_t>(i));
  }
  return true;
}

bool Stream::on_ack(const Json& dat) {
  wire::Fields fields(dat);
  const std::int64_t next = fields.integer("next", 0, number_max);
  return fields.ok() && flowing_ && acknowledge(next);
}

bool Stream::acknowledge(std::int64_t next) {
  if (next > base_ + static_cast<std::int64_t>(kept_.size())) {
    return false;  // acknowledges what was never sent
  }
  while (base_ < next) {
    kept_octets_ -= kept_.front().octets;
    kept_.pop_front();
    ++base_;
  }
  return true;
}

std::optional<std::vector<Envelope>> Stream::on_item(const Json& dat) {
  wire::Fields fields(dat);
  const std::int64_t number = fields.integer("n", 0, number_max);
  auto message = wire::read_envelope(fields.object("message"));
  if (!fields.ok() || !message || !flowing_ || number > expected_) {
    return std::nullopt;
  }
  if (number < expected_) {
    return std::vector<Envelope>{};
  }
  ++expected_;
  frames_.push_back(wire::event(ack_msg, {{"next", expected_}}));
  return std::vector<Envelope>{std::move(*message)};
}

std::vector<Envelope> Stream::drain() {
  return std::exchange(frames_, {});
}

}  // namespace skypod::realm
