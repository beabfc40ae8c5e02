#include "core/sync/index.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/random.hpp"

namespace skypod::sync {
namespace {

TEST(Index, IsAsASortedSet) {
  Random random(1);
  Index index;
  std::set<Item> model;
  for (int i = 0; i < 20'000; ++i) {
    const Item item{Stamp{random.below(3'000)}, Author{random.below(3)}, random.below(4)};
    if (random.chance(60) ? model.insert(item).second : false) {
      index.insert(item);
    } else if (model.erase(item) > 0) {
      index.erase(item);
    }
    ASSERT_EQ(index.size(), model.size());
  }
  const std::vector<Item> sorted(model.begin(), model.end());
  EXPECT_EQ(index.items(0, index.size()), sorted);
  for (int i = 0; i < 500; ++i) {
    const Bound bound{Stamp{random.below(3'100)}, Author{random.below(4)}};
    const auto less = [&](const Item& item) { return Bound{item.stamp, item.author} < bound; };
    const auto rank = static_cast<std::size_t>(std::ranges::count_if(sorted, less));
    ASSERT_EQ(index.rank(bound), rank);
    const std::size_t to = rank + random.below(sorted.size() - rank + 1);
    Summary sum;
    for (std::size_t at = rank; at < to; ++at) sum.add(sorted[at].hash);
    ASSERT_EQ(index.summary(rank, to), sum);
    if (rank < sorted.size()) EXPECT_EQ(index.at(rank), sorted[rank]);
  }
}

}  // namespace
}  // namespace skypod::sync
