#include "server/proxy/history.hpp"

#include <algorithm>
#include <utility>

namespace skypod::server {

bool History::is_news(const std::string& feed, const Version& version) const {
  const auto found = by_feed_.find(feed);
  return found == by_feed_.end() || found->second.back()->version.meaning != version.meaning;
}

std::vector<OfFeed> History::add(OfFeed added) {
  std::vector<OfFeed> gone;
  auto known = by_feed_.find(added.feed);
  if (known != by_feed_.end()) {
    const auto same = std::ranges::find_if(
        known->second, [&](const auto& place) { return place->version.hash == added.version.hash; });
    if (same != known->second.end()) gone.push_back(take(*same));
  }
  octets_ += added.version.octets;
  const std::string feed = added.feed;
  auto& versions = by_feed_[feed];
  versions.push_back(line_.insert(line_.end(), std::move(added)));
  if (versions.size() > versions_max_) gone.push_back(take(versions.front()));
  while (octets_ > octets_max_) gone.push_back(take(line_.begin()));
  return gone;
}

std::vector<Version> History::of(const std::string& feed) const {
  std::vector<Version> versions;
  const auto found = by_feed_.find(feed);
  if (found == by_feed_.end()) return versions;
  for (const auto& place : found->second) versions.push_back(place->version);
  std::ranges::reverse(versions);
  return versions;
}

std::vector<OfFeed> History::take_oldest() {
  std::vector<OfFeed> taken;
  if (!line_.empty()) taken.push_back(take(line_.begin()));
  return taken;
}

std::vector<OfFeed> History::take_all(const std::string& hash) {
  std::vector<OfFeed> taken;
  for (auto place = line_.begin(); place != line_.end();) {
    const auto next = std::next(place);
    if (place->version.hash == hash) taken.push_back(take(place));
    place = next;
  }
  return taken;
}

OfFeed History::take(Line::iterator place) {
  const auto found = by_feed_.find(place->feed);
  std::erase(found->second, place);
  if (found->second.empty()) by_feed_.erase(found);
  octets_ -= place->version.octets;
  OfFeed taken = std::move(*place);
  line_.erase(place);
  return taken;
}

}  // namespace skypod::server
