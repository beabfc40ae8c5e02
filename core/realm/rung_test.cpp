#include "core/realm/rung.hpp"

#include <gtest/gtest.h>

namespace skypod::realm {
namespace {

TEST(Rung, BeginsOnTheRelayAndMovesUpOnlyToAProvenChannel) {
  EXPECT_EQ(best_rung({}), Rung::none);
  EXPECT_EQ(best_rung({.online = true}), Rung::relay);
  EXPECT_EQ(best_rung({.online = true, .open = true}), Rung::relay);
  EXPECT_EQ(best_rung({.online = true, .open = true, .proven = true}), Rung::direct);
  EXPECT_EQ(best_rung({.online = true, .open = true, .proven = true, .by_turn = true}), Rung::turn);
}

TEST(Rung, AnOpenChannelIsBetterThanNothing) {
  EXPECT_EQ(best_rung({.open = true}), Rung::direct);
  EXPECT_EQ(best_rung({.open = true, .by_turn = true}), Rung::turn);
  EXPECT_EQ(best_rung({.proven = true}), Rung::none) << "a channel that is gone proves nothing";
}

}  // namespace
}  // namespace skypod::realm
