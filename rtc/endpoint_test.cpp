#include "rtc/endpoint.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;

TEST(Endpoint, ConnectsAndSaysHow) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  for (const auto& side : couple.sides) {
    EXPECT_EQ(side.opened, 1);
    ASSERT_TRUE(side.path);
    EXPECT_EQ(side.path->kind, event::Path::Kind::direct);
    EXPECT_FALSE(side.failed);
  }
}

TEST(Endpoint, CarriesMessagesOfEverySizeBothWays) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Random random(1);
  std::vector<Bytes> sent;
  for (const std::size_t size : {0, 1, 1000, 1200, 65536, 262144, 0, 3}) {
    sent.push_back(random.bytes(size));
  }
  for (const int from : {0, 1}) {
    for (const Bytes& message : sent) {
      couple.endpoint(from).send(Couple::id, message);
    }
    auto& got = couple.sides[1 - from].messages;
    ASSERT_TRUE(couple.run([&] { return got.size() == sent.size(); }));
    EXPECT_TRUE(std::ranges::equal(got, sent));
    EXPECT_EQ(couple.endpoint(from).buffered(Couple::id), 0u);
  }
}

TEST(Endpoint, CarriesManyMegabytesInOrder) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  Random random(2);
  const Bytes block = random.bytes(65536);
  constexpr std::size_t count = 160;
  for (std::size_t i = 0; i < count; ++i) {
    couple.endpoint(0).send(Couple::id, Bytes(1, static_cast<char>(i)) + block);
  }
  auto& got = couple.sides[1].messages;
  ASSERT_TRUE(couple.run([&] { return got.size() == count && couple.sides[0].drained > 0; }));
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(got[i][0], static_cast<char>(i));
    ASSERT_EQ(BytesView(got[i]).substr(1), block);
  }
  EXPECT_EQ(couple.sides[0].drained, 1);
}

}  // namespace
}  // namespace skypod::rtc
