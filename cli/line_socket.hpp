// Lines over a connected socket, with a deadline for each.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "native/descriptor.hpp"

namespace skypod::cli {

/// When to give up; nothing: never.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Blocking, for one thread.
class LineSocket {
 public:
  explicit LineSocket(Descriptor socket) : socket_(std::move(socket)) {}

  /// Writes all of it; false if the other side is gone.
  bool write(std::string_view text);

  /// The next line without its end; nothing if none came in time or the other side is gone, which is_over() tells.
  std::optional<std::string> read(Deadline deadline);

  /// Whether the other side has hung up.
  bool is_over() const { return over_; }

 private:
  Descriptor socket_;
  std::string text_;
  bool over_ = false;
};

}  // namespace skypod::cli
