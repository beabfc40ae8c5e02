#include "core/sync/shape.hpp"

#include <array>
#include <optional>

namespace skypod::sync {
namespace {

constexpr std::size_t uuid_letters = 36;
constexpr std::size_t run_least = 16;

bool is_dash(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

constexpr std::array<std::int8_t, 256> digits = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  return table;
}();

int digit_of(char letter) {
  return digits[static_cast<unsigned char>(letter)];
}

/// Octets of the digits, dashes left out: one stands only where a pair has ended.
Bytes octets_of(std::string_view text) {
  Bytes out(text.size() / 2, '\0');
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < text.size(); i += text[i] == '-' ? 1 : 2) {
    if (text[i] != '-') out[count++] = static_cast<char>((digit_of(text[i]) << 4) | digit_of(text[i + 1]));
  }
  out.resize(count);
  return out;
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
  return {kind, std::string(name.substr(0, at)), octets_of(name.substr(at, size)), std::string(name.substr(at + size))};
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
  return {Shape::Kind::plain, std::string(name), {}, {}};
}

std::string text_of(const Shape& shape) {
  if (shape.kind == Shape::Kind::plain) return shape.head;
  std::string hex = to_hex(shape.octets);
  if (shape.kind == Shape::Kind::uuid) {
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) hex.insert(dash, 1, '-');
  }
  return shape.head + hex + shape.tail;
}

}  // namespace skypod::sync
