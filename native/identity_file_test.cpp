#include "native/identity_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace skypod {
namespace {

namespace fs = std::filesystem;

class IdentityFile : public ::testing::Test {
 protected:
  IdentityFile() {
    std::string pattern = fs::temp_directory_path() / "skypod-identity-XXXXXX";
    directory = mkdtemp(pattern.data());
    file = directory / "identity.json";
  }
  ~IdentityFile() override { fs::remove_all(directory); }

  mode_t mode() const {
    struct stat status{};
    EXPECT_EQ(stat(file.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  /// What loading says; "" if it loads.
  std::string complaint() const {
    const auto key = load_identity(file);
    return key ? "" : key.error();
  }

  void expect_complaint(const std::string& words) const {
    EXPECT_NE(complaint().find(words), std::string::npos) << complaint();
  }

  fs::path directory, file;
};

TEST_F(IdentityFile, IsTheSameAfterARestart) {
  const auto made = create_identity(file);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(mode(), 0600);
  EXPECT_EQ(load_identity(file)->identity(), made->identity());
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), {}), 1);
}

TEST_F(IdentityFile, IsNeverReplaced) {
  const std::string first = create_identity(file)->identity();
  EXPECT_FALSE(create_identity(file));
  EXPECT_EQ(load_identity(file)->identity(), first);
}

TEST_F(IdentityFile, SurvivesARunThatWasCutShort) {
  std::ofstream(file.string() + ".new") << "{\"kty\"";
  EXPECT_TRUE(create_identity(file));
  EXPECT_EQ(complaint(), "");
}

TEST_F(IdentityFile, IsRefusedIfOthersMayUseIt) {
  ASSERT_TRUE(create_identity(file));
  for (const mode_t wide : {0640, 0604, 0620, 0601}) {
    ASSERT_EQ(chmod(file.c_str(), wide), 0);
    expect_complaint("chmod 600 " + file.string());
  }
  ASSERT_EQ(chmod(file.c_str(), 0400), 0);
  EXPECT_EQ(complaint(), "");
}

TEST_F(IdentityFile, IsRefusedIfItIsNoKey) {
  expect_complaint("No such file");
  const auto write = [this](const std::string& text) {
    std::ofstream(file) << text;
    chmod(file.c_str(), 0600);
  };
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[1]"), std::string(5000, ' ')}) {
    write(text);
    expect_complaint("restore it from a backup");
  }
  write(wire::to_json(P256Key::generate().public_jwk()));
  expect_complaint("no P-256 private key");
}

TEST_F(IdentityFile, IsRefusedIfItIsNoPlainFile) {
  ASSERT_TRUE(create_identity(directory / "elsewhere"));
  fs::create_symlink(directory / "elsewhere", file);
  expect_complaint("cannot be read");
  fs::remove(file);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  expect_complaint("not a plain file");
}

TEST_F(IdentityFile, SaysWhyItCannotBeMade) {
  const auto made = create_identity("/nonexistent/identity.json");
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("choose another with --data"), std::string::npos) << made.error();
}

}  // namespace
}  // namespace skypod
