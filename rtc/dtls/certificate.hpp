// Self-signed certificates for one connection each, and the fingerprints by which they are known (RFC 8122). Nothing in
// a certificate counts but its hash, which travels in the signed description.
#pragma once

#include <span>

#include "rtc/dtls/openssl.hpp"
#include "rtc/sdp/description.hpp"

namespace skypod::rtc::dtls {

/// A P-256 key and its certificate.
class Certificate {
 public:
  /// Makes a fresh one, so that no two connections can be told to be of one device by it. Ends the process if the
  /// random source fails.
  Certificate();

  EVP_PKEY* key() const { return key_.get(); }
  X509* x509() const { return x509_.get(); }
  /// Its SHA-256 hash.
  sdp::Fingerprint fingerprint() const;

 private:
  KeyPtr key_;
  CertificatePtr x509_;
};

/// True if the certificate is one of those promised. Of several hash functions only the strongest promised counts
/// (RFC 8122 section 5). Nothing promised: false.
bool matches(X509* certificate, std::span<const sdp::Fingerprint> promised);

}  // namespace skypod::rtc::dtls
