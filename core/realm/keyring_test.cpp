#include "core/realm/keyring.hpp"

#include <gtest/gtest.h>

namespace skypod::realm {
namespace {

using Removed = std::map<std::string, ledger::Removal>;

RealmKey key_of(std::int64_t epoch, const std::string& by, std::vector<std::string> excludes = {}) {
  const std::string id = by + std::to_string(epoch);
  return {epoch, by, id, SecretKey(Bytes(key_octets, static_cast<char>(epoch))), std::move(excludes)};
}

std::string id_of(const RealmKey* key) {
  return key == nullptr ? "none" : key->id;
}

TEST(Keyring, TheGreaterEpochThenTheGreaterMakerIsTheNewest) {
  Keyring keys;
  EXPECT_EQ(id_of(keys.newest()), "none");
  EXPECT_TRUE(keys.add(key_of(1, "b")));
  EXPECT_TRUE(keys.add(key_of(1, "a")));
  EXPECT_EQ(id_of(keys.newest()), "b1");
  EXPECT_TRUE(keys.add(key_of(2, "a")));
  EXPECT_EQ(id_of(keys.newest()), "a2");
  EXPECT_EQ(id_of(keys.find("a1")), "a1") << "older ones stay readable";
  EXPECT_FALSE(keys.add(key_of(2, "a"))) << "known";
}

TEST(Keyring, AKeyThatARemovedOneGotIsNotUsedHoweverNewItIs) {
  Keyring keys;
  keys.add(key_of(1, "a", {"x"}));
  keys.add(key_of(2, "b", {}));
  EXPECT_EQ(id_of(keys.clean({})), "b2");
  EXPECT_EQ(id_of(keys.clean(Removed{{"x", {}}})), "a1");
  EXPECT_EQ(id_of(keys.clean(Removed{{"x", {}}, {"y", {}}})), "none");
  keys.add(key_of(3, "c", {"y", "x"}));
  EXPECT_EQ(id_of(keys.clean(Removed{{"x", {}}, {"y", {}}})), "c3");
}

TEST(Keyring, KeepsSoManyOnly) {
  Keyring keys;
  for (std::int64_t epoch = 1; epoch <= 20; ++epoch) EXPECT_TRUE(keys.add(key_of(epoch, "a")));
  EXPECT_EQ(id_of(keys.find("a4")), "none");
  EXPECT_EQ(id_of(keys.find("a5")), "a5");
  EXPECT_FALSE(keys.add(key_of(3, "b"))) << "too old to be kept";
}

TEST(Keyring, NobodyCanUseUpTheNumbers) {
  Keyring keys;
  EXPECT_TRUE(keys.add(key_of(1, "a")));
  EXPECT_FALSE(keys.add(key_of(2 + Keyring::epoch_leap_max, "a")));
  EXPECT_TRUE(keys.add(key_of(1 + Keyring::epoch_leap_max, "a")));
}

TEST(Keyring, IsTheSameAfterBeingStored) {
  Keyring keys;
  keys.add(key_of(1, "a"));
  keys.add(key_of(2, "b", {"x"}));
  EXPECT_EQ(Keyring::from_json(keys.to_json()), keys);
  Json spoilt = keys.to_json();
  spoilt[0]["key"] = "AAAA";
  EXPECT_FALSE(Keyring::from_json(spoilt));
  EXPECT_FALSE(Keyring::from_json(Json()));
}

}  // namespace
}  // namespace skypod::realm
