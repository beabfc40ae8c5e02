// Which earlier bodies of feeds are kept: the last few of each, and no more than a bound of all together, the oldest
// first to go. The bodies themselves are the cache's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace skypod::server {

/// A feed as it was.
struct Version {
  std::string hash;  // the SHA-256 of its octets, in hexadecimal
  std::size_t octets = 0;
  std::int64_t received_s = 0;  // in seconds since 1970
  std::string type;             // its Content-Type
  std::string url;              // where it was found, behind all redirects
  std::string meaning;          // the same for versions that say the same in other octets

  friend bool operator==(const Version&, const Version&) = default;
};

/// A version and the address by which its feed is asked for.
struct OfFeed {
  std::string feed;
  Version version;
};

/// The list of what is kept.
class History {
 public:
  History(std::size_t versions_max, std::size_t octets_max) : versions_max_(versions_max), octets_max_(octets_max) {}

  /// Whether add() would change anything: not if the feed's newest version says the same.
  bool is_news(const std::string& feed, const Version& version) const;

  /// Adds a version, which becomes its feed's newest. Gives back those that are not kept any more for it.
  std::vector<OfFeed> add(OfFeed added);

  /// A feed's versions, the newest first.
  std::vector<Version> of(const std::string& feed) const;

  /// Takes the oldest one out; not if there is none.
  std::vector<OfFeed> take_oldest();

  /// Takes all versions with this body out.
  std::vector<OfFeed> take_all(const std::string& hash);

  std::size_t octets() const { return octets_; }
  std::size_t size() const { return line_.size(); }

 private:
  using Line = std::list<OfFeed>;  // in the order in which they came

  OfFeed take(Line::iterator place);

  std::size_t versions_max_;
  std::size_t octets_max_;
  std::size_t octets_ = 0;
  Line line_;
  std::unordered_map<std::string, std::vector<Line::iterator>> by_feed_;  // in the same order
};

}  // namespace skypod::server
