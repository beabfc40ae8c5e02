#include "core/wire/cbor.hpp"

#include <bit>
#include <cmath>
#include <optional>

#include "base/utf8.hpp"
#include "core/wire/json.hpp"

namespace skypod::wire {
namespace cbor {

void Cursor::fail() {
  ok_ = false;
  rest_ = {};
}

BytesView Cursor::take(std::uint64_t count) {
  if (count > rest_.size()) {
    fail();
    return {};
  }
  const BytesView taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::uint64_t Cursor::big_endian(std::size_t octets) {
  std::uint64_t number = 0;
  for (const char octet : take(octets)) number = (number << 8) | static_cast<std::uint8_t>(octet);
  return number;
}

Head Cursor::head() {
  if (rest_.empty()) {
    fail();
    return {};
  }
  const auto initial = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  Head head{static_cast<Major>(initial >> 5), initial & 31U, initial & 31U};
  if (head.info > info_double) fail();
  if (ok_ && head.info > info_in_place_max)
    head.number = big_endian(std::size_t{1} << (head.info - info_in_place_max - 1));
  return ok_ ? head : Head{};
}

}  // namespace cbor

namespace {

using cbor::Head;
using cbor::Major;

/// RFC 8949, appendix D.
double half_precision(std::uint64_t bits) {
  const int exponent = static_cast<int>((bits >> 10) & 31);
  const auto mantissa = static_cast<double>(bits & 1023);
  if (exponent == 31) return std::nan("");  // or infinite, which is as bad
  const double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
  return (bits & 0x8000) == 0 ? magnitude : -magnitude;
}

/// Reads one value and all that it holds, by the rules of json.hpp.
class ValueReader {
 public:
  explicit ValueReader(BytesView octets) : in_(octets) {}

  std::optional<Json> all() {
    Json value = next(0);
    return in_.ok() && in_.at_end() ? std::optional(std::move(value)) : std::nullopt;
  }

 private:
  /// The value within so many lists and maps.
  Json next(std::size_t depth) {
    const Head head = in_.head();
    switch (head.major) {
      case Major::whole:
        return head.number;
      case Major::negative:
        if (head.number <= INT64_MAX) return ~static_cast<std::int64_t>(head.number);
        break;
      case Major::octets:
        return binary(in_.take(head.number));
      case Major::text:
        return text(head.number);
      case Major::list:
        if (depth < json_depth_max) return list(head.number, depth + 1);
        break;
      case Major::map:
        if (depth < json_depth_max) return map(head.number, depth + 1);
        break;
      case Major::other:
        return other(head);
      case Major::tag:
        break;
    }
    return fail();
  }

  std::string text(std::uint64_t size) {
    const BytesView octets = in_.take(size);
    if (!is_utf8(octets)) in_.fail();
    return std::string(octets);
  }

  Json list(std::uint64_t count, std::size_t depth) {
    Json list = Json::array();
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) list.push_back(next(depth));
    return list;
  }

  Json map(std::uint64_t count, std::size_t depth) {
    Json map = Json::object();
    auto& members = map.get_ref<Json::object_t&>();
    for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
      const Head key = in_.head();
      if (key.major != Major::text) return fail();
      const auto [member, fresh] = members.try_emplace(text(key.number));
      if (!fresh) return fail();
      member->second = next(depth);
    }
    return map;
  }

  Json other(const Head& head) {
    if (head.info == cbor::info_null) return nullptr;
    if (head.info == cbor::info_false || head.info == cbor::info_true) return head.info == cbor::info_true;
    double number = std::nan("");
    if (head.info == cbor::info_half) number = half_precision(head.number);
    if (head.info == cbor::info_single) number = std::bit_cast<float>(static_cast<std::uint32_t>(head.number));
    if (head.info == cbor::info_double) number = std::bit_cast<double>(head.number);
    return std::isfinite(number) ? Json(number) : fail();
  }

  Json fail() {
    in_.fail();
    return nullptr;
  }

  cbor::Cursor in_;
};

}  // namespace

std::optional<Json> parse_cbor(BytesView bytes) {
  return ValueReader(bytes).all();
}

}  // namespace skypod::wire
