// The envelope of every message: {typ, msg, seq?, dat?}. On WebSockets it is JSON text; on data channels it is CBOR.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/error.hpp"
#include "core/wire/json.hpp"

namespace skypod::wire {

/// What a message is for. A `res` or `err` carries the `seq` of the `req` that it answers.
enum class Typ { evt, req, res, err };

/// One message. `dat` is an object, or null where the message has no payload.
struct Envelope {
  Typ typ = Typ::evt;
  std::string msg;
  std::optional<std::int64_t> seq;
  Json dat;

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// Longest message name.
inline constexpr std::size_t msg_max = 64;

/// Reads an envelope from an object; other members than the four are ignored.
Result<Envelope, Error> read_envelope(const Json& object);

/// The envelope as an object, without members that are absent.
Json envelope_to_object(const Envelope& envelope);

/// JSON text ↔ envelope.
Result<Envelope, Error> parse_text(std::string_view text);
std::string to_text(const Envelope& envelope);

/// CBOR octets ↔ envelope.
Result<Envelope, Error> parse_octets(BytesView octets);
Bytes to_octets(const Envelope& envelope);

/// The three ways to answer, and the one to announce.
Envelope event(std::string_view msg, Json dat = nullptr);
Envelope request(std::string_view msg, std::int64_t seq, Json dat = nullptr);
Envelope response(std::string_view msg, std::optional<std::int64_t> seq, Json dat = nullptr);
Envelope refusal(std::string_view msg, std::optional<std::int64_t> seq, const Error& error);

}  // namespace skypod::wire
