// What a document's name is made of. Feeds fill guids with UUIDs and hashes; written as octets those take half the
// room, and the range coder need not learn that there is nothing to learn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace skypod::sync {

inline constexpr std::size_t uuid_octets = 16;

/// A name as head, octets that were spelt in lower-case hexadecimal, and tail.
struct Shape {
  enum class Kind : std::uint8_t { plain, uuid, hex };  // uuid: 8-4-4-4-12 digits
  Kind kind = Kind::plain;
  std::string head;  // the whole name if it is plain
  Bytes octets;
  std::string tail;
};

/// Takes a name apart at the first UUID, or else at the first run of at least 16 digits, an even number.
Shape shape_of(std::string_view name);

/// Puts it together again.
std::string text_of(const Shape& shape);

}  // namespace skypod::sync
