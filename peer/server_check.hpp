// Looks at a server from outside, without an identity: is it there, is it skypod, and do its certificate and its clock
// serve? For people who ask what is wrong.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/wire/token.hpp"
#include "native/dial.hpp"
#include "native/http_get.hpp"

namespace skypod::peer {

/// Where the server says how it is, and where realms are spoken to.
inline constexpr const char* health_path = "/healthz";
inline constexpr const char* realm_path = "/realm";

/// The server's version, from its answer to GET health_path; else a sentence: what, why and the mend.
Result<std::string, std::string> judge_health(const ServerAddress& server,
                                              const Result<HttpAnswer, std::string>& answer);

/// What was seen. Each `…_problem` is "" or a sentence; what could not be seen because of one is left out.
struct ServerCheck {
  std::string version;
  std::string problem;                         // it is not there, or is no skypod server
  std::optional<int> certificate_days;         // until it expires; nothing without TLS
  std::string link_problem;                    // WebSockets do not get through
  std::optional<wire::TimeMs> clock_ahead_ms;  // of this device's clock against the server's
};

/// Asks the server; takes at most about a minute.
ServerCheck check_server(const Dialer& server);

}  // namespace skypod::peer
