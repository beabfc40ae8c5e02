#include "core/feed/login.hpp"

#include <gtest/gtest.h>

namespace skypod::feed {
namespace {

struct Case {
  const char* typed;
  const char* url;
  const char* login;
};

TEST(Login, IsTakenOutOfTheAddress) {
  for (const Case& one : {
           Case{"https://ann:secret@feeds.example/rss", "https://feeds.example/rss", "ann:secret"},
           Case{"http://ann@feeds.example:8080", "http://feeds.example:8080", "ann"},
           Case{"https://:token@feeds.example/", "https://feeds.example/", ":token"},
           Case{"ann:secret@feeds.example/rss", "feeds.example/rss", "ann:secret"},
           Case{"https://a@b:c@d@feeds.example/", "https://feeds.example/", "a@b:c@d"},
           Case{"https://ann:p%40ss@[2001:db8::1]:8443/f", "https://[2001:db8::1]:8443/f", "ann:p%40ss"},
           Case{"https://@feeds.example/", "https://feeds.example/", ""},
           Case{"https://ann:secret@feeds.example?of=me@example.org", "https://feeds.example?of=me@example.org",
                "ann:secret"},
       }) {
    const Located found = take_login(one.typed);
    EXPECT_EQ(found.url, one.url);
    EXPECT_EQ(found.login, one.login);
  }
}

TEST(Login, IsOnlyWhatStandsBeforeTheHost) {
  for (const char* url :
       {"https://feeds.example/@ann", "https://feeds.example?u=a:b@c", "https://feeds.example#a@b", "feeds.example/a@b",
        "feeds.example/?next=https://a:b@c/", "https://feeds.example\\@inside.example/", "", "://", "feed"}) {
    EXPECT_EQ(take_login(url).url, url);
    EXPECT_EQ(take_login(url).login, "");
  }
}

TEST(Login, IsPutBackWhereItWas) {
  for (const char* url :
       {"https://ann:p%40ss@feeds.example/rss?a=b@c", "http://ann@[::1]:8080/", "https://a.example"}) {
    const Located found = take_login(url);
    EXPECT_EQ(put_login(found.url, found.login), url);
  }
}

TEST(Login, IsSentAsRfc7617Says) {
  EXPECT_EQ(basic_authorization("Aladdin:open%20sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_authorization("test:123%C2%A3"), "Basic dGVzdDoxMjPCow==");
  EXPECT_EQ(basic_authorization("ann"), "Basic YW5uOg==");
  EXPECT_EQ(basic_authorization(":t:k"), "Basic OnQ6aw==");
  EXPECT_EQ(basic_authorization("a:100%"), "Basic YToxMDAl");  // a "%" that begins no triplet is one
  EXPECT_EQ(basic_authorization("a:%ff%fb"), "Basic YTr/+w==");
}

TEST(Login, ThatCannotBeSentIsNone) {
  for (const char* login : {"ann:secret", "ann", ":token", "a:b:c", "%C3%A4:%E2%82%AC", "a%40b:c"}) {
    EXPECT_TRUE(is_login(login)) << login;
  }
  for (const char* login : {"", "a%3Ab:c", "a:%0d%0aX-Evil: 1", "a%00:b", "a:\x7f", "a:%ff", "\xff:b"}) {
    EXPECT_FALSE(is_login(login)) << login;
  }
  EXPECT_FALSE(is_login(std::string(login_max + 1, 'a')));
}

TEST(Login, HasANameForPeople) {
  EXPECT_EQ(login_name("ann%40mail.example:secret"), "ann@mail.example");
  EXPECT_EQ(login_name(":token"), "");
}

}  // namespace
}  // namespace skypod::feed
