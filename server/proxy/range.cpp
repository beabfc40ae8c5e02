#include "server/proxy/range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace skypod::server {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Whether an If-Range, if there is one, names this very document (section 13.1.5: strong comparison).
bool is_still_the_same(const Stored& stored, const HttpFields& request) {
  const auto condition = field(request, "If-Range");
  if (!condition) return true;
  if (condition->starts_with('"')) return field(stored.fields, "ETag") == condition;
  return field(stored.fields, "Last-Modified") == condition;
}

}  // namespace

std::optional<Range> parse_range(std::string_view text, std::size_t size) {
  constexpr std::string_view unit = "bytes=";
  const std::size_t dash = text.find('-');
  if (!lower(text).starts_with(unit) || dash == std::string_view::npos || text.contains(',')) return std::nullopt;
  const auto first = number(text.substr(unit.size(), dash - unit.size()));
  const auto last = number(text.substr(dash + 1));
  if (dash == unit.size()) {
    return last ? std::optional(Range{size - std::min(*last, size), *last == 0 ? 0 : size}) : std::nullopt;
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return std::nullopt;
  return Range{std::min(*first, size), last && *last < size ? *last + 1 : size};
}

void take_range(CacheAnswer& answer, const Stored& stored, const HttpFields& request) {
  const auto asked = field(request, "Range");
  if (!asked || stored.status != 200 || !is_still_the_same(stored, request)) return;
  const std::size_t size = answer.body->size();
  const auto range = parse_range(*asked, size);
  if (!range) return;
  const bool is_there = range->begin < range->end;
  answer.status = is_there ? 206 : 416;
  const std::string part = is_there ? std::to_string(range->begin) + "-" + std::to_string(range->end - 1) : "*";
  remove_field(answer.fields, "Content-Range");
  answer.fields.emplace_back("Content-Range", "bytes " + part + "/" + std::to_string(size));
  answer.body =
      std::make_shared<const std::string>(is_there ? answer.body->substr(range->begin, range->end - range->begin) : "");
  answer.octets = answer.body->size();
}

}  // namespace skypod::server
