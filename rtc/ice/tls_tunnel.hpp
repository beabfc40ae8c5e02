// TURN over TLS (turns:, RFC 7065), which libnice does not speak: it is given a port on loopback instead, and what it
// says there goes through TLS to the server. GIO checks the server's certificate and name.
#pragma once

#include <gio/gio.h>

#include <cstdint>
#include <string>

namespace skypod::rtc::ice {

/// Lives on the loop's thread; connections that were made through it end with it.
class TlsTunnel {
 public:
  /// `authorities`: a PEM file of certificate authorities; empty: the machine's.
  TlsTunnel(std::string host, std::uint16_t port, std::string authorities);
  ~TlsTunnel();
  TlsTunnel(const TlsTunnel&) = delete;
  TlsTunnel& operator=(const TlsTunnel&) = delete;

  /// The port on 127.0.0.1; 0 if none could be had.
  std::uint16_t port() const { return port_; }

 private:
  std::string host_;
  std::uint16_t server_port_;
  std::string authorities_;
  std::uint16_t port_ = 0;
  GCancellable* ended_;
  GSocketService* service_;

  void accept(GSocketConnection* local);
};

}  // namespace skypod::rtc::ice
