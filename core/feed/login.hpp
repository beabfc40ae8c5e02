// The name and password that some feeds want (HTTP Basic authentication, RFC 7617), as people paste them: in front of
// the host, `https://name:password@host/feed`. They are kept apart from the address, so that no list, link, log or
// error shows them.
#pragma once

#include <string>
#include <string_view>

namespace skypod::feed {

/// Octets of a login at most, percent-encoded.
inline constexpr std::size_t login_max = 1024;

/// An address without what stands in front of its host, and that: "name:password" or "name", percent-encoded as it was
/// typed; "" if there was none.
struct Located {
  std::string url, login;
};

/// Takes an address apart. The part before "://" may be missing, as people leave it out.
Located take_login(std::string_view url);

/// Puts a login back into an http or https address without one.
std::string put_login(std::string_view url, std::string_view login);

/// Whether a login can be sent: at most login_max octets, UTF-8 without control characters, no colon in the name. One
/// that is empty is none.
bool is_login(std::string_view login);

/// The name in a login, for people.
std::string login_name(std::string_view login);

/// The value of an Authorization field. A secret.
std::string basic_authorization(std::string_view login);

}  // namespace skypod::feed
