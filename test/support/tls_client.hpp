// The other end of the server's TLS, for tests: certificates to serve, and a client that speaks through it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace skypod::test {

/// Writes a new self-signed P-256 certificate for 127.0.0.1 and its key as PEM files. The name is the certificate's
/// common name.
void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key,
                       const std::string& name);

/// What came of a TLS connection.
struct TlsAnswer {
  bool is_connected = false;
  std::string version;   // e.g. "TLSv1.3"
  std::string protocol;  // that ALPN chose
  std::string name;      // the certificate's common name
  std::string octets;    // all that the server sent until it hung up
};

/// Connects to 127.0.0.1, sends the octets and reads until the server hangs up. `version_max` is an OpenSSL number such
/// as TLS1_1_VERSION; 0 for the newest.
TlsAnswer exchange_tls(std::uint16_t port, std::string_view octets, int version_max = 0);

}  // namespace skypod::test
