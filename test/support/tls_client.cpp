#include "test/support/tls_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

template <class T, auto Free>
using Handle = std::unique_ptr<T, decltype([](T* handle) { Free(handle); })>;

using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using File = Handle<std::FILE, std::fclose>;
using Context = Handle<SSL_CTX, SSL_CTX_free>;
using Session = Handle<SSL, SSL_free>;

constexpr long day_seconds = 86'400;

std::string common_name(X509* certificate) {
  std::array<char, 64> name{};
  if (certificate != nullptr) {
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  }
  return name.data();
}

/// A blocking connection whose reads and writes end after `patience`.
int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(socket);
    throw std::runtime_error("cannot connect");
  }
  return socket;
}

Context client_context(int version_max) {
  Context context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  if (version_max != 0) SSL_CTX_set_security_level(context.get(), 0);  // else the client would refuse, not the server
  constexpr std::array<unsigned char, 12> offer{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.get(), offer.data(), offer.size());
  return context;
}

void converse(SSL* session, std::string_view octets, TlsAnswer& answer) {
  answer.is_connected = true;
  answer.version = SSL_get_version(session);
  const unsigned char* protocol = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(session, &protocol, &length);
  answer.protocol.assign(protocol, protocol + length);
  const Certificate certificate(SSL_get1_peer_certificate(session));
  answer.name = common_name(certificate.get());
  if (SSL_write(session, octets.data(), static_cast<int>(octets.size())) <= 0) return;
  std::array<char, 4096> piece;
  for (int count = 0; (count = SSL_read(session, piece.data(), piece.size())) > 0;) {
    answer.octets.append(piece.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

void write_certificate(const std::filesystem::path& certificate_file, const std::filesystem::path& key_file,
                       const std::string& name) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -day_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), day_seconds);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  const Extension address(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
  X509_add_ext(certificate.get(), address.get(), -1);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const File certificate_out(std::fopen(certificate_file.c_str(), "w"));
  const File key_out(std::fopen(key_file.c_str(), "w"));
  if (!certificate_out || !key_out || PEM_write_X509(certificate_out.get(), certificate.get()) != 1 ||
      PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("cannot write a certificate");
  }
}

TlsAnswer exchange_tls(std::uint16_t port, std::string_view octets, int version_max) {
  const Context context = client_context(version_max);
  const Session session(SSL_new(context.get()));
  const int socket = connect_to(port);
  SSL_set_fd(session.get(), socket);
  TlsAnswer answer;
  if (SSL_connect(session.get()) == 1) converse(session.get(), octets, answer);
  close(socket);
  return answer;
}

}  // namespace skypod::test
