#include "server/feeds/websub.hpp"

#include <gtest/gtest.h>

#include "native/digest.hpp"

namespace skypod::server {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;
const HubLink link{"https://hub.example/", "https://feed.example/feed.xml"};

TEST(WebSub, FindsTheHubInLinkFields) {
  const std::string url = "https://feed.example/dir/feed";
  const HttpFields fields{
      {"Link", "<https://other.example/a,b>; rel=next, </hub?x=1,2>; title=\"a, b\"; rel=\"x hub\""},
      {"link", "<../self>; rel=self"}};
  EXPECT_EQ(hub_of(fields, wire::Json::object(), url),
            (HubLink{"https://feed.example/hub?x=1,2", "https://feed.example/self"}));
  EXPECT_EQ(hub_of({{"Link", "<https://h.example/>; rel=hub, </self>; rel=self"}}, wire::Json::object(), url),
            (HubLink{"https://h.example/", "https://feed.example/self"}));
  EXPECT_FALSE(hub_of({{"Link", "<https://h.example/>; rel=\"hubris\""}}, wire::Json::object(), url));
  EXPECT_FALSE(hub_of({{"Link", "<https://h.example/; rel=hub"}}, wire::Json::object(), url));
  EXPECT_FALSE(hub_of({{"Link", "<javascript:x>; rel=hub"}}, wire::Json::object(), url));
}

TEST(WebSub, FindsTheHubInTheFeed) {
  const wire::Json feed = {{"hubs", {{{"type", "WebSub"}, {"url", link.hub}}}}, {"feed_url", link.topic}};
  EXPECT_EQ(hub_of({}, feed, "https://feed.example/"), link);
  EXPECT_FALSE(hub_of({}, {{"feed_url", link.topic}}, "https://feed.example/"));
  const wire::Json nameless = {{"hubs", feed["hubs"]}};
  EXPECT_EQ(hub_of({}, nameless, "https://feed.example/x").value_or(HubLink()).topic, "https://feed.example/x");
}

TEST(WebSub, AsksWithAnAddressAndASecretOfItsOwn) {
  const Subscription one = subscription_to(link);
  const Subscription other = subscription_to(link);
  EXPECT_EQ(one.id.size(), 43U);
  EXPECT_NE(one.id, other.id);
  EXPECT_NE(one.secret, other.secret);
  EXPECT_NE(one.secret, one.id);
  EXPECT_EQ(form_of(one, "https://pod.example/api/websub/" + one.id),
            "hub.mode=subscribe&hub.topic=https%3A%2F%2Ffeed.example%2Ffeed.xml&hub.callback=https%3A%2F%2Fpod.example"
            "%2Fapi%2Fwebsub%2F" +
                one.id + "&hub.secret=" + one.secret + "&hub.lease_seconds=864000");
}

TEST(WebSub, ConfirmsOnlyWhatItAskedFor) {
  Subscription one = subscription_to(link);
  EXPECT_FALSE(confirm(one, {"subscribe", "https://other.example/", "60"}, 1'000));
  EXPECT_FALSE(confirm(one, {"unsubscribe", link.topic, "60"}, 1'000));
  for (const char* lease : {"", "0", "-5", "6x", "99999999999999999999"}) {
    EXPECT_FALSE(confirm(one, {"subscribe", link.topic, lease}, 1'000)) << lease;
  }
  EXPECT_EQ(one.until_ms, 0);
  EXPECT_TRUE(confirm(one, {"subscribe", link.topic, "60"}, 1'000));
  EXPECT_EQ(one.until_ms, 61'000);
  EXPECT_TRUE(confirm(one, {"denied", link.topic, ""}, 2'000));
  EXPECT_EQ(one.until_ms, 0);
}

TEST(WebSub, BelievesOnlyItsOwnSecret) {
  const Subscription one = subscription_to(link);
  const std::string body = "<rss/>";
  const std::string good = "sha256=" + to_hex(hmac_sha256(one.secret, body));
  EXPECT_TRUE(is_genuine(one, good, body));
  EXPECT_FALSE(is_genuine(one, good, body + " "));
  EXPECT_FALSE(is_genuine(one, "", body));
  EXPECT_FALSE(is_genuine(one, good.substr(0, good.size() - 1), body));
  EXPECT_FALSE(is_genuine(one, "sha1=" + to_hex(hmac_sha1(one.secret, body)), body));
  EXPECT_FALSE(is_genuine(subscription_to(link), good, body));
}

TEST(WebSub, RenewsBeforeTheEnd) {
  Subscription one = subscription_to(link);
  one.asked_ms = hour_ms;
  EXPECT_EQ(renewal_ms(one), 25 * hour_ms);
  ASSERT_TRUE(confirm(one, {"subscribe", link.topic, "864000"}, hour_ms));
  EXPECT_EQ(renewal_ms(one), hour_ms + 180 * hour_ms);
  ASSERT_TRUE(confirm(one, {"subscribe", link.topic, "60"}, hour_ms));
  EXPECT_EQ(renewal_ms(one), 2 * hour_ms);
  ASSERT_TRUE(confirm(one, {"subscribe", link.topic, "999999999999"}, hour_ms));
  EXPECT_EQ(one.lease_ms, 30 * 24 * hour_ms);
}

}  // namespace
}  // namespace skypod::server
