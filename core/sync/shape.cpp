#include "core/sync/shape.hpp"

#include <array>
#include <optional>

namespace skypod::sync {
namespace {

constexpr std::size_t uuid_dashes = 4;
constexpr std::size_t run_least = 16;
constexpr std::string_view letters = "0123456789abcdef";

bool is_dash(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

constexpr std::array<std::int8_t, 256> values = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  return table;
}();

int digit_of(char letter) {
  return values[static_cast<unsigned char>(letter)];
}

bool is_uuid(std::string_view text) {
  for (std::size_t i = 0; i < uuid_letters; ++i) {
    if (is_dash(i) ? text[i] != '-' : digit_of(text[i]) < 0) return false;
  }
  return true;
}

std::optional<std::size_t> find_uuid(std::string_view name) {
  for (std::size_t at = name.find('-'); at != std::string_view::npos; at = name.find('-', at + 1)) {
    if (at >= 8 && name.size() - (at - 8) >= uuid_letters && is_uuid(name.substr(at - 8))) return at - 8;
  }
  return std::nullopt;
}

Shape cut(std::string_view name, Shape::Kind kind, std::size_t at, std::size_t size) {
  return {kind, name.substr(0, at), name.substr(at, size), name.substr(at + size)};
}

}  // namespace

Shape shape_of(std::string_view name) {
  if (const auto at = find_uuid(name)) {
    return cut(name, Shape::Kind::uuid, *at, uuid_letters);
  }
  std::size_t start = 0;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (i < name.size() && digit_of(name[i]) >= 0) continue;
    const std::size_t run = (i - start) & ~std::size_t{1};
    if (run >= run_least) return cut(name, Shape::Kind::hex, start, run);
    start = i + 1;
  }
  return {Shape::Kind::plain, name, {}, {}};
}

/// A dash stands only where a pair of digits has ended.
void append_octets(Bytes& out, std::string_view digits) {
  std::size_t end = out.size();
  out.resize(end + digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += digits[i] == '-' ? 1 : 2) {
    if (digits[i] != '-') out[end++] = static_cast<char>((digit_of(digits[i]) << 4) | digit_of(digits[i + 1]));
  }
  out.resize(end);
}

void append_digits(std::string& out, Shape::Kind kind, BytesView octets) {
  const bool dashed = kind == Shape::Kind::uuid;
  const std::size_t start = out.size();
  std::size_t end = start;
  out.resize(start + 2 * octets.size() + (dashed ? uuid_dashes : 0));
  for (const char octet : octets) {
    if (dashed && is_dash(end - start)) out[end++] = '-';
    out[end++] = letters[static_cast<unsigned char>(octet) >> 4];
    out[end++] = letters[octet & 15];
  }
}

}  // namespace skypod::sync
