#include "peer/settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace skypod::peer {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() {
    std::string pattern = fs::temp_directory_path() / "skypod-settings-XXXXXX";
    directory = mkdtemp(pattern.data());
  }
  ~SettingsTest() override { fs::remove_all(directory); }

  fs::path directory;
};

TEST_F(SettingsTest, AreRemembered) {
  const auto none = load_settings(directory);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  Settings settings{*ServerAddress::parse("https://pod.example:8443"), fs::path("/etc/ca.pem"), "Attic"};
  EXPECT_EQ(store_settings(directory, settings), "");
  EXPECT_EQ(load_settings(directory).value(), settings);
  settings.ca_file.reset();
  EXPECT_EQ(store_settings(directory, settings), "");
  EXPECT_EQ(load_settings(directory).value(), settings);
}

TEST_F(SettingsTest, SayTheMendIfTheyAreSpoilt) {
  for (const char* text : {"", "[]", "{}", R"({"server":"nonsense"})", R"({"server":1})"}) {
    std::ofstream(directory / settings_name) << text;
    const auto settings = load_settings(directory);
    ASSERT_FALSE(settings) << text;
    EXPECT_NE(settings.error().find("remove the file"), std::string::npos);
  }
  EXPECT_NE(store_settings(directory / "nowhere", {}).find("cannot be written"), std::string::npos);
}

}  // namespace
}  // namespace skypod::peer
