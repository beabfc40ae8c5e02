#include "server/proxy/policy.hpp"

#include <gtest/gtest.h>

#include "server/proxy/http_date.hpp"

namespace skypod::server {
namespace {

constexpr std::int64_t now = 1'800'000'000;

HttpFields dated(HttpFields fields) {
  fields.emplace_back("Date", http_date_of(now));
  return fields;
}

Stored stored(HttpFields fields, int status = 200) {
  return {.status = status,
          .fields = dated(std::move(fields)),
          .vary = {},
          .requested_s = now,
          .received_s = now,
          .body = "hash",
          .body_octets = 4};
}

HttpFields control(const std::string& value) {
  return {{"Cache-Control", value}};
}

TEST(PolicyTest, DirectivesWithQuotesAndTwice) {
  const HttpFields fields{{"cache-control", "max-age=\"10\", x=\"a, max-age=1\""}, {"Cache-Control", "MAX-AGE=5"}};
  EXPECT_EQ(seconds_of(directives_of(fields), "max-age"), 5);
  EXPECT_EQ(seconds_of(directives_of(control("max-age=x")), "max-age"), 0);
  EXPECT_EQ(seconds_of(directives_of(control("max-age=99999999999999999999")), "max-age"), std::int64_t{1} << 31);
  EXPECT_FALSE(seconds_of(directives_of(control("public")), "max-age"));
}

TEST(PolicyTest, WhatMayBeStored) {
  for (const char* allowed :
       {"max-age=1", "s-maxage=1", "public", "max-age=0", "must-understand, no-store, max-age=9"}) {
    EXPECT_TRUE(may_store({}, 200, control(allowed))) << allowed;
  }
  for (const char* forbidden : {"no-store", "private", "max-age=1, private", "max-age=1, no-store"}) {
    EXPECT_FALSE(may_store({}, 200, control(forbidden))) << forbidden;
  }
  EXPECT_TRUE(may_store({}, 404, {{"ETag", "\"a\""}}));
  EXPECT_TRUE(may_store({}, 200, {}));  // never fresh, but there when its origin is not
  EXPECT_FALSE(may_store({}, 404, {}));
  EXPECT_FALSE(may_store({}, 206, control("max-age=1")));
  EXPECT_FALSE(may_store({}, 200, {{"Cache-Control", "max-age=1"}, {"Vary", "Accept, *"}}));
  EXPECT_FALSE(may_store(control("no-store"), 200, control("max-age=1")));
}

TEST(PolicyTest, NothingIsSharedThatSomebodyHadToProveHimselfFor) {
  const HttpFields request{{"Authorization", "Basic x"}};
  EXPECT_FALSE(may_store(request, 200, control("max-age=1")));
  for (const char* shared : {"public, max-age=1", "s-maxage=1", "must-revalidate, max-age=1"}) {
    EXPECT_TRUE(may_store(request, 200, control(shared))) << shared;
  }
}

TEST(PolicyTest, Lifetimes) {
  EXPECT_EQ(lifetime_of(stored(control("max-age=5, s-maxage=7"))), 7);
  EXPECT_EQ(lifetime_of(stored({{"Expires", http_date_of(now + 60)}})), 60);
  EXPECT_EQ(lifetime_of(stored({{"Expires", "0"}, {"Last-Modified", http_date_of(now - 1'000)}})), 0);
  EXPECT_EQ(lifetime_of(stored({{"Last-Modified", http_date_of(now - 1'000)}})), 100);
  EXPECT_EQ(lifetime_of(stored({{"Last-Modified", http_date_of(now - 1'000)}}, 302)), 0);
  EXPECT_EQ(lifetime_of(stored({{"Cache-Control", "max-age=5"}, {"CDN-Cache-Control", "max-age=9"}})), 9);
  EXPECT_EQ(lifetime_of(stored({{"Cache-Control", "max-age=5"}, {"CDN-Cache-Control", "max-age = 9"}})), 5);
}

TEST(PolicyTest, Ages) {
  Stored one = stored({{"Age", "30"}});
  EXPECT_EQ(age_of(one, now + 5), 35);
  one.fields = {{"Date", http_date_of(now - 100)}};
  EXPECT_EQ(age_of(one, now), 100);
  one.requested_s = now - 200;
  EXPECT_EQ(age_of(one, now), 200);
  EXPECT_EQ(age_of(one, now - 50), 200) << "a clock that was set back";
}

TEST(PolicyTest, FreshStaleAndWhatTheClientWants) {
  const Stored one = stored(control("max-age=10"));
  EXPECT_EQ(use_of(one, {}, now + 9), Use::serve);
  EXPECT_EQ(use_of(one, {}, now + 10), Use::validate);
  EXPECT_EQ(use_of(one, control("no-cache"), now), Use::validate);
  EXPECT_EQ(use_of(one, {{"Pragma", "no-cache"}}, now), Use::validate);
  EXPECT_EQ(use_of(one, control("max-age=3"), now + 4), Use::validate);
  EXPECT_EQ(use_of(one, control("min-fresh=5"), now + 6), Use::validate);
  EXPECT_EQ(use_of(one, control("max-stale"), now + 1'000), Use::serve);
  EXPECT_EQ(use_of(one, control("max-stale=5"), now + 16), Use::validate);
  EXPECT_EQ(use_of(stored(control("max-age=10, must-revalidate")), control("max-stale"), now + 11), Use::validate);
  EXPECT_EQ(use_of(stored(control("no-cache, max-age=10")), {}, now), Use::validate);
  EXPECT_EQ(use_of(stored(control("max-age=10, stale-while-revalidate=5")), {}, now + 14), Use::serve_and_renew);
  EXPECT_EQ(use_of(stored(control("max-age=10, stale-while-revalidate=5")), {}, now + 16), Use::validate);
}

TEST(PolicyTest, StaleAfterAFailure) {
  EXPECT_TRUE(may_serve_after_failure(stored(control("max-age=1")), {}, 0, now + 100));
  EXPECT_FALSE(may_serve_after_failure(stored(control("max-age=1, must-revalidate")), {}, 0, now + 100));
  EXPECT_FALSE(may_serve_after_failure(stored(control("max-age=1")), {}, 503, now + 100));
  EXPECT_TRUE(may_serve_after_failure(stored(control("max-age=1, stale-if-error=200")), {}, 503, now + 100));
  EXPECT_FALSE(may_serve_after_failure(stored(control("max-age=1, stale-if-error=50")), {}, 503, now + 100));
  EXPECT_FALSE(may_serve_after_failure(stored(control("max-age=1, stale-if-error=200")), {}, 404, now + 100));
}

TEST(PolicyTest, Vary) {
  const HttpFields answer{{"Vary", "Foo, BAR"}};
  const HttpFields request{{"foo", "1 , 2"}, {"Other", "x"}};
  Stored one = stored({});
  one.vary = vary_of(request, answer);
  EXPECT_TRUE(is_selected(one, request));
  EXPECT_TRUE(is_selected(one, {{"FOO", "1"}, {"Foo", "2"}}));
  EXPECT_FALSE(is_selected(one, {{"Foo", "2, 1"}}));
  EXPECT_FALSE(is_selected(one, {{"Foo", "1, 2"}, {"Bar", "x"}}));
}

TEST(PolicyTest, A304FreshensWhatIsNotAboutTheBody) {
  Stored one = stored({{"ETag", "\"a\""}, {"X", "old"}, {"Content-Length", "4"}, {"Age", "9"}});
  EXPECT_TRUE(is_confirmed(one, {{"ETag", "W/\"a\""}}));
  EXPECT_FALSE(is_confirmed(one, {{"ETag", "\"b\""}}));
  freshen(one, {{"X", "new"}, {"X", "newer"}, {"Content-Length", "0"}, {"Connection", "Y"}, {"Y", "hop"}}, now + 1,
          now + 2);
  EXPECT_EQ(field(one.fields, "X"), "new, newer");
  EXPECT_EQ(field(one.fields, "Content-Length"), "4");
  EXPECT_FALSE(field(one.fields, "Y"));
  EXPECT_FALSE(field(one.fields, "Age"));
  EXPECT_EQ(one.received_s, now + 2);
}

TEST(PolicyTest, TheClientsOwnConditions) {
  const Stored one = stored({{"ETag", "\"a\""}, {"Last-Modified", http_date_of(now - 10)}});
  EXPECT_TRUE(is_known_to_client(one, {{"If-None-Match", "\"x\", W/\"a\""}}));
  EXPECT_TRUE(is_known_to_client(one, {{"If-None-Match", "*"}}));
  EXPECT_FALSE(is_known_to_client(one, {{"If-None-Match", "\"x\""}, {"If-Modified-Since", http_date_of(now)}}));
  EXPECT_TRUE(is_known_to_client(one, {{"If-Modified-Since", http_date_of(now - 10)}}));
  EXPECT_FALSE(is_known_to_client(one, {{"If-Modified-Since", http_date_of(now - 11)}}));
}

}  // namespace
}  // namespace skypod::server
