// GET requests to the one server that the user has named, for the core's ask::Fetch. What the server fetches for us is
// guarded by the server (fetch.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

#include "base/result.hpp"
#include "native/dial.hpp"

namespace skypod {

/// Most octets of an answer's body, and longest wait for the whole of it.
inline constexpr std::size_t http_body_max = 32U << 20U;
inline constexpr std::chrono::seconds http_wait_max{60};

/// An answer of any status.
struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// What is asked for: "/path?query", and a token for "Authorization: Bearer", or "".
struct HttpTarget {
  std::string path;
  std::string token{};
};

/// Fetches over a connection of its own. The error is a sentence: what, why and the mend.
boost::asio::awaitable<Result<HttpAnswer, std::string>> http_get(Dialer dialer, HttpTarget target);

}  // namespace skypod
