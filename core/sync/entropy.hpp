// An adaptive binary range coder (G. Nigel N. Martin, "Range encoding", 1979; the carry handling and the 11-bit
// probabilities are those that LZMA made common). Octets are coded bit by bit, each with a probability that is learnt
// for the context in which it stands, so that what is predictable costs almost nothing.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"

namespace skypod::sync {

/// What has been learnt about the octets of one context.
struct OctetModel {
  static constexpr std::uint16_t even = 1 << 10;  // a probability of one half
  std::array<std::uint16_t, 256> zero;            // by the bits seen so far, with a leading 1
  OctetModel() { zero.fill(even); }
};

/// Contexts are numbers below this that the caller makes up.
inline constexpr std::size_t contexts_max = 4096;

/// The models of all contexts that occurred.
class Models {
 public:
  Models() : models_(contexts_max) {}
  OctetModel& of(std::uint32_t context) {
    std::unique_ptr<OctetModel>& model = models_[context % contexts_max];
    if (!model) model = std::make_unique<OctetModel>();
    return *model;
  }

 private:
  std::vector<std::unique_ptr<OctetModel>> models_;
};

/// Codes octets one after another.
class EntropyEncoder {
 public:
  /// An octet in a context.
  void put(std::uint32_t context, std::uint8_t octet);
  /// An octet about which nothing can be learnt.
  void put_raw(std::uint8_t octet);
  /// Everything coded so far; nothing may be put afterwards.
  Bytes finish();

 private:
  void normalise();
  void shift();

  Bytes out_;
  Models models_;
  std::uint64_t low_ = 0;
  std::uint32_t range_ = 0xffffffff;
  std::uint8_t cache_ = 0;
  std::uint64_t pending_ = 1;
};

/// The reverse. Beyond the end it reads zeros, so the caller must know how much there is.
class EntropyDecoder {
 public:
  explicit EntropyDecoder(BytesView octets);
  std::uint8_t get(std::uint32_t context);
  std::uint8_t get_raw();

 private:
  std::uint8_t next();
  void normalise();

  BytesView rest_;
  Models models_;
  std::uint32_t range_ = 0xffffffff;
  std::uint32_t code_ = 0;
};

}  // namespace skypod::sync
