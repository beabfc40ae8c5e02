// What the running server says to hubs (WebSub), and to who reads its metrics.
#include <condition_variable>
#include <mutex>

#include "base/percent.hpp"
#include "native/digest.hpp"
#include "native/test_server.hpp"
#include "server/target.hpp"
#include "test/server/running_server.hpp"
#include "test/support/http.hpp"

namespace skypod::test {
namespace {

constexpr auto patience = std::chrono::seconds(30);

class HubsTest : public RunningServer {
 protected:
  /// Asks for the feed and waits until the server has asked the hub.
  void subscribe() {
    start({"--allow-fetch", "127.0.0.0/8", "--open-proxy", "--public-url", "https://pod.example", "--metrics-token",
           token});
    EXPECT_EQ(get(port(), "/api/feed?url=" + percent_encode(origin.url("/secret-feed"))).status, 200);
    std::unique_lock lock(mutex);
    ASSERT_TRUE(came.wait_for(lock, patience, [this] { return !form.empty(); }));
    const std::string callback = said("hub.callback");
    ASSERT_TRUE(callback.starts_with("https://pod.example/api/websub/")) << callback;
    path = callback.substr(std::string("https://pod.example").size());
  }
  std::string said(const std::string& name) const { return server::parameter_of("?" + form, name).value_or(""); }
  HttpAnswer verify(const std::string& topic, const std::string& challenge) const {
    return get(port(), path + "?hub.mode=subscribe&hub.lease_seconds=3600&hub.topic=" + percent_encode(topic) +
                           "&hub.challenge=" + percent_encode(challenge));
  }
  HttpAnswer post(const std::string& to, const std::string& body, const std::string& secret) const {
    return exchange_http(port(), "POST " + to +
                                     " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Hub-Signature: sha256=" +
                                     to_hex(hmac_sha256(secret, body)) +
                                     "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string metrics() const { return get(port(), "/metrics", "Authorization: Bearer " + token + "\r\n").body; }

  const std::string token = "a-token-for-metrics";
  std::mutex mutex;
  std::condition_variable came;
  std::string form;  // guarded by mutex
  std::string path;
  Server hub{[this](const std::string& request, const Server::Send& send) {
    {
      const std::lock_guard lock(mutex);
      form = request.substr(request.find("\r\n\r\n") + 4);
    }
    came.notify_all();
    send(Server::answer("202 Accepted", "", ""));
  }};
  Server origin{[this](const std::string&, const Server::Send& send) {
    send(Server::answer("200 OK", "Content-Type: application/rss+xml\r\nLink: <" + hub.url("/") + ">; rel=hub\r\n",
                        "<rss version=\"2.0\"><channel><title>T</title></channel></rss>"));
  }};
};

TEST_F(HubsTest, AnswersItsHubAndNobodyElse) {
  subscribe();
  const std::string topic = origin.url("/secret-feed");
  EXPECT_EQ(said("hub.topic"), topic);
  EXPECT_EQ(verify("https://other.example/", "c").status, 404);
  EXPECT_EQ(verify(topic, std::string(1'025, 'c')).status, 404);
  const HttpAnswer verified = verify(topic, "<script>alert(1)</script>");
  EXPECT_EQ(verified.status, 200);
  EXPECT_EQ(verified.body, "<script>alert(1)</script>");
  EXPECT_EQ(verified.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(verified.headers.at("content-security-policy"), "default-src 'none'; sandbox");
  EXPECT_NE(metrics().find("skypod_hub_subscriptions 1\n"), std::string::npos);

  EXPECT_EQ(post(path, std::string(1U << 20U, 'x'), said("hub.secret")).status, 202);
  EXPECT_EQ(post(path, "x", "guess").status, 202);  // a hub is not told
  EXPECT_NE(metrics().find("skypod_hub_news_total 1\n"), std::string::npos);
  EXPECT_NE(metrics().find("skypod_hub_forged_total 1\n"), std::string::npos);
  EXPECT_EQ(post(path, std::string(3U << 20U, 'x'), said("hub.secret")).status, 413);
}

TEST_F(HubsTest, AnAddressThatNobodyWasGivenIsGone) {
  subscribe();
  EXPECT_EQ(get(port(), "/api/websub/guess?hub.mode=subscribe").status, 410);
  EXPECT_EQ(post("/api/websub/guess", "x", "x").json()["code"], "no_subscription");
  EXPECT_EQ(post("/api/websub/guess", std::string(65'537, 'x'), "x").status, 413);
  EXPECT_EQ(post("/api/feed", "x", "x").status, 405);
}

TEST_F(HubsTest, MetricsAreForWhoHasTheToken) {
  subscribe();
  EXPECT_EQ(get(port(), "/metrics").status, 401);
  EXPECT_EQ(get(port(), "/metrics", "Authorization: Bearer a-token-for-metricz\r\n").status, 401);
  EXPECT_EQ(get(port(), "/metrics?token=" + token).status, 401);
  const HttpAnswer answer = get(port(), "/metrics", "Authorization: Bearer " + token + "\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_TRUE(
      answer.body.starts_with("# HELP skypod_realms Realms in memory.\n# TYPE skypod_realms gauge\nskypod_realms 0\n"));
  EXPECT_NE(answer.body.find("# TYPE skypod_cache_misses_total counter\n"), std::string::npos);
  EXPECT_NE(answer.body.find("\nskypod_feeds 1\n"), std::string::npos);
  for (const char* secret : {"127.0.0.1", "secret-feed", "{", "pod.example"}) {
    EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret;
  }
}

TEST_F(HubsTest, WithoutATokenThereAreNoMetrics) {
  start({"--open-proxy"});
  EXPECT_EQ(get(port(), "/metrics").status, 404);
  EXPECT_EQ(get(port(), "/metrics", "Authorization: Bearer \r\n").status, 404);
}

TEST_F(HubsTest, NoHubIsAskedWithoutAnAddressOfOurs) {
  start({"--allow-fetch", "127.0.0.0/8", "--open-proxy", "--metrics-token", token});
  EXPECT_EQ(get(port(), "/api/feed?url=" + percent_encode(origin.url("/"))).status, 200);
  EXPECT_NE(metrics().find("skypod_hub_requests_total 0\n"), std::string::npos);
  EXPECT_EQ(hub.accepted(), 0);
}

}  // namespace
}  // namespace skypod::test
