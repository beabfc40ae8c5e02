#include "rtc/dtls/records.hpp"

namespace skypod::rtc::dtls {
namespace {

constexpr std::size_t record_header = 13;
constexpr std::size_t fragment_header = 12;
constexpr std::size_t handshake = 22;

/// Big-endian; the caller has checked that the octets are there.
std::size_t number_at(BytesView octets, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  }
  return value;
}

/// One or more handshake fragments: type, length of the message, its number, where this part begins, how long it is.
bool are_fragments(BytesView body) {
  bool whole = !body.empty();
  while (whole && !body.empty()) {
    whole = body.size() >= fragment_header;
    const std::size_t message = whole ? number_at(body, 1, 3) : 0;
    const std::size_t begin = whole ? number_at(body, 6, 3) : 0;
    const std::size_t length = whole ? number_at(body, 9, 3) : 0;
    whole = whole && length <= body.size() - fragment_header && begin + length <= message;
    body.remove_prefix(whole ? fragment_header + length : 0);
  }
  return whole;
}

bool is_body(std::size_t type, bool encrypted, BytesView body, std::size_t encrypted_least) {
  if (encrypted) {
    return body.size() >= encrypted_least;
  }
  return type != handshake || are_fragments(body);
}

}  // namespace

bool are_records(BytesView datagram, std::size_t encrypted_least) {
  if (datagram.empty()) {
    return false;
  }
  while (!datagram.empty()) {
    const std::size_t type = number_at(datagram, 0, 1);
    if (datagram.size() < record_header || type < 20 || type > 63) {  // RFC 7983: others are not DTLS
      return false;
    }
    const bool encrypted = number_at(datagram, 3, 2) != 0;  // its epoch is not the first
    const std::size_t length = number_at(datagram, 11, 2);
    datagram.remove_prefix(record_header);
    if (length > datagram.size() || !is_body(type, encrypted, datagram.substr(0, length), encrypted_least)) {
      return false;
    }
    datagram.remove_prefix(length);
  }
  return true;
}

}  // namespace skypod::rtc::dtls
