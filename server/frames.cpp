#include "server/frames.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/utf8.hpp"

namespace skypod::server {
namespace {

constexpr std::uint8_t continuation = 0;
constexpr std::uint8_t text = 1;
constexpr std::uint8_t binary = 2;
constexpr std::uint8_t close = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t pong = 10;
constexpr std::size_t control_max = 125;                                            // section 5.5
constexpr std::size_t key_length = 24;                                              // 16 octets in base64
constexpr std::string_view accept_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // section 1.3

bool is_control(std::uint8_t opcode) {
  return (opcode & 8) != 0;
}

bool is_known(std::uint8_t opcode) {
  return opcode <= binary || (opcode >= close && opcode <= pong);
}

/// Codes that may stand in a close frame: those that are defined (RFC 6455 section 7.4, IANA registry) or private.
bool is_close_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/// Octets of the extended length that follow the 7-bit length (section 5.2).
std::size_t extension_of(std::uint8_t length) {
  return length == 126 ? 2 : length == 127 ? 8 : 0;
}

std::uint64_t big_endian(std::span<const char> octets) {
  std::uint64_t value = 0;
  for (const char octet : octets) value = value << 8 | static_cast<unsigned char>(octet);
  return value;
}

/// Section 5.3, eight octets at a time. Gives where in the mask the next octet begins.
std::uint8_t unmask(std::span<char> octets, const std::array<char, 4>& mask, std::uint8_t at) {
  std::array<char, 8> wide;
  for (std::size_t i = 0; i < wide.size(); ++i) wide[i] = mask[(at + i) % 4];
  const auto key = std::bit_cast<std::uint64_t>(wide);
  std::size_t i = 0;
  for (; i + 8 <= octets.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, &octets[i], 8);
    word ^= key;
    std::memcpy(&octets[i], &word, 8);
  }
  for (; i < octets.size(); ++i) octets[i] = static_cast<char>(octets[i] ^ wide[i % 8]);
  return static_cast<std::uint8_t>((at + octets.size()) % 4);
}

std::string_view view(std::span<char> octets) {
  return {octets.data(), octets.size()};
}

}  // namespace

std::optional<FrameEvent> FrameReader::next(std::span<char>& octets, std::size_t message_max) {
  while (!broken_ && (in_payload_ || !octets.empty())) {
    if (!in_payload_) {
      if (!read_header(octets)) continue;
      if (Step step = begin_frame(message_max)) return step;
    }
    if (octets.empty() && remaining_ > 0) {
      return std::nullopt;
    }
    if (Step step = take_payload(octets)) return step;
  }
  return std::nullopt;
}

/// True if the header is complete.
bool FrameReader::read_header(std::span<char>& octets) {
  const auto need = [this]() -> std::size_t {
    if (header_size_ < 2) return 2;
    const std::size_t mask = (header_[1] & 128) != 0 ? 4 : 0;
    return 2 + extension_of(header_[1] & 127) + mask;
  };
  while (header_size_ < need() && !octets.empty()) {
    header_[header_size_++] = octets.front();
    octets = octets.subspan(1);
  }
  return header_size_ >= 2 && header_size_ == need();
}

/// Judges a header. A refusal is of the frame's form, of the message's length, or of too many octets without a message.
FrameReader::Step FrameReader::begin_frame(std::size_t message_max) {
  const auto first = static_cast<std::uint8_t>(header_[0]);
  const auto second = static_cast<std::uint8_t>(header_[1]);
  const std::size_t extension = extension_of(second & 127);
  opcode_ = first & 15;
  final_ = (first & 128) != 0;
  remaining_ = extension == 0 ? second & 127 : big_endian(std::span(header_).subspan(2, extension));
  std::copy_n(header_.begin() + 2 + static_cast<std::ptrdiff_t>(extension), 4, mask_.begin());
  mask_at_ = 0;
  in_payload_ = true;
  overhead_ += std::exchange(header_size_, 0) + (is_control(opcode_) ? remaining_ : 0);
  if ((first & 0x70) != 0 || !is_known(opcode_)) return fail(close_code::protocol_error, "unknown frame");
  if (remaining_ >> 63 != 0) return fail(close_code::protocol_error, "bad length");  // section 5.2
  if ((second & 128) == 0) return fail(close_code::protocol_error, "not masked");
  if (is_control(opcode_)) {
    if (!final_ || remaining_ > control_max) return fail(close_code::protocol_error, "bad control frame");
  } else if ((opcode_ == continuation) != (message_opcode_ != 0)) {
    return fail(close_code::protocol_error, "fragment out of order");
  }
  if (overhead_ > frame_overhead_max) return fail(close_code::policy, "too many frames without a message");
  if (is_control(opcode_)) return std::nullopt;
  if (opcode_ != continuation) message_opcode_ = opcode_;
  if (!skipping_ && (remaining_ > message_max || message_.size() + remaining_ > message_max)) {
    skipping_ = true;
    message_ = {};
    return TooLongIn{};
  }
  return std::nullopt;
}

/// Takes what is there of this frame's payload.
FrameReader::Step FrameReader::take_payload(std::span<char>& octets) {
  const auto piece = octets.first(static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, octets.size())));
  octets = octets.subspan(piece.size());
  remaining_ -= piece.size();
  const bool is_skipped = skipping_ && !is_control(opcode_);
  if (!is_skipped) mask_at_ = unmask(piece, mask_, mask_at_);
  if (remaining_ == 0) {
    in_payload_ = false;
    return end_frame(piece);
  }
  if (!is_skipped) (is_control(opcode_) ? control_ : message_).append(piece.data(), piece.size());
  return std::nullopt;
}

FrameReader::Step FrameReader::end_frame(std::span<char> last) {
  if (is_control(opcode_)) return end_control(last);
  if (!final_) {
    if (!skipping_) message_.append(last.data(), last.size());
    return std::nullopt;
  }
  return end_message(last);
}

FrameReader::Step FrameReader::end_control(std::span<char> last) {
  control_.append(last.data(), last.size());
  const std::string payload = std::exchange(control_, {});
  if (opcode_ == ping) return PingIn{payload};
  if (opcode_ == pong) return std::nullopt;
  if (payload.empty()) return CloseIn{};
  if (payload.size() == 1) return fail(close_code::protocol_error, "bad close frame");
  const auto code = static_cast<std::uint16_t>(big_endian(std::span(payload).first(2)));
  if (!is_close_code(code)) return fail(close_code::protocol_error, "bad close code");
  if (!is_utf8(std::string_view(payload).substr(2))) return fail(close_code::not_utf8, "not UTF-8");
  return CloseIn{code};
}

FrameReader::Step FrameReader::end_message(std::span<char> last) {
  const bool is_text = std::exchange(message_opcode_, 0) == text;
  overhead_ = 0;
  if (std::exchange(skipping_, false)) {
    return std::nullopt;
  }
  MessageIn message{is_text, view(last), std::exchange(message_, {})};
  if (!message.assembled.empty()) message.assembled.append(message.borrowed);
  if (is_text && !is_utf8(message.payload())) return fail(close_code::not_utf8, "not UTF-8");
  return message;
}

FrameReader::Step FrameReader::fail(std::uint16_t code, std::string_view reason) {
  broken_ = true;
  message_ = {};
  return BrokenIn{code, reason};
}

FrameHeader::FrameHeader(Opcode opcode, std::uint64_t payload) {
  octets_[0] = static_cast<char>(128 | std::to_underlying(opcode));
  const std::size_t extension = payload <= control_max ? 0 : payload <= 0xFFFF ? 2 : 8;
  octets_[1] = static_cast<char>(extension == 0 ? payload : extension == 2 ? 126 : 127);
  for (std::size_t i = 0; i < extension; ++i) {
    octets_[2 + i] = static_cast<char>(payload >> (8 * (extension - 1 - i)) & 255);
  }
  size_ = static_cast<std::uint8_t>(2 + extension);
}

std::string control_frame(FrameHeader::Opcode opcode, std::string_view payload) {
  return std::string(FrameHeader(opcode, payload.size()).octets()).append(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 255)};
  if (code == close_code::none) payload.clear();
  return control_frame(FrameHeader::Opcode::close, payload.append(utf8_prefix(reason, control_max - 2)));
}

std::optional<std::string> accept_of(std::string_view key) {
  std::array<unsigned char, key_length> decoded;
  if (key.size() != key_length || !key.ends_with("==") ||
      EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), key_length) != 18) {
    return std::nullopt;
  }
  const std::string input = std::string(key).append(accept_suffix);
  std::array<unsigned char, 20> digest;
  EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<unsigned char, 29> encoded;
  EVP_EncodeBlock(encoded.data(), digest.data(), digest.size());
  return std::string(encoded.begin(), encoded.end() - 1);
}

}  // namespace skypod::server
