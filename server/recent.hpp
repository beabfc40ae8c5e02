// What was used lately, kept in memory up to so many octets: who comes to it again has it at once, and what nobody has
// used for longest goes first. For one thread.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace skypod::server {

/// Values by name.
template <class Value>
class Recent {
 public:
  explicit Recent(std::size_t octets_max) : octets_max_(octets_max) {}

  /// The value, which is now the most recently used; null if it is not there. Good until the next put().
  const Value* find(std::string_view name) {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return nullptr;
    line_.splice(line_.end(), line_, found->second);
    return &found->second->value;
  }

  /// Keeps it in place of another of this name, and as few of the others as must go. `octets`: how much it is; its name
  /// counts as well. What alone is more than all may be is not kept.
  void put(std::string name, Value value, std::size_t octets) {
    if (const auto same = by_name_.find(name); same != by_name_.end()) drop(same->second);
    octets += name.size();
    if (octets > octets_max_) return;
    octets_ += octets;
    const auto place = line_.insert(line_.end(), {std::move(name), std::move(value), octets});
    by_name_.emplace(place->name, place);
    while (octets_ > octets_max_) drop(line_.begin());
  }

  std::size_t octets() const { return octets_; }

 private:
  struct One {
    std::string name;
    Value value;
    std::size_t octets = 0;
  };
  using Line = std::list<One>;  // least recently used first

  void drop(typename Line::iterator one) {
    octets_ -= one->octets;
    by_name_.erase(one->name);
    line_.erase(one);
  }

  std::size_t octets_max_;
  std::size_t octets_ = 0;
  Line line_;
  std::unordered_map<std::string_view, typename Line::iterator> by_name_;  // the names are the line's
};

}  // namespace skypod::server
