#include "core/realm/perfect_negotiation.hpp"

#include <gtest/gtest.h>

namespace skypod::realm {
namespace {

TEST(PerfectNegotiation, OneSideOffersTheOtherAnswers) {
  PerfectNegotiation a(true), b(false);
  ASSERT_TRUE(a.begin_offer());
  EXPECT_FALSE(a.begin_offer());
  ASSERT_TRUE(a.local_offer_set());
  ASSERT_TRUE(b.accept_offer());
  b.local_answer_set();
  EXPECT_TRUE(a.accept_answer());
  EXPECT_FALSE(a.accept_answer());  // a second one is stale
}

TEST(PerfectNegotiation, WhenOffersCrossThePoliteSideYields) {
  PerfectNegotiation polite(true), impolite(false);
  ASSERT_TRUE(polite.begin_offer() && polite.local_offer_set());
  ASSERT_TRUE(impolite.begin_offer() && impolite.local_offer_set());
  EXPECT_FALSE(impolite.accept_offer());
  EXPECT_FALSE(impolite.accept_candidate());
  EXPECT_TRUE(polite.accept_offer());
  EXPECT_TRUE(polite.accept_candidate());
  polite.local_answer_set();
  EXPECT_TRUE(impolite.accept_answer());
  EXPECT_FALSE(polite.accept_answer());
}

TEST(PerfectNegotiation, AnOfferThatWasOvertakenWhileBeingMadeIsNotSent) {
  PerfectNegotiation polite(true);
  ASSERT_TRUE(polite.begin_offer());
  ASSERT_TRUE(polite.accept_offer());
  EXPECT_FALSE(polite.local_offer_set());
  EXPECT_FALSE(polite.begin_offer());
  polite.local_answer_set();
  EXPECT_TRUE(polite.begin_offer());
}

}  // namespace
}  // namespace skypod::realm
