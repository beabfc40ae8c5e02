// The few character classes and number forms that SDP attributes are made of (RFC 8866 section 9, RFC 8839 section 5).
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace skypod::rtc::sdp {

/// Cuts off and gives everything before the first `end`; without one, everything.
inline std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return head;
}

/// A whole number in decimal digits alone, at most `max`.
inline std::optional<std::uint64_t> read_number(std::string_view text, std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!digits || error != std::errc{} || end != text.data() + text.size() || value > max) {
    return std::nullopt;
  }
  return value;
}

inline bool is_alphanumeric(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

/// True for `least` to `most` ice-chars: ALPHA / DIGIT / "+" / "/".
inline bool is_ice_text(std::string_view text, std::size_t least, std::size_t most) {
  if (text.size() < least || text.size() > most) {
    return false;
  }
  for (const char letter : text) {
    if (!is_alphanumeric(letter) && letter != '+' && letter != '/') {
      return false;
    }
  }
  return true;
}

/// True for 1 to `most` letters of an RFC 8866 token.
inline bool is_token(std::string_view text, std::size_t most) {
  constexpr std::string_view others = "!#$%&'*+-.^_`{|}~";
  for (const char letter : text) {
    if (!is_alphanumeric(letter) && others.find(letter) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty() && text.size() <= most;
}

}  // namespace skypod::rtc::sdp
