// One HTTP request over a connection of its own, written by hand so that malformed ones can be sent as well.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/wire/json.hpp"

namespace skypod::test {

/// What came back. Status 0: nothing that is HTTP.
struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // by lower-case name
  std::string body;

  /// The body as JSON; null if it is none.
  wire::Json json() const;
};

/// Sends the octets to 127.0.0.1 and reads until the server hangs up.
HttpAnswer exchange_http(std::uint16_t port, std::string_view request);

/// GET with "Connection: close"; `headers` are whole lines, each with its CRLF.
HttpAnswer get(std::uint16_t port, std::string_view target, std::string_view headers = "",
               std::string_view method = "GET");

}  // namespace skypod::test
