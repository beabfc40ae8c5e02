#include "native/directory_lock.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace skypod {
namespace {

namespace fs = std::filesystem;

class DirectoryLockTest : public ::testing::Test {
 protected:
  DirectoryLockTest() {
    std::string pattern = fs::temp_directory_path() / "skypod-lock-XXXXXX";
    directory = mkdtemp(pattern.data());
  }
  ~DirectoryLockTest() override { fs::remove_all(directory); }

  fs::path directory;
};

TEST_F(DirectoryLockTest, OneAtATime) {
  const fs::path data = directory / "a" / "b";
  {
    const auto first = DirectoryLock::take(data, "lock");
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(fs::status(data).permissions(), fs::perms::owner_all);
    const auto second = DirectoryLock::take(data, "lock");
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is_taken);
    EXPECT_NE(second.error().message.find("in use by process " + std::to_string(getpid())), std::string::npos)
        << second.error().message;
    EXPECT_TRUE(DirectoryLock::take(data, "other"));  // another purpose
  }
  EXPECT_TRUE(DirectoryLock::take(data, "lock"));
}

TEST_F(DirectoryLockTest, SaysWhyItCannotBeUsed) {
  std::ofstream(directory / "file") << "";
  const auto lock = DirectoryLock::take(directory / "file", "lock");
  ASSERT_FALSE(lock);
  EXPECT_FALSE(lock.error().is_taken);
  EXPECT_NE(lock.error().message.find("choose a writable one with --data"), std::string::npos) << lock.error().message;
}

}  // namespace
}  // namespace skypod
