#include "server/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <fstream>
#include <new>

namespace skypod::server {
namespace {

namespace fs = std::filesystem;

constexpr std::array<unsigned char, 9> protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};  // RFC 7301 section 3.1

/// Chooses http/1.1 if the client offers it; without an overlap the handshake goes on without ALPN.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, length, protocols.data(), protocols.size(), offered, offered_length);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/// Encrypted keys are refused: nobody is there to ask when the server starts.
int no_password(char*, int, int, void*) {
  return -1;
}

/// OpenSSL's words on the first failure since the last call.
std::string reason() {
  const char* words = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return words == nullptr ? "unknown reason" : words;
}

std::shared_ptr<SSL_CTX> new_context() {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Idle connections keep no record buffers, and the server keeps no sessions: tickets carry them.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  return context;
}

std::string cannot_use(const std::string& what, const fs::path& file, const std::string& why, const char* option) {
  return "the TLS " + what + " " + file.string() + " cannot be used: " + why + "; name a PEM file with " + option;
}

bool readable(const fs::path& file) {
  return std::ifstream(file).peek() != std::ifstream::traits_type::eof();
}

}  // namespace

Result<Tls, std::string> Tls::load(const fs::path& certificate, const fs::path& key) {
  if (!readable(certificate)) {
    return unexpected(cannot_use("certificate", certificate, "it is empty or cannot be read", "--tls-cert"));
  }
  if (!readable(key)) {
    return unexpected(cannot_use("key", key, "it is empty or cannot be read", "--tls-key"));
  }
  ERR_clear_error();
  auto context = new_context();
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return unexpected(cannot_use("certificate", certificate, reason(), "--tls-cert"));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return unexpected(cannot_use("key", key, reason(), "--tls-key, not encrypted, that belongs to the certificate"));
  }
  return Tls(std::move(context));
}

TlsSession Tls::session(int descriptor) const {
  TlsSession session(SSL_new(context_.get()), SSL_free);
  if (!session || SSL_set_fd(session.get(), descriptor) != 1) throw std::bad_alloc();
  SSL_set_accept_state(session.get());
  return session;
}

}  // namespace skypod::server
