// Where a skypod server is, as people write it: "https://pod.example" or "http://127.0.0.1:7890".
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace skypod {

/// A server's address, taken apart. It has no path: skypod serves from the root of its host.
struct ServerAddress {
  bool is_secure = true;
  std::string host;  // a name or an IP address, without brackets
  std::string port;  // always there, e.g. "443"

  /// Reads an address of at most 512 octets; else a sentence that says what, why and the mend.
  static Result<ServerAddress, std::string> parse(std::string_view text);

  /// The host and, where it is not the scheme's own, the port, as in a Host header.
  std::string authority() const;

  /// The whole address without a slash at its end; what parse() reads.
  std::string url() const;

  friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

}  // namespace skypod
