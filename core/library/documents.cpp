#include "core/library/documents.hpp"

#include <array>
#include <cmath>
#include <tuple>

#include "core/library/order.hpp"
#include "core/wire/fields.hpp"
#include "core/wire/messages.hpp"

namespace skypod::library {
namespace {

constexpr double hundredths = 100;
constexpr std::int64_t packed_max = static_cast<std::int64_t>(seconds_max * hundredths) * 4 + 3;
constexpr TimeMs ms_max = 253'402'300'799'000;  // the end of the year 9999

enum class Kind { text, whole, flag, place, scalar };

struct Rule {
  const char* collection;
  const char* field;
  Kind kind;
  std::int64_t most;  // octets of a text, or the greatest number
};

/// Released rules never become stricter: what one device may write, every other one must take.
constexpr std::array<Rule, 12> rules{{
    {collection::alias, "of", Kind::text, 2'048},
    {collection::device, "name", Kind::text, wire::limit::name_max},
    {collection::mark, "before", Kind::whole, ms_max},
    {collection::play, "at", Kind::whole, packed_max},
    {collection::queue, "place", Kind::place, 0},
    {collection::setting, "value", Kind::scalar, 1'024},
    {collection::subscription, "title", Kind::text, 512},
    {collection::subscription, "added", Kind::whole, ms_max},
    {collection::subscription, "removed", Kind::flag, 1},
    {collection::subscription, "folder", Kind::text, 160},
    {collection::subscription, "tags", Kind::text, 1'024},
    {collection::subscription, "login", Kind::text, 1'024},
}};

bool fits(const Rule& rule, const Json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  const auto whole = wire::whole_number(value);
  const bool short_text = text != nullptr && text->size() <= static_cast<std::size_t>(rule.most);
  switch (rule.kind) {
    case Kind::text:
      return short_text;
    case Kind::whole:
    case Kind::flag:
      return whole && *whole >= 0 && *whole <= rule.most;
    case Kind::place:
      return text != nullptr && is_place(*text);
    case Kind::scalar:
      return short_text || value.is_number();
  }
  return false;
}

}  // namespace

std::string short_device(std::string_view identity) {
  return std::string(identity.substr(0, device_letters));
}

std::int64_t pack_play(const PlayState& state) {
  const auto position = static_cast<std::int64_t>(std::llround(state.position_s * hundredths));
  return position * 4 + (state.active ? 2 : 0) + (state.completed ? 1 : 0);
}

std::optional<PlayState> unpack_play(const Json& value) {
  const auto packed = wire::whole_number(value);
  if (!packed || *packed < 0 || *packed > packed_max) {
    return std::nullopt;
  }
  return PlayState{static_cast<double>(*packed / 4) / hundredths, (*packed & 1) != 0, (*packed & 2) != 0};
}

Address play_address(std::string_view device, const std::string& feed, const std::string& episode) {
  return {collection::play, std::string(device) + " " + feed, episode, "at"};
}

Address mark_address(std::string_view device, const std::string& feed) {
  return {collection::mark, std::string(device), feed, "before"};
}

Address alias_address(const std::string& feed, const std::string& episode) {
  return {collection::alias, feed, episode, "of"};
}

Address queue_address(const std::string& feed, const std::string& episode) {
  return {collection::queue, feed, episode, "place"};
}

Address subscription_address(const std::string& feed, std::string field) {
  return {collection::subscription, "", feed, std::move(field)};
}

Joined split_name(std::string_view name) {
  const std::size_t blank = name.find(' ');
  if (blank == std::string_view::npos) return {std::string(name), ""};
  return {std::string(name.substr(0, blank)), std::string(name.substr(blank + 1))};
}

bool outranks(const Candidate& left, const Candidate& right) {
  const auto rank = [](const Candidate& it) {
    return std::tuple(it.stamp.ms() - (it.state.active ? 0 : passive_handicap_ms), it.stamp, it.device);
  };
  return rank(left) > rank(right);
}

std::string_view schema_fault(const Address& at, const Json& value) {
  if (value.is_null()) {
    return {};
  }
  for (const Rule& rule : rules) {
    if (at.collection == rule.collection && at.field == rule.field) {
      return fits(rule, value) ? "" : "A field of the library has a value that it cannot have.";
    }
  }
  return {};
}

}  // namespace skypod::library
