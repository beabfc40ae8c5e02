#include "core/wire/packed_rows.hpp"

#include <bit>

#include "base/big_endian.hpp"

namespace skypod::wire {
namespace {

using Kind = PackedValue::Kind;
using cbor::Major;

}  // namespace

Json PackedValue::to_json() const {
  switch (kind) {
    case Kind::null:
      return nullptr;
    case Kind::whole:
      return whole;
    case Kind::real:
      return real;
    case Kind::text:
      return std::string(octets);
    case Kind::octets:
      return binary(octets);
  }
  return nullptr;
}

void PackedWriter::big_endian(std::uint64_t number, std::size_t octets) {
  const auto all = to_big_endian(number);
  octets_.insert(octets_.end(), all.end() - static_cast<std::ptrdiff_t>(octets), all.end());
}

void PackedWriter::initial(Major major, unsigned info) {
  octets_.push_back(static_cast<std::uint8_t>((static_cast<unsigned>(major) << 5) | info));
}

/// A major type with its number in as few octets as hold it.
void PackedWriter::head(Major major, std::uint64_t number) {
  if (number <= cbor::info_in_place_max) return initial(major, static_cast<unsigned>(number));
  unsigned size = 0;  // of the number, as a power of two
  while (size < 3 && (number >> (8U << size)) != 0) ++size;
  initial(major, cbor::info_in_place_max + 1 + size);
  big_endian(number, std::size_t{1} << size);
}

void PackedWriter::null() {
  initial(Major::other, cbor::info_null);
}

void PackedWriter::whole(std::int64_t number) {
  if (number >= 0) return head(Major::whole, static_cast<std::uint64_t>(number));
  head(Major::negative, ~static_cast<std::uint64_t>(number));
}

void PackedWriter::real(double number) {
  initial(Major::other, cbor::info_double);
  big_endian(std::bit_cast<std::uint64_t>(number), sizeof number);
}

void PackedWriter::text(std::string_view text) {
  head(Major::text, text.size());
  append(text);
}

void PackedWriter::octets(BytesView octets) {
  head(Major::octets, octets.size());
  append(octets);
}

void PackedWriter::value(const Json& value) {
  if (value.is_number_integer()) return whole(value.get<std::int64_t>());
  if (value.is_number()) return real(value.get<double>());
  if (const auto* string = value.get_ptr<const std::string*>()) return text(*string);
  if (!value.is_binary()) return null();
  const auto& held = value.get_binary();
  octets({reinterpret_cast<const char*>(held.data()), held.size()});
}

PackedReader::PackedReader(const Json& packed) : in_({}) {
  if (packed.is_binary()) {
    const auto& octets = packed.get_binary();
    in_ = cbor::Cursor({reinterpret_cast<const char*>(octets.data()), octets.size()});
  } else {
    fail();
  }
}

PackedValue PackedReader::next() {
  const cbor::Head head = in_.head();
  const bool fits = head.number <= INT64_MAX;
  const auto number = static_cast<std::int64_t>(head.number);
  if (head.major == Major::octets) return {.kind = Kind::octets, .octets = in_.take(head.number)};
  if (head.major == Major::text) return {.kind = Kind::text, .octets = in_.take(head.number)};
  if (head.major == Major::whole && fits) return {.kind = Kind::whole, .whole = number, .octets = {}};
  if (head.major == Major::negative && fits) return {.kind = Kind::whole, .whole = ~number, .octets = {}};
  const bool other = head.major == Major::other;
  if (other && head.info == cbor::info_double) {
    return {.kind = Kind::real, .real = std::bit_cast<double>(head.number), .octets = {}};
  }
  if (!other || head.info != cbor::info_null) fail();
  return {};
}

PackedValue PackedReader::next_of(Kind kind) {
  const PackedValue value = next();
  if (value.kind != kind) fail();
  return ok() ? value : PackedValue{};
}

std::int64_t PackedReader::whole() {
  return next_of(Kind::whole).whole;
}

std::string_view PackedReader::text() {
  return next_of(Kind::text).octets;
}

BytesView PackedReader::octets() {
  return next_of(Kind::octets).octets;
}

}  // namespace skypod::wire
