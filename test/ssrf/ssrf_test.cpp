// Server-side request forgery: hostile addresses in every notation, direct, behind redirects, and as answers of a
// resolver that changes its mind. In a network where every address answers, nothing but public ones is connected to.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/wire/json.hpp"
#include "native/fetch.hpp"
#include "test/ssrf/world.hpp"

namespace skypod::test {
namespace {

std::string why_not;  // there is a network of its own

/// Not public, one of each kind.
constexpr std::array hidden = std::to_array<std::array<unsigned, 4>>({
    {127, 0, 0, 1},       {127, 255, 255, 254}, {0, 0, 0, 0},        {0, 1, 2, 3},         {10, 0, 0, 1},
    {10, 255, 255, 255},  {172, 16, 0, 1},      {172, 31, 255, 255}, {192, 168, 0, 1},     {192, 168, 255, 255},
    {169, 254, 169, 254}, {169, 254, 0, 1},     {100, 64, 0, 1},     {100, 127, 255, 255}, {192, 0, 0, 170},
    {192, 0, 2, 1},       {192, 88, 99, 1},     {198, 18, 0, 1},     {198, 19, 255, 255},  {198, 51, 100, 7},
    {203, 0, 113, 9},     {224, 0, 0, 1},       {239, 1, 2, 3},      {240, 0, 0, 1},       {255, 255, 255, 255},
});

constexpr std::array open_v4{"1.1.1.1",         "8.8.8.8",        "172.32.0.1",     "192.169.0.1",
                             "169.253.255.255", "100.128.0.1",    "198.17.255.255", "128.0.0.1",
                             "11.0.0.1",        "172.15.255.255", "223.255.255.254"};

std::string print(const char* format, auto... values) {
  std::array<char, 128> text;
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

/// One address in every notation that somebody's parser takes.
std::vector<std::string> notations(const std::array<unsigned, 4>& a) {
  const unsigned whole = a[0] << 24 | a[1] << 16 | a[2] << 8 | a[3];
  const unsigned last3 = a[1] << 16 | a[2] << 8 | a[3];
  const unsigned last2 = a[2] << 8 | a[3];
  return {print("%u.%u.%u.%u", a[0], a[1], a[2], a[3]),
          print("%u.%u.%u.%u.", a[0], a[1], a[2], a[3]),
          print("%u", whole),
          print("0x%x", whole),
          print("0X%X", whole),
          print("0%o", whole),
          print("0x%x.0x%x.0x%x.0x%x", a[0], a[1], a[2], a[3]),
          print("0%o.0%o.0%o.0%o", a[0], a[1], a[2], a[3]),
          print("00%o.%u.0x%x.%u", a[0], a[1], a[2], a[3]),
          print("%u.%u", a[0], last3),
          print("%u.%u.%u", a[0], a[1], last2),
          print("0x%x.%u", a[0], last3),
          print("[::ffff:%u.%u.%u.%u]", a[0], a[1], a[2], a[3]),
          print("[::ffff:%x:%x]", whole >> 16, whole & 0xffff),
          print("[::%u.%u.%u.%u]", a[0], a[1], a[2], a[3]),
          print("[64:ff9b::%u.%u.%u.%u]", a[0], a[1], a[2], a[3]),
          print("[64:ff9b:1::%u.%u.%u.%u]", a[0], a[1], a[2], a[3]),
          print("[2002:%x:%x::1]", whole >> 16, whole & 0xffff),
          print("%%%02x", static_cast<unsigned>(std::to_string(a[0])[0])) +
              print("%u.%u.%u.%u", a[0], a[1], a[2], a[3]).substr(1)};
}

const std::vector<std::string> hidden_v6{
    "[::1]",     "[::]",          "[fe80::1]",         "[fc00::1]",      "[fd12:3456::1]",
    "[ff02::1]", "[2001:db8::1]", "[2001::1]",         "[100::1]",       "[fec0::1]",
    "[3fff::1]", "[5f00::1]",     "[0:0:0:0:0:0:0:1]", "[fe80::1%25lo]", "[2001:10::1]"};

/// Every hostile host, in every notation.
std::vector<std::string> hostile_hosts() {
  std::vector<std::string> hosts = hidden_v6;
  for (const auto& address : hidden) {
    for (std::string& host : notations(address)) hosts.push_back(std::move(host));
  }
  for (const char* name : {"localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost"}) {
    hosts.emplace_back(name);
  }
  return hosts;
}

std::vector<std::string> hostile_urls() {
  std::vector<std::string> urls;
  for (const std::string& host : hostile_hosts()) urls.push_back("http://" + host + ":8009/x");
  for (const char* url : {"gopher://127.0.0.1:80/_x",
                          "dict://127.0.0.1:80/",
                          "ftp://127.0.0.1:80/",
                          "file:///etc/passwd",
                          "ldap://127.0.0.1:80/",
                          "tftp://127.0.0.1:80/x",
                          "ws://127.0.0.1:80/",
                          "jar:http://127.0.0.1:80!/",
                          "data:,x",
                          "http://1.1.1.1@127.0.0.1:80/",
                          "http://1.1.1.1:80@127.0.0.1:80/",
                          "http://127.0.0.1:80#@1.1.1.1/",
                          "http://127.0.0.1:80\\@1.1.1.1/",
                          "http:127.0.0.1",
                          "http:///127.0.0.1/",
                          "http://127.0.0.1:80?@1.1.1.1/",
                          "http://127.1:80/",
                          "http://127.0.1:443/",
                          "https://127.0.0.1:443/",
                          "http://0/",
                          "http://1.1.1.1:22/",
                          "http://1.1.1.1:6379/",
                          "http://127.0.0.1%00.example/",
                          "http://127.0.0.1\t/",
                          "http://127.0.0.1 /",
                          "//127.0.0.1/",
                          "http://[::1",
                          "http://[::1]a/",
                          "http://①②⑦.⓪.⓪.①/",
                          "http://127。0。0。1/"}) {
    urls.emplace_back(url);
  }
  return urls;
}

/// The corpus beside this checkout, if it is there: 572 more. Port 9 becomes one that is allowed, lest it hide why.
std::vector<std::pair<std::string, bool>> corpus() {
  std::vector<std::pair<std::string, bool>> urls;
  const std::filesystem::path folder = SKYPOD_SOURCE_DIR "/../shared/corpora/url-ssrf";
  for (const char* name : {"generated-payloads.json", "patt-ssrf-urls.json"}) {
    std::ifstream file(folder / name);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto list = wire::parse_json(text);
    if (!list) continue;
    for (const wire::Json& one : *list) {
      std::string url = one["url"].get<std::string>();
      const std::size_t port = url.find(":9/");
      if (port != std::string::npos) url.replace(port, 3, ":8009/");
      urls.emplace_back(std::move(url), one.value("expect", "") == "allowed");
    }
  }
  return urls;
}

std::string hex_of(const std::array<unsigned, 4>& a) {
  return print("%02x%02x%02x%02x", a[0], a[1], a[2], a[3]);
}

class Ssrf : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!why_not.empty()) GTEST_SKIP() << why_not;
    everywhere.emplace();
    resolver.emplace();
  }

  static bool is_fetched(const std::string& url) {
    FetchOptions options;
    options.connect_timeout = std::chrono::seconds(2);
    options.total_timeout = std::chrono::seconds(4);
    return fetch(url, options).has_value();
  }

  /// Fetches; whatever comes of it, no more than these addresses were connected to.
  void expect_only(const std::string& url, const std::set<std::string>& allowed) {
    is_fetched(url);
    for (const std::string& address : everywhere->take_visited()) {
      EXPECT_TRUE(allowed.contains(address)) << url << " reached " << address;
    }
    ++tried;
  }

  std::optional<Everywhere> everywhere;
  std::optional<LyingResolver> resolver;
  int tried = 0;
};

TEST_F(Ssrf, PublicAddressesAreReached) {
  for (const std::string address : open_v4) {
    EXPECT_TRUE(is_fetched("http://" + address + ":8009/x")) << address;
    EXPECT_EQ(everywhere->take_visited(), std::set<std::string>{address});
  }
  EXPECT_TRUE(is_fetched("http://[2606:4700::1111]/"));
  EXPECT_TRUE(is_fetched("http://a-01010101.test/"));
  EXPECT_TRUE(is_fetched("http://cname-01010101.test/"));
  EXPECT_TRUE(is_fetched("http://aaaa-26064700000000000000000000001111.test/"));
}

TEST_F(Ssrf, NoHostileAddressIsReachedDirectly) {
  for (const std::string& url : hostile_urls()) expect_only(url, {"1.1.1.1"});
  EXPECT_GE(tried, 300);
  std::printf("%d hostile addresses, 0 connections\n", tried);
}

TEST_F(Ssrf, NorThroughRedirects) {
  const std::string from = std::string("http://") + public_address;
  for (const std::string& url : hostile_urls()) expect_only(from + "/to/" + url, {public_address, "1.1.1.1"});
  for (const auto& address : hidden) {
    const std::string target = "http://" + notations(address)[0] + ":8009/x";
    for (const char* status : {"301", "302", "303", "307", "308"}) {
      expect_only(from + "/" + status + "/" + target, {public_address});
    }
    std::string chain = target;
    for (int hops = 1; hops <= 5; ++hops) {
      chain.insert(0, from + "/to/");
      expect_only(chain, {public_address});
    }
  }
}

TEST_F(Ssrf, NorThroughNames) {
  for (const auto& address : hidden) {
    const std::string hex = hex_of(address);
    for (const char* kind : {"a-", "cname-"}) {
      expect_only("http://" + (kind + hex) + ".test:8009/x", {});
    }
    expect_only("http://aaaa-00000000000000000000ffff" + hex + ".test:8009/x", {});
    expect_only("http://aaaa-0064ff9b0000000000000000" + hex + ".test:8009/x", {});
    expect_only("http://pair-" + hex + ".test:8009/x", {public_address});
  }
}

TEST_F(Ssrf, NorWhenANameChangesItsMind) {
  for (const auto& address : hidden) {
    const std::string host = "http://flip-" + hex_of(address) + ".test:8009";
    expect_only(host + "/to/" + host + "/x", {public_address});  // public when checked first, then not
    expect_only(host + "/x", {});
  }
}

TEST_F(Ssrf, NorThroughTheCorpus) {
  const auto urls = corpus();
  if (urls.empty()) GTEST_SKIP() << "the corpus of hostile addresses is not beside this checkout";
  const std::string from = std::string("http://") + public_address;
  for (const auto& [url, is_allowed] : urls) {
    if (is_allowed) {
      EXPECT_TRUE(is_fetched(url)) << url;
      everywhere->take_visited();
      continue;
    }
    // A leading zero makes a number octal: 010.0.0.1 is the public 8.0.0.1.
    expect_only(url, {"1.1.1.1", "8.0.0.1"});
    expect_only(from + "/to/" + url, {public_address, "1.1.1.1", "8.0.0.1"});
  }
  std::printf("%d tries of the corpus, 0 connections\n", tried);
}

TEST_F(Ssrf, WhatIsAllowedByNameOfItsNetworkIsReached) {
  FetchOptions options;
  ASSERT_TRUE(options.allowed.add("10.0.0.0/8"));
  EXPECT_TRUE(fetch("http://a-0a000001.test:8009/x", options));
  EXPECT_FALSE(fetch("http://a-0b000001.test.:8009/to/http://192.168.0.1:8009/", options));
  EXPECT_EQ(everywhere->take_visited(), (std::set<std::string>{"10.0.0.1", "11.0.0.1"}));
}

}  // namespace
}  // namespace skypod::test

int main(int count, char** arguments) {
  skypod::test::why_not = skypod::test::enter_own_network();
  testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
