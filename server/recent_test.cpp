#include "server/recent.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

TEST(Recent, KeepsWhatFits) {
  Recent<int> recent(12);
  recent.put("a", 1, 5);
  recent.put("b", 2, 5);
  EXPECT_EQ(*recent.find("a"), 1);
  EXPECT_EQ(*recent.find("b"), 2);
  EXPECT_EQ(recent.find("c"), nullptr);
  EXPECT_EQ(recent.octets(), 12U);
}

TEST(Recent, WhatNobodyUsedForLongestMakesRoom) {
  Recent<int> recent(12);
  recent.put("a", 1, 5);
  recent.put("b", 2, 5);
  recent.find("a");
  recent.put("c", 3, 1);
  EXPECT_EQ(*recent.find("a"), 1);
  EXPECT_EQ(recent.find("b"), nullptr);
  EXPECT_EQ(*recent.find("c"), 3);
  EXPECT_EQ(recent.octets(), 8U);
}

TEST(Recent, ALaterOneTakesThePlaceOfItsName) {
  Recent<int> recent(12);
  recent.put("a", 1, 5);
  recent.put("a", 2, 10);
  EXPECT_EQ(*recent.find("a"), 2);
  EXPECT_EQ(recent.octets(), 11U);
}

TEST(Recent, WhatIsMoreThanAllMayBeIsNotKept) {
  Recent<int> recent(12);
  recent.put("a", 1, 5);
  recent.put("b", 2, 12);
  EXPECT_EQ(*recent.find("a"), 1);
  EXPECT_EQ(recent.find("b"), nullptr);
  recent.put("a", 3, 12);  // and what was kept under its name is no longer true
  EXPECT_EQ(recent.find("a"), nullptr);
  EXPECT_EQ(recent.octets(), 0U);
}

}  // namespace
}  // namespace skypod::server
