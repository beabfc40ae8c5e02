#include "native/aes.hpp"

#include <gtest/gtest.h>

#include "native/digest.hpp"
#include "native/test_vectors.hpp"

namespace skypod::aes {
namespace {

using test::from_hex;
using test::hex_member;
using wire::Json;

struct Tally {
  int accepted = 0;
  int refused = 0;
};

std::ostream& operator<<(std::ostream& out, const Tally& tally) {
  return out << tally.accepted << " accepted, " << tally.refused << " refused";
}

/// One case of AES-GCM both ways.
bool gcm_agrees(const Json& test) {
  const Bytes key = hex_member(test, "key");
  const Bytes nonce = hex_member(test, "iv");
  const Bytes aad = hex_member(test, "aad");
  const Bytes plaintext = hex_member(test, "msg");
  const Sealed sealed{hex_member(test, "ct"), hex_member(test, "tag")};
  const auto opened = gcm_open(key, nonce, aad, sealed);
  if (test["result"] != "valid") {
    return !opened;
  }
  const Sealed again = gcm_seal(key, nonce, aad, plaintext);
  return opened == plaintext && again.ciphertext == sealed.ciphertext && again.tag == sealed.tag;
}

TEST(Aes, GcmAgreesWithWycheproof) {
  const auto suite = test::load_wycheproof("aes_gcm");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  Tally tally;
  int other_sizes = 0;
  for (const Json& group : (*suite)["testGroups"]) {
    const bool ours = group["keySize"] == 256 && group["ivSize"] == 96 && group["tagSize"] == 128;
    for (const Json& test : group["tests"]) {
      if (ours) {
        EXPECT_TRUE(gcm_agrees(test)) << test["tcId"] << ": " << test["comment"];
        ++(test["result"] == "valid" ? tally.accepted : tally.refused);
      } else {
        EXPECT_FALSE(gcm_open(hex_member(test, "key"), hex_member(test, "iv"), hex_member(test, "aad"),
                              {hex_member(test, "ct"), hex_member(test, "tag")}));
        ++other_sizes;
      }
    }
  }
  std::cout << "AES-GCM: " << tally << ", " << other_sizes << " refused for a size we do not use\n";
  EXPECT_GE(tally.accepted, 39);
  EXPECT_GE(tally.refused, 27);
}

/// One case of key wrap both ways; `accepted` says whether it must work.
bool wrap_agrees(const Json& test, bool accepted) {
  const Bytes kek = hex_member(test, "key");
  const Bytes secret = hex_member(test, "msg");
  const Bytes wrapped = hex_member(test, "ct");
  if (!accepted) {
    return !unwrap_key(kek, wrapped) && (!wrap_key(kek, secret) || wrap_key(kek, secret) != wrapped);
  }
  return unwrap_key(kek, wrapped) == secret && wrap_key(kek, secret) == wrapped;
}

TEST(Aes, KeyWrapAgreesWithWycheproof) {
  const auto suite = test::load_wycheproof("aes_wrap");
  if (!suite) GTEST_SKIP() << "no Wycheproof vectors in " << test::corpora;
  Tally tally;
  for (const Json& group : (*suite)["testGroups"]) {
    for (const Json& test : group["tests"]) {
      // Refused by policy: keys of other sizes, and the secrets of 8 octets that the suite calls acceptable.
      const bool accepted = group["keySize"] == 256 && test["result"] == "valid";
      EXPECT_TRUE(wrap_agrees(test, accepted)) << test["tcId"] << ": " << test["comment"];
      ++(accepted ? tally.accepted : tally.refused);
    }
  }
  std::cout << "AES-KW: " << tally << " (those of 128 and 192 bits by policy)\n";
  EXPECT_GE(tally.accepted, 13);
  EXPECT_GE(tally.refused, 55);
}

TEST(Aes, WrapsTheExampleOfTheStandard) {  // RFC 3394 section 4.6
  const Bytes kek = from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const Bytes secret = from_hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  const Bytes wrapped = from_hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
  EXPECT_EQ(wrap_key(kek, secret), wrapped);
  EXPECT_EQ(unwrap_key(kek, wrapped), secret);
}

TEST(Aes, EveryFlippedBitOfAWrappedKeyIsNoticed) {
  const Bytes kek = random_octets(key_octets);
  const Bytes wrapped = wrap_key(kek, random_octets(key_octets)).value();
  for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    Bytes altered = wrapped;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(unwrap_key(kek, altered)) << bit;
  }
}

TEST(Aes, RefusesOtherSizes) {
  const Bytes key = random_octets(key_octets);
  const Bytes nonce = random_octets(nonce_octets);
  const Sealed sealed = gcm_seal(key, nonce, "aad", "text");
  EXPECT_EQ(gcm_open(key, nonce, "aad", sealed), "text");
  EXPECT_FALSE(gcm_open(key.substr(1), nonce, "aad", sealed));
  EXPECT_FALSE(gcm_open(key, nonce + "x", "aad", sealed));
  for (std::size_t size = 0; size < tag_octets; ++size) {
    EXPECT_FALSE(gcm_open(key, nonce, "aad", {sealed.ciphertext, sealed.tag.substr(0, size)})) << size;
  }
  for (const std::size_t size : {0, 8, 15, 17, 4104}) EXPECT_FALSE(wrap_key(key, Bytes(size, 'k'))) << size;
  for (const std::size_t size : {0, 8, 16, 25, 4112}) EXPECT_FALSE(unwrap_key(key, Bytes(size, 'k'))) << size;
  EXPECT_FALSE(wrap_key(key.substr(16), key));
  EXPECT_TRUE(wrap_key(key, Bytes(4096, 'k')));
}

}  // namespace
}  // namespace skypod::aes
