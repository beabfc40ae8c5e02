#include "core/sync/index.hpp"

#include <algorithm>

namespace skypod::sync {
namespace {

constexpr std::size_t block_max = 512;

}  // namespace

/// The block whose range holds the item; the last one for an item beyond all.
std::size_t Index::block_of(const Item& item) const {
  const auto found =
      std::ranges::partition_point(blocks_, [&](const Block& block) { return block.items.back() < item; });
  return std::min(static_cast<std::size_t>(found - blocks_.begin()), blocks_.size() - 1);
}

void Index::insert(const Item& item) {
  if (blocks_.empty()) blocks_.emplace_back();
  const std::size_t number = blocks_.size() == 1 ? 0 : block_of(item);
  Block& block = blocks_[number];
  block.items.insert(std::ranges::lower_bound(block.items, item), item);
  block.sum += item.hash;
  ++size_;
  if (block.items.size() < block_max) return;
  // Ascending insertion, which loading is, leaves full blocks behind.
  const bool appending = number + 1 == blocks_.size() && block.items.back() == item;
  const auto cut = block.items.begin() + static_cast<std::ptrdiff_t>(appending ? block_max - 1 : block_max / 2);
  Block after{{cut, block.items.end()}, 0};
  for (const Item& moved : after.items) after.sum += moved.hash;
  block.sum -= after.sum;
  block.items.erase(cut, block.items.end());
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(number) + 1, std::move(after));
}

void Index::erase(const Item& item) {
  if (blocks_.empty()) return;
  const std::size_t number = block_of(item);
  Block& block = blocks_[number];
  const auto found = std::ranges::lower_bound(block.items, item);
  if (found == block.items.end() || *found != item) return;
  block.items.erase(found);
  block.sum -= item.hash;
  --size_;
  if (block.items.empty()) blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(number));
}

std::size_t Index::rank(const Bound& bound) const {
  const Item least{bound.stamp, bound.author, 0};
  std::size_t before = 0;
  for (const Block& block : blocks_) {
    if (block.items.back() >= least) {
      return before + static_cast<std::size_t>(std::ranges::lower_bound(block.items, least) - block.items.begin());
    }
    before += block.items.size();
  }
  return before;
}

const Item& Index::at(std::size_t rank) const {
  std::size_t number = 0;
  for (; rank >= blocks_[number].items.size(); ++number) rank -= blocks_[number].items.size();
  return blocks_[number].items[rank];
}

std::vector<Item> Index::items(std::size_t from, std::size_t to) const {
  std::vector<Item> out;
  std::size_t start = 0;
  for (const Block& block : blocks_) {
    const std::size_t end = start + block.items.size();
    for (std::size_t i = std::max(from, start); i < std::min(to, end); ++i) out.push_back(block.items[i - start]);
    start = end;
    if (start >= to) break;
  }
  return out;
}

Summary Index::summary(std::size_t from, std::size_t to) const {
  Summary total;
  std::size_t start = 0;
  for (const Block& block : blocks_) {
    const std::size_t end = start + block.items.size();
    if (start >= to) break;
    if (from <= start && end <= to) {
      total.sum += block.sum;
    } else {
      for (std::size_t i = std::max(from, start); i < std::min(to, end); ++i) total.sum += block.items[i - start].hash;
    }
    start = end;
  }
  total.count = to > from ? to - from : 0;
  return total;
}

}  // namespace skypod::sync
