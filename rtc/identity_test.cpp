// Whoever is at the other end of the path must be who the description promised: else both sides fail, and not one octet
// of a message arrives at either (THREATS: fingerprints).
#include <gtest/gtest.h>

#include "rtc/sdp/fingerprint.hpp"
#include "rtc/testing.hpp"

namespace skypod::rtc {
namespace {

using testing::Couple;
using Change = std::function<std::string(const std::string& line)>;

/// The description with its a=fingerprint line changed.
std::string with_fingerprint(const std::string& sdp, const Change& change) {
  const std::size_t begin = sdp.find("a=fingerprint:");
  const std::size_t end = sdp.find("\r\n", begin) + 2;
  return sdp.substr(0, begin) + change(sdp.substr(begin, end - begin)) + sdp.substr(end);
}

std::string wrong(const std::string& line) {
  std::string out = line;
  char& digit = out[line.size() - 3];
  digit = digit == '0' ? '1' : '0';
  return out;
}

/// Changes what `victim` is told of the other side. Messages wait on both sides before there is a connection.
void expect_refused(int victim, const Change& change) {
  Couple couple;
  couple.tamper_sdp = [&](int from, const std::string& sdp) {
    return from == victim ? sdp : with_fingerprint(sdp, change);
  };
  couple.endpoint(0).send(Couple::id, "secret");
  couple.endpoint(1).send(Couple::id, "secret");
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return couple.sides[victim].failed.has_value(); }));
  EXPECT_EQ(couple.sides[victim].failed, Fault::wrong_identity);
  couple.endpoint(victim).close(Couple::id);
  couple.endpoint(1 - victim).send(Couple::id, "more");
  couple.endpoint(1 - victim).offer(Couple::id, true);  // its Local comes after all that was under way
  const int locals = couple.sides[1 - victim].locals;
  couple.tamper_sdp = [](int, const std::string&) { return std::string(); };
  ASSERT_TRUE(couple.run(
      [&] { return couple.sides[1 - victim].failed.has_value() || couple.sides[1 - victim].locals > locals; }));
  for (const auto& side : couple.sides) {
    EXPECT_TRUE(side.messages.empty());
  }
  EXPECT_EQ(couple.sides[victim].opened, 0);
}

class Identity : public ::testing::TestWithParam<int> {};

TEST_P(Identity, WrongFingerprintIsRefused) {
  expect_refused(GetParam(), wrong);
}

TEST_P(Identity, MissingFingerprintIsRefused) {
  expect_refused(GetParam(), [](const std::string&) { return std::string(); });
}

TEST_P(Identity, WeakHashIsRefused) {
  expect_refused(GetParam(), [](const std::string& line) {
    return "a=fingerprint:sha-1 " + line.substr(line.find(' ') + 1, 59) + "\r\n";
  });
}

TEST_P(Identity, WeakHashBesideAWrongStrongOneIsRefused) {
  expect_refused(GetParam(), [](const std::string& line) {
    return "a=fingerprint:md5 " + line.substr(line.find(' ') + 1, 47) + "\r\n" + wrong(line);
  });
}

TEST_P(Identity, RightHashBesideAStrongerWrongOneIsRefused) {
  expect_refused(GetParam(), [](const std::string& line) {
    const sdp::Fingerprint other{sdp::Fingerprint::Hash::sha512, Bytes(64, 'x')};
    return line + "a=fingerprint:" + sdp::write_fingerprint(other) + "\r\n";
  });
}

TEST_P(Identity, AnotherFingerprintLaterIsRefused) {
  Couple couple;
  ASSERT_TRUE(couple.connect());
  const int victim = GetParam();
  couple.tamper_sdp = [&](int from, const std::string& sdp) {
    return from == victim ? sdp : with_fingerprint(sdp, wrong);
  };
  couple.offer(1 - victim, true);
  ASSERT_TRUE(couple.run([&] { return couple.sides[victim].failed.has_value(); }));
  EXPECT_EQ(couple.sides[victim].failed, Fault::wrong_identity);
}

INSTANTIATE_TEST_SUITE_P(EitherSide, Identity, ::testing::Values(0, 1));

TEST(IdentitySwapped, BothDescriptionsFromSomebodyInBetweenAreRefused) {
  Couple couple;
  couple.tamper_sdp = [&](int, const std::string& sdp) { return with_fingerprint(sdp, wrong); };
  couple.offer(0);
  ASSERT_TRUE(couple.run([&] { return couple.sides[0].failed && couple.sides[1].failed; }));
  for (const auto& side : couple.sides) {
    EXPECT_EQ(side.opened, 0);
    EXPECT_TRUE(side.messages.empty());
  }
}

}  // namespace
}  // namespace skypod::rtc
