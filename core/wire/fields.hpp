// Reading an object's members with their types and limits checked: read all, then ask once whether all was well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/wire/json.hpp"

namespace skypod::wire {

/// Reads members of one object. The first member that is missing, of another type or out of bounds is remembered; from
/// then on the reader answers empty values and `ok()` is false. The object must outlive the reader.
class Fields {
 public:
  explicit Fields(const Json& object);
  explicit Fields(Json&&) = delete;

  /// A required string of 1 to `max` octets.
  std::string text(const char* name, std::size_t max);

  /// A string of at most `max` octets; "" where it is absent.
  std::string optional_text(const char* name, std::size_t max);

  /// A required whole number in [least, most]. A float that is exactly whole counts: JavaScript has no other kind.
  std::int64_t integer(const char* name, std::int64_t least, std::int64_t most);

  /// A whole number in [least, most], or nothing where it is absent or null.
  std::optional<std::int64_t> optional_integer(const char* name, std::int64_t least, std::int64_t most);

  /// A required number in [least, most].
  double number(const char* name, double least, double most);

  /// A number in [least, most], or nothing where it is absent or null.
  std::optional<double> optional_number(const char* name, double least, double most);

  /// A boolean; `fallback` where it is absent.
  bool boolean(const char* name, bool fallback);

  /// A required object.
  const Json& object(const char* name);

  /// A required array of at most `max` members.
  const Json& array(const char* name, std::size_t max);

  /// A required byte string (CBOR only) of at most `max` octets.
  Bytes octets(const char* name, std::size_t max);

  /// Whether every member read so far was as it must be.
  bool ok() const { return problem_.empty(); }

  /// The first member that was not, in words; "" while ok.
  const std::string& problem() const { return problem_; }

 private:
  const Json* find(const char* name, bool required);
  void fail(const char* name, const std::string& why);

  const Json& object_;
  std::string problem_;
};

/// The whole number in `value`, also if it is written as a float without a fraction.
std::optional<std::int64_t> whole_number(const Json& value);

}  // namespace skypod::wire
