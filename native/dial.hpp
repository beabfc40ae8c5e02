// Connections to the one server that the user has named: plain or TLS, over Asio. Unlike fetch.hpp this guards no
// addresses: a server at home is wanted. Certificates are verified for the server's name against the system's
// authorities, and those of a file the user may add.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "native/server_address.hpp"

namespace skypod {

/// Longest wait for each step on the way to an open connection.
inline constexpr std::chrono::seconds dial_step_max{10};

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::asio::ssl::stream<PlainStream>;

/// A server and how it is to prove itself. Copies share the list of authorities.
class Dialer {
 public:
  /// `ca_file`: PEM, trusted besides the system's authorities. Fails with a sentence if it cannot be used.
  static Result<Dialer, std::string> make(ServerAddress server, const std::optional<std::filesystem::path>& ca_file);

  const ServerAddress& server() const { return server_; }

  /// A stream that is not connected yet.
  TlsStream new_tls_stream(const boost::asio::any_io_executor& executor) const { return {executor, *context_}; }

  /// Connects the stream, and for TLS shakes hands. Answers "" or why it could not: what, why and the mend.
  boost::asio::awaitable<std::string> connect(PlainStream& stream) const;
  boost::asio::awaitable<std::string> connect(TlsStream& stream) const;

 private:
  Dialer(ServerAddress server, std::shared_ptr<boost::asio::ssl::context> context)
      : server_(std::move(server)), context_(std::move(context)) {}

  ServerAddress server_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

/// Whole days until the certificate expires that the connected stream's other end has shown; less than 0 if it has.
int days_left(TlsStream& stream);

}  // namespace skypod
