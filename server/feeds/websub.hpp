// WebSub (https://www.w3.org/TR/websub/) as a subscriber, as pure functions: a feed's hub is asked to tell us when
// there is something new, at an address that nobody can guess, signed with a secret that the hub alone has from us.
// What it tells is never believed: it only has us look at the feed itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/json.hpp"
#include "native/fetch.hpp"

namespace skypod::server {

/// Where a feed's news are told, and under what name.
struct HubLink {
  std::string hub;
  std::string topic;

  friend bool operator==(const HubLink&, const HubLink&) = default;
};

/// What an answer's Link fields name (RFC 8288), or else the feed itself (JSON Feed); nothing if it has no hub. `url`
/// is where it was found.
std::optional<HubLink> hub_of(const HttpFields& fields, const wire::Json& feed, const std::string& url);

/// A subscription, from the wish to its end. Times are milliseconds since 1970.
struct Subscription {
  HubLink link;
  std::string id;             // of the address that the hub calls
  std::string secret;         // that it signs with
  std::int64_t asked_ms = 0;  // when it was last asked
  std::int64_t until_ms = 0;  // when it ends; 0 as long as the hub has not confirmed it
  std::int64_t lease_ms = 0;  // for how long it was confirmed

  friend bool operator==(const Subscription&, const Subscription&) = default;
};

/// A new one, with an id and a secret of 256 random bits each.
Subscription subscription_to(HubLink link);

/// The form that asks the hub for it: ten days, by this address.
std::string form_of(const Subscription& subscription, std::string_view callback);

/// What a hub says before it does what it was asked to (section 5.3), or that it will not (5.2).
struct HubQuestion {
  std::string mode;
  std::string topic;
  std::string lease_seconds;
};

/// Takes it in; whether the answer is yes.
bool confirm(Subscription& subscription, const HubQuestion& question, std::int64_t now_ms);

/// Whether X-Hub-Signature is that of the body: HMAC-SHA256, compared in constant time.
bool is_genuine(const Subscription& subscription, std::string_view signature, std::string_view body);

/// When the hub is to be asked again: after three quarters of the lease, but not within the hour; in a day if it has
/// not confirmed it.
std::int64_t renewal_ms(const Subscription& subscription);

}  // namespace skypod::server
