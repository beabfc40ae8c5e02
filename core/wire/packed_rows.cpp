#include "core/wire/packed_rows.hpp"

#include <bit>

namespace skypod::wire {
namespace {

using Kind = PackedValue::Kind;

// CBOR's major types, and the initial octets of what has none of its own.
constexpr unsigned whole_major = 0, negative_major = 1, octets_major = 2, text_major = 3;
constexpr unsigned null_octet = 0xf6, real_octet = 0xfb;
constexpr unsigned info_in_place_max = 23;  // from 24 on: 1, 2, 4 or 8 octets follow
constexpr unsigned info_max = 27;

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

void PackedWriter::big_endian(std::uint64_t number, int octets) {
  for (int shift = 8 * octets - 8; shift >= 0; shift -= 8)
    octets_.push_back(static_cast<std::uint8_t>(number >> shift));
}

/// A major type with its number in as few octets as hold it.
void PackedWriter::head(std::uint8_t major, std::uint64_t number) {
  const auto initial = [&](unsigned info) { octets_.push_back(static_cast<std::uint8_t>((major << 5) | info)); };
  if (number <= info_in_place_max) return initial(static_cast<unsigned>(number));
  int size = 0;  // of the number, as a power of two
  while (size < 3 && (number >> (8U << size)) != 0) ++size;
  initial(info_in_place_max + 1 + static_cast<unsigned>(size));
  big_endian(number, 1 << size);
}

void PackedWriter::null() {
  octets_.push_back(null_octet);
}

void PackedWriter::whole(std::int64_t number) {
  if (number >= 0) return head(whole_major, static_cast<std::uint64_t>(number));
  head(negative_major, ~static_cast<std::uint64_t>(number));
}

void PackedWriter::real(double number) {
  octets_.push_back(real_octet);
  big_endian(std::bit_cast<std::uint64_t>(number), 8);
}

void PackedWriter::text(std::string_view text) {
  head(text_major, text.size());
  append(text);
}

void PackedWriter::octets(BytesView octets) {
  head(octets_major, octets.size());
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

PackedReader::PackedReader(const Json& packed) : ok_(packed.is_binary()) {
  if (!ok_) return;
  const auto& octets = packed.get_binary();
  rest_ = {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

void PackedReader::fail() {
  ok_ = false;
  rest_ = {};
}

BytesView PackedReader::take(std::uint64_t count) {
  if (count > rest_.size()) {
    fail();
    return {};
  }
  const BytesView taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint64_t PackedReader::argument(unsigned info) {
  if (info <= info_in_place_max) return info;
  if (info > info_max) {
    fail();
    return 0;
  }
  std::uint64_t number = 0;
  for (const char octet : take(1U << (info - info_in_place_max - 1))) {
    number = (number << 8) | static_cast<std::uint8_t>(octet);
  }
  return number;
}

PackedValue PackedReader::next() {
  const BytesView initial = take(1);
  if (initial.empty()) {
    ok_ = false;
    return {};
  }
  const auto octet = static_cast<std::uint8_t>(initial[0]);
  if (octet == null_octet) return {};
  const std::uint64_t number = argument(octet & 31U);
  if (octet == real_octet) return {.kind = Kind::real, .real = std::bit_cast<double>(number), .octets = {}};
  const unsigned major = octet >> 5U;
  if (major > text_major || (major <= negative_major && number > INT64_MAX)) fail();
  if (!ok_) return {};
  if (major == octets_major) return {.kind = Kind::octets, .octets = take(number)};
  if (major == text_major) return {.kind = Kind::text, .octets = take(number)};
  return {
      .kind = Kind::whole, .whole = static_cast<std::int64_t>(major == whole_major ? number : ~number), .octets = {}};
}

PackedValue PackedReader::next_of(Kind kind) {
  const PackedValue value = next();
  if (ok_ && value.kind != kind) fail();
  return ok_ ? value : PackedValue{};
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
