#include "rtc/sdp/fingerprint.hpp"

#include <algorithm>
#include <array>

#include "rtc/sdp/grammar.hpp"

namespace skypod::rtc::sdp {
namespace {

using Hash = Fingerprint::Hash;

struct Row {
  std::string_view name;
  Hash hash;
  std::size_t octets;
};
constexpr std::array<Row, 3> hashes = {
    {{"sha-256", Hash::sha256, 32}, {"sha-384", Hash::sha384, 48}, {"sha-512", Hash::sha512, 64}}};

constexpr std::string_view digits = "0123456789ABCDEF";

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

bool same_name(std::string_view name, std::string_view text) {
  return std::ranges::equal(name, text, {}, upper, upper);
}

}  // namespace

std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
  const std::string_view name = take_until(text, ' ');
  const auto* row = std::ranges::find_if(hashes, [&](const Row& each) { return same_name(each.name, name); });
  if (row == hashes.end() || text.size() != row->octets * 3 - 1) {
    return std::nullopt;
  }
  Fingerprint out{row->hash, {}};
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::size_t high = digits.find(upper(text[at]));
    const std::size_t low = digits.find(upper(text[at + 1]));
    const bool joined = at + 2 == text.size() || text[at + 2] == ':';
    if (high == std::string_view::npos || low == std::string_view::npos || !joined) {
      return std::nullopt;
    }
    out.digest += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string write_fingerprint(const Fingerprint& fingerprint) {
  const auto* row = std::ranges::find(hashes, fingerprint.hash, &Row::hash);
  std::string out(row->name);
  char before = ' ';
  for (const char octet : fingerprint.digest) {
    const auto value = static_cast<unsigned char>(octet);
    out += before;
    out += digits[value >> 4];
    out += digits[value & 15];
    before = ':';
  }
  return out;
}

}  // namespace skypod::rtc::sdp
