// Session descriptions of one data-channel transport and nothing else (RFC 8841, with ICE by RFC 8839, fingerprints by
// RFC 8122, roles by RFC 8842). A stranger writes what is parsed: everything is bounded, and whatever would be
// ambiguous is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace skypod::rtc::sdp {

inline constexpr std::size_t description_max = 32 * 1024;  // octets; as core/wire takes them
inline constexpr std::size_t lines_max = 512;
inline constexpr std::size_t fingerprints_max = 8;
inline constexpr std::size_t candidates_max = 64;  // in one description; more are left out

/// Why a text is not a description that we can use.
enum class Refusal {
  too_long,        // more octets or lines than the limits above
  malformed,       // not SDP, or an attribute that does not follow its grammar
  no_data,         // no m=application section of UDP/DTLS/SCTP, or it is turned off
  more_than_data,  // audio, video or a second section: not for this endpoint
  no_ice,          // ufrag or password is missing, too short, or there twice
  no_fingerprint,  // none of a hash that can be trusted (RFC 8122 section 5)
  no_setup,        // DTLS role missing or unknown
  no_sctp,         // a=sctp-port is missing or 0
};

/// A certificate's hash as the description promises it.
struct Fingerprint {
  enum class Hash { sha256, sha384, sha512 };
  Hash hash = Hash::sha256;
  Bytes digest;
};

/// Who begins the DTLS handshake (RFC 8842): active is the client.
enum class Setup { actpass, active, passive };

/// What both ends need to know about each other.
struct Description {
  std::uint64_t session = 0;  // o= line: id and version
  std::uint64_t version = 0;
  std::string mid = "0";
  bool bundled = true;  // a=group:BUNDLE
  std::string ufrag;
  std::string password;
  Setup setup = Setup::actpass;
  std::vector<Fingerprint> fingerprints;  // never empty once parsed
  std::uint16_t sctp_port = 5000;
  std::size_t message_max = 65536;      // octets that it takes (RFC 8841 section 6.1); 0: no limit
  std::vector<std::string> candidates;  // attribute values, "candidate:…", not yet looked into
  bool complete = false;                // a=end-of-candidates
};

/// Reads a description.
Result<Description, Refusal> parse_description(std::string_view text);

/// Writes one, with CRLF line ends.
std::string write_description(const Description& description);

}  // namespace skypod::rtc::sdp
