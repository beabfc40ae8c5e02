// Rows of a database as one byte string: their values, one after the other, as a CBOR sequence (RFC 8742) of null,
// whole numbers, doubles, texts and byte strings. Thousands of rows pass between the core and its host at a time; as
// Json each of their values would be made, copied and freed by itself on either side.
#pragma once

#include <cstdint>
#include <vector>

#include "core/wire/cbor.hpp"
#include "core/wire/json.hpp"

namespace skypod::wire {

/// One value; `octets` are borrowed from what it was read from.
struct PackedValue {
  enum class Kind : std::uint8_t { null, whole, real, text, octets };
  Kind kind = Kind::null;
  std::int64_t whole = 0;
  double real = 0;
  BytesView octets;  // of a text, too

  Json to_json() const;
};

/// Writes values.
class PackedWriter {
 public:
  void null();
  void whole(std::int64_t number);
  void real(double number);
  void text(std::string_view text);
  void octets(BytesView octets);
  /// A Json of any of these kinds; any other becomes null.
  void value(const Json& value);
  /// All that another one has written.
  void all_of(const PackedWriter& other) { octets_.insert(octets_.end(), other.octets_.begin(), other.octets_.end()); }
  bool empty() const { return octets_.empty(); }

  /// All that was written, as a Json byte string.
  Json finish() { return Json::binary(std::move(octets_)); }

 private:
  void head(cbor::Major major, std::uint64_t number);
  void initial(cbor::Major major, unsigned info);
  void big_endian(std::uint64_t number, std::size_t octets);
  void append(BytesView octets) { octets_.insert(octets_.end(), octets.begin(), octets.end()); }

  std::vector<std::uint8_t> octets_;
};

/// Reads values. It never fails in between: it remembers that something was missing or of another kind, and from then
/// on answers empty values.
class PackedReader {
 public:
  /// `packed` is borrowed. Anything but a byte string has failed from the beginning.
  explicit PackedReader(const Json& packed);
  explicit PackedReader(Json&& packed) = delete;

  PackedValue next();
  /// The next value, if it is of that kind; else this has failed.
  std::int64_t whole();
  std::string_view text();
  BytesView octets();

  bool ok() const { return in_.ok(); }
  /// True also after a failure.
  bool at_end() const { return in_.at_end(); }
  void fail() { in_.fail(); }

 private:
  PackedValue next_of(PackedValue::Kind kind);

  cbor::Cursor in_;
};

}  // namespace skypod::wire
