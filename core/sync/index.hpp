// Every register's version in the order of (stamp, author), with the sum over any range at hand: what range-based
// reconciliation asks of a set. A list of sorted blocks, each with its sum, so that a change costs one block and a sum
// costs two blocks and a walk over the blocks between. A million versions take 24 MB.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "core/sync/document.hpp"

namespace skypod::sync {

/// One version of a register.
struct Item {
  Stamp stamp;
  Author author;
  std::uint64_t hash = 0;  // hash_of the change
  friend auto operator<=>(const Item&, const Item&) = default;
};

/// A place between items: before every item that is not less.
struct Bound {
  Stamp stamp;
  Author author;
  friend auto operator<=>(const Bound&, const Bound&) = default;
};

/// After every item.
inline constexpr Bound bound_end{{UINT64_MAX}, {UINT64_MAX}};

/// What a set of items comes to. Two sets with the same summary are the same, but for chance in 2^64.
struct Summary {
  std::uint64_t sum = 0;  // of the hashes
  std::uint64_t count = 0;

  void add(std::uint64_t hash) { sum += hash, ++count; }
  void remove(std::uint64_t hash) { sum -= hash, --count; }
  friend bool operator==(const Summary&, const Summary&) = default;
};

/// The ordered set.
class Index {
 public:
  /// Adds an item that is not there; removes one that is.
  void insert(const Item& item);
  void erase(const Item& item);

  std::size_t size() const { return size_; }
  /// How many items stand before a bound.
  std::size_t rank(const Bound& bound) const;
  /// The item with so many before it; `rank` < size().
  const Item& at(std::size_t rank) const;
  /// Items from one rank to before another, in order.
  std::vector<Item> items(std::size_t from, std::size_t to) const;
  Summary summary(std::size_t from, std::size_t to) const;

 private:
  struct Block {
    std::vector<Item> items;
    std::uint64_t sum = 0;
  };
  std::size_t block_of(const Item& item) const;

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace skypod::sync
