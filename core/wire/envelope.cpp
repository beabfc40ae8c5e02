#include "core/wire/envelope.hpp"

#include <array>

#include "core/wire/fields.hpp"

namespace skypod::wire {
namespace {

constexpr std::array<std::string_view, 4> typ_names{"evt", "req", "res", "err"};
constexpr std::int64_t seq_max = 9007199254740991;  // 2^53 - 1, the largest whole number of JavaScript

std::optional<Typ> typ_named(std::string_view name) {
  for (std::size_t i = 0; i < typ_names.size(); ++i) {
    if (typ_names[i] == name) return static_cast<Typ>(i);
  }
  return std::nullopt;
}

Result<Envelope, Error> read_parsed(const std::optional<Json>& parsed) {
  if (!parsed || !parsed->is_object()) {
    return unexpected(Error{ErrorCode::bad_frame, ""});
  }
  return read_envelope(*parsed);
}

}  // namespace

Result<Envelope, Error> read_envelope(const Json& object) {
  Fields fields(object);
  const auto typ = typ_named(fields.text("typ", 3));
  Envelope envelope{.typ = typ.value_or(Typ::evt),
                    .msg = fields.text("msg", msg_max),
                    .seq = fields.optional_integer("seq", 0, seq_max),
                    .dat = nullptr};
  if (!fields.ok()) {
    return unexpected(Error{ErrorCode::bad_message, fields.problem()});
  }
  if (!typ) {
    return unexpected(Error{ErrorCode::bad_message, "\"typ\" must be evt, req, res or err."});
  }
  const auto dat = object.find("dat");
  if (dat != object.end() && !dat->is_null()) {
    if (!dat->is_object()) {
      return unexpected(Error{ErrorCode::bad_message, "\"dat\" must be an object."});
    }
    envelope.dat = *dat;
  }
  return envelope;
}

Json envelope_to_object(const Envelope& envelope) {
  Json object = {{"typ", typ_names[static_cast<std::size_t>(envelope.typ)]}, {"msg", envelope.msg}};
  if (envelope.seq) object["seq"] = *envelope.seq;
  if (!envelope.dat.is_null()) object["dat"] = envelope.dat;
  return object;
}

Result<Envelope, Error> parse_text(std::string_view text) {
  return read_parsed(parse_json(text));
}

std::string to_text(const Envelope& envelope) {
  return to_json(envelope_to_object(envelope));
}

Result<Envelope, Error> parse_octets(BytesView octets) {
  return read_parsed(parse_cbor(octets));
}

Bytes to_octets(const Envelope& envelope) {
  return to_cbor(envelope_to_object(envelope));
}

Envelope event(std::string_view msg, Json dat) {
  return {Typ::evt, std::string(msg), std::nullopt, std::move(dat)};
}

Envelope request(std::string_view msg, std::int64_t seq, Json dat) {
  return {Typ::req, std::string(msg), seq, std::move(dat)};
}

Envelope response(std::string_view msg, std::optional<std::int64_t> seq, Json dat) {
  return {Typ::res, std::string(msg), seq, std::move(dat)};
}

Envelope refusal(std::string_view msg, std::optional<std::int64_t> seq, const Error& error) {
  return {Typ::err, std::string(msg), seq, error_to_json(error)};
}

}  // namespace skypod::wire
