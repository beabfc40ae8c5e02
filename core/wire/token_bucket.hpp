// Limits on how often something may happen: a bucket of tokens that refills steadily, so that bursts pass and floods do
// not.
#pragma once

#include <algorithm>

#include "core/wire/token.hpp"

namespace skypod::wire {

/// How many may come at once, and how long it takes until one more may.
struct Rate {
  TimeMs refill_ms = 1;  // at least 1
  TimeMs burst = 1;
};

/// Counts in milliseconds of refill, so that there are no fractions. Begins full.
class TokenBucket {
 public:
  /// Takes a token, or so many, if they are there. A clock that steps back refills nothing.
  bool take(const Rate& rate, TimeMs now, TimeMs count = 1) {
    debt_ms_ = debt_at(now);
    last_ms_ = now;
    if (debt_ms_ + rate.refill_ms * count > rate.refill_ms * rate.burst) {
      return false;
    }
    debt_ms_ += rate.refill_ms * count;
    return true;
  }

  /// True if nothing is owed, so that a new bucket would do as well.
  bool full(TimeMs now) const { return debt_at(now) == 0; }

 private:
  TimeMs debt_at(TimeMs now) const { return std::max<TimeMs>(0, debt_ms_ - std::max<TimeMs>(0, now - last_ms_)); }

  TimeMs debt_ms_ = 0;  // time until the bucket is full again
  TimeMs last_ms_ = 0;
};

}  // namespace skypod::wire
