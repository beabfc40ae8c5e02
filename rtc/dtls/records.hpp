// A look at the records of a datagram before OpenSSL sees them (RFC 6347 sections 4.1 and 4.2.2).
//
// What is malformed is no record, and RFC 6347 section 4.1.2.7 has it dropped. OpenSSL 3.0 drops most of it, but takes
// a record that is shorter than its cipher's nonce and tag for a fault of its own, and ends the handshake over a
// fragment that is shorter than its header: one forged datagram of 13 octets would be enough to disconnect two peers.
#pragma once

#include "base/bytes.hpp"

namespace skypod::rtc::dtls {

/// Nonce and tag of AES-GCM, and the tag of ChaCha20-Poly1305; octets.
inline constexpr std::size_t gcm_overhead = 24;
inline constexpr std::size_t chacha_overhead = 16;

/// True if the datagram consists of whole DTLS records, handshake fragments are whole, and no encrypted record is
/// shorter than `encrypted_least`.
bool are_records(BytesView datagram, std::size_t encrypted_least);

}  // namespace skypod::rtc::dtls
