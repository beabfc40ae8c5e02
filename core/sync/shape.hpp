// What a document's name is made of. Feeds fill guids with UUIDs and hashes; written as octets those take half the
// room, and the range coder need not learn that there is nothing to learn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace skypod::sync {

inline constexpr std::size_t uuid_octets = 16;
inline constexpr std::size_t uuid_letters = 36;  // its digits and dashes

/// A name as head, digits of lower-case hexadecimal, and tail: views of the name.
struct Shape {
  enum class Kind : std::uint8_t { plain, uuid, hex };  // uuid: 8-4-4-4-12 digits
  Kind kind = Kind::plain;
  std::string_view head;  // the whole name if it is plain
  std::string_view digits;
  std::string_view tail;
};

/// Takes a name apart at the first UUID, or else at the first run of at least 16 digits, an even number.
Shape shape_of(std::string_view name);

/// Appends the octets that the digits of a shape stand for.
void append_octets(Bytes& out, std::string_view digits);

/// The reverse: appends octets as the digits of that kind of shape; 16 of them for a UUID.
void append_digits(std::string& out, Shape::Kind kind, BytesView octets);

}  // namespace skypod::sync
