#include "core/library/order.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace skypod::library {
namespace {

TEST(Order, ThereIsAlwaysRoomBetweenTwoPlaces) {
  Random random(1);
  std::vector<std::string> places{place_between("", "", random)};
  for (int i = 0; i < 2'000; ++i) {
    const std::size_t at = random.below(places.size() + 1);
    const std::string before = at == 0 ? "" : places[at - 1];
    const std::string after = at == places.size() ? "" : places[at];
    const std::string place = place_between(before, after, random);
    ASSERT_LT(before, place);
    if (!after.empty()) ASSERT_LT(place, after);
    ASSERT_TRUE(is_place(place));
    places.insert(places.begin() + static_cast<std::ptrdiff_t>(at), place);
  }
}

TEST(Order, AddingAtTheEndGrowsSlowly) {
  Random random(2);
  std::string last;
  for (int i = 0; i < 500; ++i) last = place_between(last, "", random);
  EXPECT_LT(last.size(), place_max);
}

TEST(Order, RefusesWhatIsNoPlace) {
  for (const char* text : {"", "0", "a0", "a b", "\xc3\xa9"}) EXPECT_FALSE(is_place(text)) << text;
  EXPECT_FALSE(is_place(std::string(place_max + 1, 'a')));
}

}  // namespace
}  // namespace skypod::library
