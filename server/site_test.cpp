#include "server/site.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "server/proxy/fields.hpp"

namespace skypod::server {
namespace {

namespace fs = std::filesystem;

/// A directory with a small web app.
class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    std::string pattern = ::testing::TempDir() + "site-XXXXXX";
    directory = mkdtemp(pattern.data());
    write("web/index.html", "<!doctype html>");
    write("web/sw.js", "self");
    write("web/manifest.webmanifest", "{}");
    write("web/assets/core-1a2b.wasm", std::string("\0asm", 4));
    write("web/assets/empty.css", "");
    write("secret.txt", "secret");
    fs::create_symlink(directory / "secret.txt", directory / "web" / "link.txt");
  }
  ~SiteTest() override { fs::remove_all(directory); }

  void write(const fs::path& name, const std::string& content) const {
    fs::create_directories((directory / name).parent_path());
    std::ofstream(directory / name, std::ios::binary) << content;
  }

  fs::path directory;
};

TEST_F(SiteTest, FilesHaveTypesEtagsAndCaching) {
  const auto site = Site::load(directory / "web", {});
  ASSERT_TRUE(site) << site.error();
  const Reply* index = site->find("/", "");
  ASSERT_TRUE(index);
  EXPECT_EQ(*index->body, "<!doctype html>");
  EXPECT_EQ(index->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(index->cache_control, "no-cache");
  EXPECT_EQ(index->etag.size(), 34U);
  EXPECT_EQ(site->find("/index.html", "")->body, index->body);
  EXPECT_EQ(site->find("/sw.js", "")->cache_control, "no-cache");
  EXPECT_NE(site->find("/sw.js", "")->etag, index->etag);
  EXPECT_EQ(site->find("/manifest.webmanifest", "")->content_type, "application/manifest+json");
  const Reply* wasm = site->find("/assets/core-1a2b.wasm", "");
  ASSERT_TRUE(wasm);
  EXPECT_EQ(wasm->content_type, "application/wasm");
  EXPECT_EQ(wasm->cache_control, "public, max-age=31536000, immutable");
  EXPECT_EQ(wasm->body->size(), 4U);
  EXPECT_EQ(*site->find("/assets/empty.css", "")->body, "");
}

TEST_F(SiteTest, OnlyWhatIsBelowIsThere) {
  const auto site = Site::load(directory / "web", {});
  ASSERT_TRUE(site);
  for (const char* path : {"/link.txt", "/../secret.txt", "/assets/../../secret.txt", "/assets", "", "//", "index.html",
                           "/assets/", "/%2e%2e/secret.txt"}) {
    EXPECT_EQ(site->find(path, ""), nullptr) << path;
  }
}

TEST_F(SiteTest, SaysWhatIsWrong) {
  const auto missing = Site::load(directory / "nowhere", {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().find("--web"), std::string::npos);
  EXPECT_TRUE(Site::load(directory / "web", {.files = 5}));
  EXPECT_FALSE(Site::load(directory / "web", {.files = 4}));
  EXPECT_FALSE(Site::load(directory / "web", {.octets = 4}));
}

TEST_F(SiteTest, WhatTheBuildHasCompressedGoesToThoseWhoAcceptIt) {
  write("web/assets/app-1.js", "plain");
  write("web/assets/app-1.js.br", "small");
  write("web/index.html.br", "smaller");
  const auto site = Site::load(directory / "web", {});
  ASSERT_TRUE(site) << site.error();
  const Reply* small = site->find("/assets/app-1.js", "gzip, deflate, br, zstd");
  ASSERT_TRUE(small);
  EXPECT_EQ(*small->body, "small");
  EXPECT_EQ(small->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(field(small->fields, "Content-Encoding"), "br");
  EXPECT_EQ(field(small->fields, "Vary"), "Accept-Encoding");
  EXPECT_EQ(*site->find("/", "br")->body, "smaller");
  for (const char* without : {"", "gzip", "br;q=0", "gzip, br; q=0", "brotli"}) {
    const Reply* plain = site->find("/assets/app-1.js", without);
    EXPECT_EQ(*plain->body, "plain") << without;
    EXPECT_EQ(field(plain->fields, "Content-Encoding"), std::nullopt);
    EXPECT_EQ(field(plain->fields, "Vary"), "Accept-Encoding");
  }
  EXPECT_EQ(*site->find("/sw.js", "br")->body, "self") << "not compressed";
}

}  // namespace
}  // namespace skypod::server
