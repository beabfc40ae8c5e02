#include "core/feed/identity.hpp"

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

}  // namespace

std::string identity_of(const Item& item) {
  if (!item.guid.empty()) return bounded("guid:" + item.guid);
  if (!item.attachments.empty()) return bounded("enclosure:" + item.attachments.front().url);
  if (!item.url.empty()) return bounded("link:" + item.url);
  const std::string& title = item.title.empty() ? item.summary : item.title;
  return bounded("title:" + title + "|" + (item.published_ms ? std::to_string(*item.published_ms) : "-"));
}

}  // namespace skypod::feed
