// RFC 6455, the server's end, as a pure function of octets: frames in, messages out. Knows nothing of sockets.
//
// A message that lies whole in the octets given is handed out from there; only what comes in pieces is kept, and never
// more of it than the message may have. Lengths are judged when the header is read, before anything of the frame is
// kept. Whatever is not a message's payload (headers, empty fragments, pings) is counted too, for else a peer could
// keep us busy for ever without saying anything.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace skypod::server {

/// Octets other than payload that may come from one message's end to the next one's: some 2,700 fragments, or 120 pings
/// of the largest size.
inline constexpr std::size_t frame_overhead_max = 16 * 1024;

/// The codes of RFC 6455 section 7.4.1 that we send ourselves.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t none = 1005;  // never on the wire: the close frame had no code
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t policy = 1008;
}  // namespace close_code

/// A message. Its payload is borrowed from the octets that were given, unless it came in pieces.
struct MessageIn {
  bool is_text = false;
  std::string_view borrowed;
  std::string assembled;  // "" if it came in one piece

  std::string_view payload() const { return assembled.empty() ? borrowed : assembled; }
};

/// A ping; the pong must carry the same payload.
struct PingIn {
  std::string payload;
};

/// The peer's close frame.
struct CloseIn {
  std::uint16_t code = close_code::none;
};

/// A message longer than allowed. Its payload is passed over; the reader goes on behind it.
struct TooLongIn {};

/// What the peer sends is not the protocol; nothing more can be read.
struct BrokenIn {
  std::uint16_t code = close_code::protocol_error;
  std::string_view reason;  // static
};

using FrameEvent = std::variant<MessageIn, PingIn, CloseIn, TooLongIn, BrokenIn>;

/// Reads what one client sends.
class FrameReader {
 public:
  /// Takes octets from the front until something is complete; nothing if all of them were taken without. Unmasks them
  /// in place. `message_max` is the longest payload of a message.
  std::optional<FrameEvent> next(std::span<char>& octets, std::size_t message_max);

 private:
  using Step = std::optional<FrameEvent>;

  bool read_header(std::span<char>& octets);
  Step begin_frame(std::size_t message_max);
  Step take_payload(std::span<char>& octets);
  Step end_frame(std::span<char> last);
  Step end_control(std::span<char> last);
  Step end_message(std::span<char> last);
  Step fail(std::uint16_t code, std::string_view reason);

  std::array<char, 14> header_{};    // section 5.2: 2, up to 8 of length, 4 of mask
  std::uint8_t header_size_ = 0;     // octets of it that have come
  std::uint8_t opcode_ = 0;          // of this frame
  std::uint8_t message_opcode_ = 0;  // of the message that is under way; 0: none
  bool in_payload_ = false;
  bool final_ = false;
  bool skipping_ = false;  // the message is too long
  bool broken_ = false;
  std::uint8_t mask_at_ = 0;
  std::array<char, 4> mask_{};
  std::uint64_t remaining_ = 0;  // octets of this frame's payload that are still to come
  std::size_t overhead_ = 0;
  std::string message_;  // the payload of earlier pieces
  std::string control_;
};

/// A frame's header from a server (no mask), for a whole message or a control frame.
class FrameHeader {
 public:
  enum class Opcode : std::uint8_t { text = 1, close = 8, pong = 10 };

  FrameHeader(Opcode opcode, std::uint64_t payload);

  std::string_view octets() const { return {octets_.data(), size_}; }

 private:
  std::array<char, 10> octets_{};
  std::uint8_t size_ = 0;
};

/// A whole frame with a payload of at most 125 octets.
std::string control_frame(FrameHeader::Opcode opcode, std::string_view payload);

/// A whole close frame. The reason is cut to the 123 octets that fit.
std::string close_frame(std::uint16_t code, std::string_view reason);

/// The Sec-WebSocket-Accept for a Sec-WebSocket-Key (section 4.2.2); nothing if the key is not 16 octets in base64.
std::optional<std::string> accept_of(std::string_view key);

}  // namespace skypod::server
