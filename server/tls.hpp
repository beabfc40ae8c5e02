// TLS in the server itself: a certificate chain and its key from PEM files, TLS 1.2 or later (RFC 8996), HTTP/1.1 only.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace skypod::server {

/// The server's end of one TLS connection, or none at all for a plain one.
using TlsSession = std::unique_ptr<ssl_st, void (*)(ssl_st*)>;

/// A certificate with its key. Sessions that were begun with it may outlive it.
class Tls {
 public:
  /// Reads the chain (the server's own certificate first) and its private key, both PEM. The error says what, why and
  /// the mend in one line: unreadable, no certificate or key, a key of another certificate, an encrypted key.
  static Result<Tls, std::string> load(const std::filesystem::path& certificate, const std::filesystem::path& key);

  /// A session on a connected, non-blocking socket, which it does not close.
  TlsSession session(int descriptor) const;

 private:
  explicit Tls(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}

  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace skypod::server
