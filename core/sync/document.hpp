// What is synced: registers. A register is one field of one document, named by collection, scope, name and field, and
// holds the winning version of its value with the stamp and the author of that write.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "core/sync/clock.hpp"
#include "core/wire/json.hpp"

namespace skypod::sync {

using wire::Json;

/// Limits of one register, in octets.
inline constexpr std::size_t collection_max = 32;
inline constexpr std::size_t scope_max = 2'304;
inline constexpr std::size_t name_max = 2'304;
inline constexpr std::size_t field_max = 32;
inline constexpr std::size_t value_max = 16 * 1024;

/// Who wrote: the first 5 octets of the device's identity, then 3 for its life. A new database draws them, so a device
/// that has lost its database is another author, and no author ever uses a stamp twice; each time that a database gives
/// up what a wrong clock wrote, it goes on as the next life. As octets it is 8 big-endian ones.
struct Author {
  std::uint64_t value = 0;

  static constexpr std::size_t octets_size = 8;
  static constexpr int life_bits = 24;
  /// How far back a life is known to be of the same database. Two databases draw lives this close once in 65,536 times.
  static constexpr std::uint64_t lives_max = 256;
  /// The author in the given life of a device; of the life only the low bits count.
  static Author of(std::uint64_t device, std::uint64_t life) {
    return {(device << life_bits) | (life & ((std::uint64_t{1} << life_bits) - 1))};
  }
  /// The device, without the life.
  std::uint64_t device() const { return value >> life_bits; }
  /// The same database after it gave something up.
  Author next_life() const { return of(device(), value + 1); }
  /// Whether `later` is a later life of the same database.
  bool precedes(Author later) const {
    const std::uint64_t lives = of(0, later.value - value).value;
    return device() == later.device() && lives > 0 && lives <= lives_max;
  }
  Bytes octets() const { return Stamp{value}.octets(); }
  static std::optional<Author> from_octets(BytesView octets) {
    const auto read = Stamp::from_octets(octets);
    return read ? std::optional(Author{read->value}) : std::nullopt;
  }
  friend auto operator<=>(const Author&, const Author&) = default;
};

/// Where a register stands.
struct Address {
  std::string collection, scope, name, field;
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// One field to write. The value is null (for: there is none), a number or a text.
struct Write {
  Address at;
  Json value;
};

/// One version of a register.
struct Change {
  Author author;
  Stamp stamp;
  Address at;
  Json value;
};

/// The one spelling of a value, whichever way it comes: SQLite has no booleans, and JavaScript no floats that are
/// whole.
Json canonical(const Json& value);

/// Why a register cannot be taken, as a sentence; "" if it can. Checks sizes, UTF-8 and the value's kind.
std::string_view fault_of(const Address& at, const Json& value);

/// Names the register in 64 bits. Equal on every device.
std::uint64_t key_of(const Address& at);

/// Names one version of a register, value and all, in 64 bits. Equal on every device.
std::uint64_t hash_of(const Change& change);
/// The same for a version whose key_of is known.
std::uint64_t hash_of(std::uint64_t key, Author author, Stamp stamp, const Json& value);

/// Names any octets in 64 bits.
std::uint64_t digest_of(BytesView octets);

/// Whether `left` wins over `right`: the greater stamp, then the greater author, then the greater value.
bool wins(const Change& left, Author author, Stamp stamp, const Json& value);

}  // namespace skypod::sync
