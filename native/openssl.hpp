// What every file over OpenSSL needs: owners for its objects, and one answer to calls that cannot fail.
#pragma once

#include <cstdlib>

#include "base/bytes.hpp"

namespace skypod::openssl {

/// A deleter for std::unique_ptr that calls OpenSSL's own function.
template <auto Free>
struct Freed {
  void operator()(auto* pointer) const { Free(pointer); }
};

/// For calls that fail only when memory or the random source does: ends the process, for nothing may go on without.
inline void require(bool done) {
  if (!done) std::abort();
}

/// The same octets in the type OpenSSL reads; valid as long as the view's owner.
inline const unsigned char* octets_of(BytesView view) {
  return reinterpret_cast<const unsigned char*>(view.data());
}

/// The same octets in the type OpenSSL writes.
inline unsigned char* octets_of(Bytes& octets) {
  return reinterpret_cast<unsigned char*>(octets.data());
}

}  // namespace skypod::openssl
