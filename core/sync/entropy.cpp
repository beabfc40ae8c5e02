#include "core/sync/entropy.hpp"

namespace skypod::sync {
namespace {

constexpr int probability_bits = 11;
constexpr int rate = 4;  // how fast a probability follows what is seen
constexpr std::uint32_t range_least = 1 << 24;

std::uint32_t bound_of(std::uint32_t range, std::uint16_t zero) {
  return (range >> probability_bits) * zero;
}

void learn_zero(std::uint16_t& zero) {
  zero = static_cast<std::uint16_t>(zero + (((1 << probability_bits) - zero) >> rate));
}

void learn_one(std::uint16_t& zero) {
  zero = static_cast<std::uint16_t>(zero - (zero >> rate));
}

}  // namespace

void EntropyEncoder::put(std::uint32_t context, std::uint8_t octet) {
  OctetModel& model = models_.of(context);
  std::uint32_t range = range_;  // not in memory while bits are coded
  std::size_t node = 1;
  for (int place = 7; place >= 0; --place) {
    std::uint16_t& zero = model.zero[node];
    const std::uint32_t bound = bound_of(range, zero);
    const bool one = ((octet >> place) & 1) != 0;
    if (one) {
      low_ += bound;
      range -= bound;
      learn_one(zero);
    } else {
      range = bound;
      learn_zero(zero);
    }
    node = (node << 1) | (one ? 1 : 0);
    for (; range < range_least; range <<= 8) shift();
  }
  range_ = range;
}

void EntropyEncoder::put_raw(std::uint8_t octet) {
  range_ >>= 8;
  low_ += std::uint64_t{range_} * octet;
  normalise();
}

void EntropyEncoder::normalise() {
  while (range_ < range_least) {
    range_ <<= 8;
    shift();
  }
}

/// Moves the top octet of `low_` out, holding back those that a carry may yet change.
void EntropyEncoder::shift() {
  if (low_ < 0xff000000U || low_ > 0xffffffffU) {
    const auto carry = static_cast<std::uint8_t>(low_ >> 32);
    for (; pending_ > 0; --pending_) {
      out_ += static_cast<char>(static_cast<std::uint8_t>(cache_ + carry));
      cache_ = 0xff;
    }
    cache_ = static_cast<std::uint8_t>(low_ >> 24);
  }
  ++pending_;
  low_ = (low_ & 0x00ffffff) << 8;
}

Bytes EntropyEncoder::finish() {
  for (int i = 0; i < 5; ++i) shift();
  out_.erase(0, 1);  // the first octet is always 0
  const std::size_t last = out_.find_last_not_of('\0');
  out_.resize(last == Bytes::npos ? 0 : last + 1);  // the decoder reads zeros beyond the end
  return std::move(out_);
}

EntropyDecoder::EntropyDecoder(BytesView octets) : rest_(octets) {
  for (int i = 0; i < 4; ++i) code_ = (code_ << 8) | next();
}

std::uint8_t EntropyDecoder::next() {
  if (rest_.empty()) {
    return 0;
  }
  const auto octet = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return octet;
}

void EntropyDecoder::normalise() {
  while (range_ < range_least) {
    range_ <<= 8;
    code_ = (code_ << 8) | next();
  }
}

std::uint8_t EntropyDecoder::get(std::uint32_t context) {
  OctetModel& model = models_.of(context);
  std::uint32_t range = range_;  // not in memory while bits are decoded
  std::uint32_t code = code_;
  std::size_t node = 1;
  while (node < 256) {
    std::uint16_t& zero = model.zero[node];
    const std::uint32_t bound = bound_of(range, zero);
    if (code < bound) {
      range = bound;
      learn_zero(zero);
      node <<= 1;
    } else {
      code -= bound;
      range -= bound;
      learn_one(zero);
      node = (node << 1) | 1;
    }
    for (; range < range_least; range <<= 8) code = (code << 8) | next();
  }
  range_ = range;
  code_ = code;
  return static_cast<std::uint8_t>(node);
}

std::uint8_t EntropyDecoder::get_raw() {
  range_ >>= 8;
  const std::uint32_t octet = code_ / range_;
  code_ -= octet * range_;
  normalise();
  return static_cast<std::uint8_t>(octet > 255 ? 255 : octet);
}

}  // namespace skypod::sync
