#include "cli/people.hpp"

#include <gtest/gtest.h>

#include "cli/failure.hpp"

namespace skypod::cli {
namespace {

using wire::Json;

const Json members = Json::array({{{"id", "aaaabbbbcccc"}, {"name", "Desk"}, {"self", true}},
                                  {{"id", "aaaabbbbdddd"}, {"name", "Kitchen"}, {"self", false}},
                                  {{"id", "xxxxyyyyzzzz"}, {"name", ""}, {"self", false}},
                                  {{"id", "xxxxyyyywwww"}, {"name", "Phone"}, {"self", false}}});

std::string found(std::string_view text) {
  try {
    return find_member(members, text);
  } catch (const Failure& failure) {
    return failure.message;
  }
}

TEST(People, AreFoundByIdBeginningAndName) {
  EXPECT_EQ(found("xxxxyyyyzzzz"), "xxxxyyyyzzzz");
  EXPECT_EQ(found("xxxx yyyyz"), "xxxxyyyyzzzz");
  EXPECT_EQ(found("aaaa"), "aaaabbbbdddd");
  EXPECT_EQ(found("kitchen"), "aaaabbbbdddd");
}

TEST(People, AreListedWhereNoneIsMeant) {
  EXPECT_EQ(found("xxxx"),
            "\"xxxx\" is more than one device of this realm; there are: Kitchen (aaaa bbbb), xxxx yyyy, "
            "Phone (xxxx yyyy)");
  EXPECT_NE(found("Desk").find("is no other device"), std::string::npos);
  EXPECT_NE(found("aaa").find("is no other device"), std::string::npos);
  EXPECT_NE(found("").find("is more than one"), 0);
}

TEST(People, AreReachedByTheRungThatCarriesTheirStream) {
  const auto standing = [](const char* state, const char* rung, bool online) {
    return standing_of({{"state", state}, {"rung", rung}, {"online", online}});
  };
  EXPECT_EQ(standing("connected", "direct", true), "connected directly");
  EXPECT_EQ(standing("connected", "turn", true), "connected through TURN");
  EXPECT_EQ(standing("connecting", "relay", true), "connected through the server");
  EXPECT_EQ(standing("reconnecting", "direct", false), "reconnecting");
  EXPECT_EQ(standing("closed", "none", true), "online");
  EXPECT_EQ(standing("closed", "none", false), "offline");
}

TEST(People, CannotSteerATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\n\x7f\xc2\x9b"), "a [2Jb    ");
  EXPECT_EQ(printable("K\xc3\xbc"
                      "che \xf0\x9f\x8e\xa7"),
            "K\xc3\xbc"
            "che \xf0\x9f\x8e\xa7");
  EXPECT_EQ(called(Json::array({{{"id", "12345678"}, {"name", "\x1b]0;x"}}}), "12345678"), " ]0;x (1234 5678)");
}

}  // namespace
}  // namespace skypod::cli
