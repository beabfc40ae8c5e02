// An owner for a file descriptor, and writing to one.
#pragma once

#include <unistd.h>

#include <string_view>
#include <utility>

namespace skypod {

/// Closes its descriptor, if it has one.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  explicit operator bool() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  /// Gives it up without closing it.
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

/// Writes all of it, also where a signal or a full pipe cuts a write short; blocks meanwhile. False, with errno, once
/// the descriptor takes no more: then a part may have been written.
bool write_all(int descriptor, std::string_view octets);

}  // namespace skypod
