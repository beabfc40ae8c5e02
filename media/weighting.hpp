// K-weighting (ITU-R BS.1770-4 annex 1): what an ear makes of a sound's power. Two second-order filters, a shelf for
// the head and a high-pass, whose coefficients follow from the sample rate by the bilinear transform.
#pragma once

#include <array>
#include <span>

namespace skypod::media {

/// Two channels at once, or one and silence: the filter is a chain of dependent operations, so a second one is free.
using Two = double __attribute__((vector_size(16)));

/// The filters of two channels, and what they remember.
class Weighting {
 public:
  explicit Weighting(int rate);

  /// The sums of the squares of the two channels' weighted samples. Both spans are of one length.
  Two power(std::span<const float> left, std::span<const float> right);

  /// What power() would do for that much silence, when the filters have nothing left to say.
  bool is_at_rest() const;

 private:
  struct Stage {
    double b0, b1, b2, a1, a2;
  };

  /// The last two of a signal, the later first.
  using Last = std::array<Two, 2>;

  Stage shelf_;
  Stage high_pass_;
  Last input_{};
  Last between_{};  // the shelf's output, which is the high-pass's input
  Last output_{};
};

}  // namespace skypod::media
