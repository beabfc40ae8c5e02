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

const std::string& title_of(const Item& item) {
  return item.title.empty() ? item.summary : item.title;
}

std::string without_guid(const Item& item) {
  if (!item.attachments.empty()) return "enclosure:" + item.attachments.front().url;
  if (!item.url.empty()) return "link:" + item.url;
  return "title:" + title_of(item) + "|" + (item.published_ms ? std::to_string(*item.published_ms) : "-");
}

std::string qualified(const Item& item) {
  return "guid:" + item.guid + "|" + without_guid(item);
}

std::string with_title(const Item& item) {
  return bounded(qualified(item) + "|title:" + title_of(item));
}

using Places = std::vector<std::size_t>;  // in the list of items

/// The newest item of each identity that those at `places`, which share a guid, are to have.
std::map<std::string, std::size_t> newest_of(const std::vector<Item>& items, const Places& places) {
  std::map<std::string, Places> alike;  // in all but the title
  for (const std::size_t place : places) alike[bounded(qualified(items[place]))].push_back(place);
  std::map<std::string, std::size_t> newest;
  for (const auto& [identity, group] : alike) {
    const std::string& title = title_of(items[group.front()]);
    const bool one = std::ranges::all_of(group, [&](std::size_t place) { return title_of(items[place]) == title; });
    for (const std::size_t place : group) {
      const auto [known, is_first] = newest.try_emplace(one ? identity : with_title(items[place]), place);
      if (!is_first && items[place].published_ms > items[known->second].published_ms) known->second = place;
    }
  }
  return newest;
}

}  // namespace

std::string identity_of(const Item& item) {
  return bounded(item.guid.empty() ? without_guid(item) : "guid:" + item.guid);
}

bool is_of_shared_guid(const Item& item, std::string_view identity) {
  return identity == bounded(qualified(item)) || identity == with_title(item);
}

bool has_shared_guid(const Item& item) {
  return !item.guid.empty() && item.identity != identity_of(item) && is_of_shared_guid(item, item.identity);
}

void tell_apart(std::vector<Item>& items) {
  std::map<std::string_view, Places> places_of;  // by guid
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool plain = !items[i].guid.empty() && !has_shared_guid(items[i]);
    if (plain) places_of[items[i].guid].push_back(i);
  }
  std::vector<bool> is_extra(items.size());
  for (const auto& [guid, places] : places_of) {
    if (places.size() < 2) continue;
    for (const std::size_t place : places) is_extra[place] = true;
    const auto newest = newest_of(items, places);
    for (const auto& [identity, place] : newest) {
      is_extra[place] = false;
      if (newest.size() > 1) items[place].identity = identity;
    }
  }
  std::vector<Item> kept;
  if (std::ranges::find(is_extra, true) == is_extra.end()) return;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!is_extra[i]) kept.push_back(std::move(items[i]));
  }
  items = std::move(kept);
}

}  // namespace skypod::feed
