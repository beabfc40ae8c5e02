#include "core/sync/document.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cmath>
#include <tuple>

#include "base/big_endian.hpp"
#include "base/utf8.hpp"
#include "core/wire/fields.hpp"

namespace skypod::sync {
namespace {

bool is_name(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && is_utf8(text);
}

/// Whole numbers are those that every language here holds exactly.
bool is_exact(const Json& value) {
  constexpr std::int64_t most = std::int64_t{1} << 53;
  const auto whole = value.is_number_integer() ? wire::whole_number(value) : std::nullopt;
  return whole && *whole >= -most && *whole <= most;
}

/// A value as octets that no other value has, with room for so many more.
Bytes value_octets(const Json& value, std::size_t room = 0) {
  const auto* text = value.get_ptr<const std::string*>();
  Bytes out;
  out.reserve(1 + (text != nullptr ? text->size() : number_octets) + room);
  if (text != nullptr) {
    out += 't';
    out += *text;
  } else if (value.is_number_float()) {
    out += 'f';
    append_big_endian(out, std::bit_cast<std::uint64_t>(value.get<double>()));
  } else if (value.is_number()) {
    out += 'i';
    append_big_endian(out, static_cast<std::uint64_t>(value.get<std::int64_t>()));
  }
  return out;
}

}  // namespace

Json canonical(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const auto whole = value.is_number() ? wire::whole_number(value) : std::nullopt;
  return whole ? Json(*whole) : value;
}

std::string_view fault_of(const Address& at, const Json& value) {
  const bool named = is_name(at.collection, 1, collection_max) && is_name(at.scope, 0, scope_max) &&
                     is_name(at.name, 0, name_max) && is_name(at.field, 1, field_max);
  if (!named) {
    return "A document's name is too long or is not text.";
  }
  const auto* text = value.get_ptr<const std::string*>();
  const bool finite = value.is_number_float() && std::isfinite(value.get<double>());
  const bool scalar = value.is_null() || finite || is_exact(value) || text != nullptr;
  if (!scalar) {
    return "A value is neither a number nor a text.";
  }
  if (text != nullptr && (text->size() > value_max || !is_utf8(*text))) {
    return "A text is longer than 16 KiB or is not UTF-8.";
  }
  return {};
}

std::uint64_t key_of(const Address& at) {
  Bytes joined;
  joined.reserve(at.collection.size() + at.scope.size() + at.name.size() + at.field.size() + 3);
  joined.append(at.collection).push_back('\0');
  joined.append(at.scope).push_back('\0');
  joined.append(at.name).push_back('\0');
  joined.append(at.field);
  return XXH3_64bits(joined.data(), joined.size());
}

std::uint64_t hash_of(std::uint64_t key, Author author, Stamp stamp, const Json& value) {
  Bytes joined = value_octets(value, 3 * number_octets);
  append_big_endian(joined, key);
  append_big_endian(joined, author.value);
  append_big_endian(joined, stamp.value);
  return XXH3_64bits(joined.data(), joined.size());
}

std::uint64_t hash_of(const Change& change) {
  return hash_of(key_of(change.at), change.author, change.stamp, change.value);
}

std::uint64_t digest_of(BytesView octets) {
  return XXH3_64bits(octets.data(), octets.size());
}

bool wins(const Change& left, Author author, Stamp stamp, const Json& value) {
  const auto rank = std::tie(left.stamp, left.author);
  const auto other = std::tie(stamp, author);
  return rank != other ? rank > other : value_octets(left.value) > value_octets(value);
}

}  // namespace skypod::sync
