#include "core/realm/stream.hpp"

#include <algorithm>

#include "core/wire/fields.hpp"

namespace skypod::realm {
namespace {

using wire::Envelope;
using wire::Error;
using wire::ErrorCode;
using wire::Json;

constexpr std::string_view hello_msg = "stream.hello";
constexpr std::string_view item_msg = "stream.item";
constexpr std::string_view ack_msg = "stream.ack";
constexpr std::int64_t number_max = 9007199254740991;  // 2^53 - 1
constexpr std::int64_t left_max = (stream_message_max + part_max - 1) / part_max - 1;

std::size_t parts_of(std::size_t octets) {
  return (octets + part_max - 1) / part_max;
}

}  // namespace

Result<std::int64_t, Error> Stream::send(const Envelope& message) {
  const Bytes octets = wire::to_octets(message);
  const std::size_t parts = parts_of(octets.size());
  if (octets.size() > stream_message_max) {
    return unexpected(
        Error{ErrorCode::frame_too_large, "A message to another device may have 16 MiB; send it in pieces."});
  }
  if (kept_.size() + parts > stream_items_max || kept_octets_ + octets.size() > stream_octets_max) {
    return unexpected(Error{ErrorCode::queue_full, ""});
  }
  for (std::size_t i = 0; i < parts; ++i) {
    kept_.push_back({octets.substr(i * part_max, part_max), parts - 1 - i});
  }
  kept_octets_ += octets.size();
  return base_ + static_cast<std::int64_t>(kept_.size());
}

void Stream::opened(std::size_t window) {
  closed();
  open_ = true;
  window_ = window;
  ask_due_ = true;
}

void Stream::closed() {
  open_ = flowing_ = ask_due_ = answer_due_ = ack_due_ = gap_ = gap_told_ = false;
  rewind();
}

void Stream::again() {
  ask_due_ = open_;
  rewind();
}

void Stream::rewind() {
  sent_ = 0;
  sent_octets_ = 0;
}

bool Stream::fits() const {
  return sent_ < kept_.size() && (sent_ == 0 || sent_octets_ + kept_[sent_].octets.size() <= window_);
}

bool Stream::ready() const {
  return open_ && (ask_due_ || answer_due_ || ack_due_ || gap_ || (flowing_ && fits()));
}

std::optional<Envelope> Stream::next() {
  if (!ready()) {
    return std::nullopt;
  }
  if (ask_due_ || answer_due_) {
    return hello(ask_due_);
  }
  if (ack_due_ || gap_) {
    ack_due_ = false;
    gap_told_ = gap_told_ || gap_;
    return wire::event(ack_msg, {{"next", expected_}, {"again", std::exchange(gap_, false)}});
  }
  return emit_item();
}

Envelope Stream::hello(bool ask) {
  ask_due_ = answer_due_ = ack_due_ = false;
  return wire::event(
      hello_msg, {{"session", session_}, {"base", base_}, {"heard", peer_session_}, {"next", expected_}, {"ask", ask}});
}

Envelope Stream::emit_item() {
  const Item& item = kept_[sent_];
  const std::int64_t number = base_ + static_cast<std::int64_t>(sent_);
  ++sent_;
  sent_octets_ += item.octets.size();
  return wire::event(item_msg, {{"n", number}, {"left", item.left}, {"octets", wire::binary(item.octets)}});
}

std::optional<Stream::Progress> Stream::receive(const Envelope& frame) {
  if (frame.msg == item_msg) return on_item(frame.dat);
  if (frame.msg == hello_msg) return on_hello(frame.dat);
  if (frame.msg == ack_msg) return on_ack(frame.dat);
  return std::nullopt;
}

std::optional<Stream::Progress> Stream::on_hello(const Json& dat) {
  wire::Fields fields(dat);
  const std::string session = fields.text("session", 64);
  const std::int64_t base = fields.integer("base", 0, number_max);
  const std::string heard = fields.optional_text("heard", 64);
  const std::int64_t next = fields.integer("next", 0, number_max);
  const bool ask = fields.boolean("ask", true);
  const bool is_new = session != peer_session_;
  if (!fields.ok() || (!is_new && base > expected_)) {
    return std::nullopt;  // or it takes for acknowledged what never arrived
  }
  if (is_new) {
    peer_session_ = session;
    expected_ = base;
    partial_.clear();
    partial_left_ = 0;
    rewind();
  }
  const bool knows_us = heard == session_;
  if (knows_us && !acknowledge(next)) {
    return std::nullopt;
  }
  gap_told_ = false;
  flowing_ = open_ && knows_us;
  answer_due_ = open_ && (ask || is_new);
  ask_due_ = ask_due_ && !(flowing_ && answer_due_);
  return Progress{.messages = {}, .new_session = is_new, .answered = knows_us};
}

std::optional<Stream::Progress> Stream::on_ack(const Json& dat) {
  wire::Fields fields(dat);
  const std::int64_t next = fields.integer("next", 0, number_max);
  const bool again = fields.boolean("again", false);
  const std::int64_t before = base_;
  if (!fields.ok() || !acknowledge(next)) {
    return std::nullopt;
  }
  if (again) rewind();
  return Progress{.messages = {}, .new_session = false, .answered = again || base_ > before};
}

/// False if it acknowledges what was never sent.
bool Stream::acknowledge(std::int64_t next) {
  if (next > base_ + static_cast<std::int64_t>(kept_.size())) {
    return false;
  }
  while (base_ < next) {
    const std::size_t octets = kept_.front().octets.size();
    kept_octets_ -= octets;
    if (sent_ > 0) {
      --sent_;
      sent_octets_ -= octets;
    }
    kept_.pop_front();
    ++base_;
  }
  return true;
}

std::optional<Stream::Progress> Stream::on_item(const Json& dat) {
  wire::Fields fields(dat);
  const std::int64_t number = fields.integer("n", 0, number_max);
  const auto left = static_cast<std::size_t>(fields.integer("left", 0, left_max));
  Item part{fields.octets("octets", part_max), left};
  if (!fields.ok()) {
    return std::nullopt;
  }
  Progress progress;
  if (peer_session_.empty() || number > expected_) {
    gap_ = open_ && !gap_told_ && !peer_session_.empty();
    return progress;
  }
  ack_due_ = open_;
  if (number == expected_) {
    ++expected_;
    gap_ = gap_told_ = false;
    if (!take_in(std::move(part), progress)) return std::nullopt;
  }
  return progress;
}

/// Puts a message together. False if its parts do not count down to its end, or it is no message.
bool Stream::take_in(Item part, Progress& progress) {
  const bool goes_on = partial_left_ > 0;
  if ((goes_on && part.left + 1 != partial_left_) || (part.left > 0 && part.octets.size() != part_max) ||
      partial_.size() + part.octets.size() > stream_message_max) {
    return false;
  }
  partial_ += part.octets;
  partial_left_ = part.left;
  if (part.left > 0) {
    return true;
  }
  auto message = wire::parse_octets(std::exchange(partial_, {}));
  if (!message) {
    return false;
  }
  progress.messages.push_back(std::move(*message));
  return true;
}

}  // namespace skypod::realm
