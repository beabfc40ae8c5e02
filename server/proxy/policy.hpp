// RFC 9111 for a shared cache, as pure functions: what may be stored, how long it is fresh, when a stored answer may be
// used for a request, and what becomes of it when it is validated. RFC 5861 for stale ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "native/fetch.hpp"
#include "server/proxy/fields.hpp"

namespace skypod::server {

/// An answer as it is stored; its body is kept elsewhere.
struct Stored {
  int status = 0;
  HttpFields fields;             // as they came, end to end
  HttpFields vary;               // of the request: the fields that Vary names, each once, "" if absent
  std::int64_t requested_s = 0;  // when it was asked for, in seconds since 1970
  std::int64_t received_s = 0;   // when it came
  std::string body;              // the SHA-256 of the octets, in hexadecimal
  std::size_t body_octets = 0;

  friend bool operator==(const Stored&, const Stored&) = default;
};

/// Whether the answer to this GET may be stored (section 3).
bool may_store(const HttpFields& request, int status, const HttpFields& answer);

/// The request's fields that the answer's Vary names (section 4.1); to be stored with it. A packed answer is for those
/// that accept the same codings, whether it says so or not.
HttpFields vary_of(const HttpFields& request, const HttpFields& answer);

/// Whether the request's fields are those that the stored answer was selected by.
bool is_selected(const Stored& stored, const HttpFields& request);

/// Its age in seconds (section 4.2.3).
std::int64_t age_of(const Stored& stored, std::int64_t now_s);

/// For how long it is fresh from its origin on (section 4.2.1, heuristic: 4.2.2).
std::int64_t lifetime_of(const Stored& stored);

/// What to do with a stored answer.
enum class Use : std::uint8_t {
  serve,            // fresh, or the request takes stale ones
  serve_and_renew,  // stale, but may be served while it is validated
  validate,         // ask the origin first
};
Use use_of(const Stored& stored, const HttpFields& request, std::int64_t now_s);

/// Whether a stale one may be served because the origin failed: with this status, or 0 if it did not answer at all.
bool may_serve_after_failure(const Stored& stored, const HttpFields& request, int status, std::int64_t now_s);

/// Makes the request one that asks whether the stored answer is still good (section 4.3.1).
void add_condition(HttpFields& request, const Stored& stored);

/// Whether there is anything to ask by.
bool has_validator(const Stored& stored);

/// Whether a 304 with these fields is about this stored answer (section 4.3.4).
bool is_confirmed(const Stored& stored, const HttpFields& answer);

/// The fields of an answer that are stored with it (section 3.1), without cookies, which are one client's.
HttpFields lasting(const HttpFields& answer);

/// Takes the fields of a 304 over (section 3.2).
void freshen(Stored& stored, const HttpFields& answer, std::int64_t requested_s, std::int64_t received_s);

/// Whether the client has it already by its own conditions, so that 304 answers (section 4.3.2).
bool is_known_to_client(const Stored& stored, const HttpFields& request);

/// Whether the request wants a stored answer or nothing.
bool wants_only_stored(const HttpFields& request);

}  // namespace skypod::server
