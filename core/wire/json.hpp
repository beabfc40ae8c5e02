// JSON and CBOR from strangers. One strict reader for both: bounded depth, no duplicate members, only finite numbers,
// only UTF-8 text. What it accepts means the same to every reader, so a check here cannot be undone by another parser
// later. Documents that are only read, such as feeds, have a lenient one.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace skypod::wire {

/// A parsed value. Members are kept sorted, so equal values print as equal bytes.
using Json = nlohmann::json;

/// Deepest nesting accepted; our own messages need 6.
inline constexpr std::size_t json_depth_max = 32;

/// Parses JSON text (RFC 8259), or nothing if it breaks a rule above.
std::optional<Json> parse_json(std::string_view text);

/// Parses JSON text that others publish, of which every valid one (RFC 8259) is of use. Where parse_json() refuses: of
/// equal names the last counts, as in JavaScript; a container deeper than json_depth_max is null; half of a surrogate
/// pair is U+FFFD. Never for our own messages. Nothing if the text is not JSON, or has a number beyond a double.
std::optional<Json> parse_foreign_json(std::string_view text);

/// Parses CBOR (RFC 8949) under the same rules; text keys only, no tags, and every length said before.
std::optional<Json> parse_cbor(BytesView bytes);

/// Compact JSON text. Octets that are not UTF-8 print as U+FFFD rather than fail.
std::string to_json(const Json& value);

/// CBOR octets.
Bytes to_cbor(const Json& value);

/// Wraps octets as a CBOR byte string, which JSON text cannot carry.
Json binary(BytesView bytes);

/// The octets of a byte string; empty for any other value.
Bytes binary_bytes(const Json& value);

}  // namespace skypod::wire
