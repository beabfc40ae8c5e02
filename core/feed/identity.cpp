#include "core/feed/identity.hpp"

#include <algorithm>
#include <map>

#include "base/fnv.hpp"
#include "base/utf8.hpp"

namespace skypod::feed {
namespace {

constexpr std::size_t suffix_octets = 17;  // "#" and 16 digits

/// A hash keeps two long guids of one feed apart; a publisher who forges a collision harms that feed only.
std::string bounded(std::string identity) {
  if (identity.size() <= identity_max) return identity;
  return std::string(utf8_prefix(identity, identity_max - suffix_octets)) + "#" + fnv1a_hex(identity);
}

std::string without_guid(const Item& item) {
  if (!item.attachments.empty()) return "enclosure:" + item.attachments.front().url;
  if (!item.url.empty()) return "link:" + item.url;
  const std::string& title = item.title.empty() ? item.summary : item.title;
  return "title:" + title + "|" + (item.published_ms ? std::to_string(*item.published_ms) : "-");
}

}  // namespace

std::string identity_of(const Item& item) {
  return bounded(item.guid.empty() ? without_guid(item) : "guid:" + item.guid);
}

std::string qualified_identity(const Item& item) {
  return bounded("guid:" + item.guid + "|" + without_guid(item));
}

bool has_shared_guid(const Item& item) {
  return !item.guid.empty() && item.identity != identity_of(item) && item.identity == qualified_identity(item);
}

void tell_apart(std::vector<Item>& items) {
  std::map<std::string_view, std::vector<Item*>> by_guid;
  for (Item& item : items) {
    if (!item.guid.empty()) by_guid[item.guid].push_back(&item);
  }
  for (const auto& [guid, alike] : by_guid) {
    if (alike.size() == 1) continue;
    const std::string first = qualified_identity(*alike.front());
    const bool is_one = std::ranges::all_of(alike, [&](Item* item) { return qualified_identity(*item) == first; });
    for (Item* item : alike) {
      if (!is_one) item->identity = qualified_identity(*item);
    }
  }
}

}  // namespace skypod::feed
