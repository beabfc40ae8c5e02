#include "native/dial.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>

#include "native/openssl.hpp"

namespace skypod {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

std::string cannot_reach(const ServerAddress& server, const std::string& why, std::string_view mend) {
  return server.url() + " cannot be reached: " + why + "; " + std::string(mend);
}

std::string words_of(const boost::system::error_code& error) {
  return error == boost::beast::error::timeout ? "it took longer than 10 seconds" : error.message();
}

/// Says in the TLS hello whom we want (names only, RFC 6066 section 3), and that the certificate must be for exactly
/// that (RFC 6125).
void expect(SSL* session, const std::string& host) {
  boost::system::error_code is_name;
  asio::ip::make_address(host, is_name);
  X509_VERIFY_PARAM* wanted = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const bool is_set = is_name ? SSL_set_tlsext_host_name(session, host.c_str()) == 1 &&
                                    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1
                              : X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  openssl::require(is_set);
}

}  // namespace

Result<Dialer, std::string> Dialer::make(ServerAddress server, const std::optional<std::filesystem::path>& ca_file) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_default_verify_paths(error);
  context->set_verify_mode(asio::ssl::verify_peer, error);
  if (ca_file) {
    context->load_verify_file(ca_file->string(), error);
    if (error) {
      return unexpected("the authorities in " + ca_file->string() + " cannot be used: " + error.message() +
                        "; name a readable PEM file with --ca-file");
    }
  }
  return Dialer(std::move(server), std::move(context));
}

asio::awaitable<std::string> Dialer::connect(PlainStream& stream) const {
  tcp::resolver resolver(stream.get_executor());
  const auto [not_found, endpoints] = co_await resolver.async_resolve(server_.host, server_.port, token);
  if (not_found) {
    co_return cannot_reach(server_, "there is no such host (" + not_found.message() + ")",
                           "check the address for a slip, and the network");
  }
  stream.expires_after(dial_step_max);
  const auto [refused, endpoint] = co_await stream.async_connect(endpoints, token);
  if (refused) {
    co_return cannot_reach(server_, words_of(refused), "check the address, and that the server runs");
  }
  stream.socket().set_option(tcp::no_delay(true));
  co_return "";
}

asio::awaitable<std::string> Dialer::connect(TlsStream& stream) const {
  std::string problem = co_await connect(stream.next_layer());
  if (!problem.empty()) {
    co_return problem;
  }
  expect(stream.native_handle(), server_.host);
  stream.next_layer().expires_after(dial_step_max);
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, token);
  if (!error) {
    co_return "";
  }
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict != X509_V_OK) {
    co_return cannot_reach(
        server_, std::string("its certificate is not trusted (") + X509_verify_cert_error_string(verdict) + ")",
        "use the name that the certificate is for, or give its authority with --ca-file");
  }
  co_return cannot_reach(server_, "it does not speak TLS as expected (" + words_of(error) + ")",
                         "check that the address is right and https is what it serves");
}

int days_left(TlsStream& stream) {
  const std::unique_ptr<X509, openssl::Freed<X509_free>> shown(SSL_get1_peer_certificate(stream.native_handle()));
  int days = 0;
  int seconds = 0;
  openssl::require(shown && ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(shown.get())) == 1);
  return seconds < 0 ? days - 1 : days;
}

}  // namespace skypod
