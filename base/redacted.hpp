// Secrets and feed addresses as a type: what is wrapped here cannot reach a log by accident, because nothing prints it.
#pragma once

#include <utility>

namespace skypod {

/// Holds a T that must not be logged. There is no stream operator and no formatter; `reveal()` is the only way in,
/// and is easy to find in a review.
template <class T>
class Redacted {
 public:
  Redacted() = default;
  explicit Redacted(T value) : value_(std::move(value)) {}

  /// The value itself. Never pass it to a logger.
  const T& reveal() const { return value_; }

  friend bool operator==(const Redacted&, const Redacted&) = default;

 private:
  T value_{};
};

}  // namespace skypod
