// Octets one after another, plain or entropy-coded behind the same two interfaces, and the numbers and texts that are
// made of them. A reader never fails in between: it remembers that something was missing or too long, and from then on
// answers zeros.
#pragma once

#include <cstdint>
#include <optional>

#include "core/sync/entropy.hpp"

namespace skypod::sync {

/// Which kind of thing an octet belongs to: with an octet or position before it, the context for its coding.
enum class Column : std::uint8_t {
  count,
  author,
  stamp,
  counter,
  scope,
  field,
  text,
  head,
  shape,
  length,
  tag,
  number,
  value,
  bound,
  mode,
  limit
};

/// What becomes of octets: they are kept as they are, go through the range coder, which pays from a handful of
/// registers on, or are only counted.
enum class Coding : std::uint8_t { plain, coded, counted };

/// Writes octets.
class OctetWriter {
 public:
  explicit OctetWriter(Coding coding) : keeps_(coding == Coding::plain) {
    if (coding == Coding::coded) coder_.emplace();
  }

  void octet(Column column, std::uint8_t context, std::uint8_t value);
  /// Octets without structure.
  void raw(BytesView octets);
  /// A number in groups of 7 bits, least first. `salt` (below 16) tells apart numbers of one column.
  void number(Column column, std::uint64_t value, unsigned salt = 0);
  /// A length, then the octets, each in the context of the one before.
  void text(Column column, BytesView text);
  /// Octets as they were put, before coding.
  std::size_t plain_size() const { return plain_size_; }
  Bytes finish();

 private:
  std::optional<EntropyEncoder> coder_;
  bool keeps_;
  Bytes plain_;
  std::size_t plain_size_ = 0;
};

/// Reads what an OctetWriter wrote.
class OctetReader {
 public:
  /// At most `budget` octets are read in all, however many a coded input may stand for.
  OctetReader(BytesView octets, bool coded, std::size_t budget);

  std::uint8_t octet(Column column, std::uint8_t context);
  Bytes raw(std::size_t count);
  std::uint64_t number(Column column, unsigned salt = 0);
  Bytes text(Column column, std::size_t most);
  /// The same behind what is there already.
  void append_raw(Bytes& out, std::size_t count);
  void append_text(Bytes& out, Column column, std::size_t most);

  bool ok() const { return ok_; }
  /// True at the end of plain octets; coded ones have no end.
  bool at_end() const { return !coder_ && rest_.empty(); }
  void fail() { ok_ = false; }

 private:
  bool spend();

  std::optional<EntropyDecoder> coder_;
  BytesView rest_;
  std::size_t budget_;
  bool ok_ = true;
};

}  // namespace skypod::sync
