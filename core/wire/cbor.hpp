// The heads of CBOR's data items (RFC 8949, 3), for what reads whole values (json.hpp) and rows (packed_rows.hpp).
#pragma once

#include <cstdint>

#include "base/bytes.hpp"

namespace skypod::wire::cbor {

/// Major types. `other` is floats and what has no octets of its own.
enum class Major : std::uint8_t { whole, negative, octets, text, list, map, tag, other };

/// What `other` is, by its head's info.
inline constexpr unsigned info_false = 20, info_true = 21, info_null = 22, info_half = 25, info_single = 26,
                          info_double = 27;

/// The info of a head with its number in place is at most this; after that 1, 2, 4 or 8 octets follow.
inline constexpr unsigned info_in_place_max = 23;

/// What stands before every value. `number`: a whole number, or ~ of a negative one; the octets of a string, the
/// members of a list or map; the bits of a float.
struct Head {
  Major major = Major::other;
  unsigned info = info_null;
  std::uint64_t number = 0;
};

/// Goes over octets from one head to the next. It never fails in between: it remembers that something was missing or no
/// head, and from then on answers nulls. Items of indefinite length are no heads here.
class Cursor {
 public:
  /// The octets are borrowed.
  explicit Cursor(BytesView octets) : rest_(octets) {}

  Head head();
  /// The next octets, so many.
  BytesView take(std::uint64_t count);

  bool ok() const { return ok_; }
  /// True also after a failure.
  bool at_end() const { return rest_.empty(); }
  void fail();

 private:
  std::uint64_t big_endian(std::size_t octets);

  BytesView rest_;
  bool ok_ = true;
};

}  // namespace skypod::wire::cbor
