#include "rtc/dtls/certificate.hpp"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace skypod::rtc::dtls {
namespace {

using Hash = sdp::Fingerprint::Hash;

constexpr long day_s = 24 * 60 * 60;

/// For what fails only when memory or the random source does.
void require(bool done) {
  if (!done) {
    std::abort();
  }
}

const EVP_MD* digest_of(Hash hash) {
  return hash == Hash::sha256 ? EVP_sha256() : hash == Hash::sha384 ? EVP_sha384() : EVP_sha512();
}

Bytes digest(X509* certificate, Hash hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets;
  unsigned size = 0;
  require(X509_digest(certificate, digest_of(hash), octets.data(), &size) == 1);
  return Bytes(reinterpret_cast<const char*>(octets.data()), size);
}

}  // namespace

Certificate::Certificate() : key_(EVP_EC_gen("P-256")), x509_(X509_new()) {
  require(key_ && x509_);
  std::uint64_t serial = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_NAME* name = X509_get_subject_name(x509_.get());
  const auto* text = reinterpret_cast<const unsigned char*>("WebRTC");
  const bool made = X509_set_version(x509_.get(), X509_VERSION_3) == 1 &&
                    ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509_.get()), serial >> 1) == 1 &&
                    X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -day_s) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(x509_.get()), 30 * day_s) != nullptr &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
                    X509_set_issuer_name(x509_.get(), name) == 1 && X509_set_pubkey(x509_.get(), key_.get()) == 1 &&
                    X509_sign(x509_.get(), key_.get(), EVP_sha256()) != 0;
  require(made);
}

sdp::Fingerprint Certificate::fingerprint() const {
  return {Hash::sha256, digest(x509_.get(), Hash::sha256)};
}

bool matches(X509* certificate, std::span<const sdp::Fingerprint> promised) {
  if (certificate == nullptr || promised.empty()) {
    return false;
  }
  const Hash strongest = std::ranges::max(promised, {}, &sdp::Fingerprint::hash).hash;
  const Bytes actual = digest(certificate, strongest);
  return std::ranges::any_of(promised, [&](const sdp::Fingerprint& each) {
    return each.hash == strongest && each.digest.size() == actual.size() &&
           CRYPTO_memcmp(each.digest.data(), actual.data(), actual.size()) == 0;
  });
}

}  // namespace skypod::rtc::dtls
