#include "server/audio/store.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/bytes.hpp"
#include "native/digest.hpp"

namespace skypod::server {
namespace {

constexpr std::size_t plenty = 1U << 30U;

class AudioStoreTest : public ::testing::Test {
 protected:
  AudioStoreTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "skypod-store-XXXXXX";
    directory = mkdtemp(pattern.data());
    open(plenty);
  }
  ~AudioStoreTest() override { std::filesystem::remove_all(directory); }

  void open(std::size_t octets_max) {
    store = nullptr;
    store = std::move(*AudioStore::open(directory, octets_max));
  }

  /// Keeps the octets; gives their hash.
  std::string keep(const std::string& url, const std::string& octets) {
    auto draft = store->begin();
    EXPECT_TRUE(draft->append(octets));
    const Audio audio{.sha256 = to_hex(sha256(octets)),
                      .octets = octets.size(),
                      .content_type = "audio/mpeg",
                      .map = "{\"of\":\"" + url + "\"}"};
    EXPECT_TRUE(store->keep(std::move(*draft), url, audio));
    return audio.sha256;
  }

  std::string content(const std::string& hash) {
    const auto opened = store->open_file(hash);
    if (!opened) return "nothing";
    std::string octets(opened->audio.octets, '\0');
    const ssize_t read = pread(opened->file.get(), octets.data(), octets.size(), 0);
    EXPECT_EQ(read, static_cast<ssize_t>(octets.size()));
    return octets;
  }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory / "files"), {}));
  }

  std::filesystem::path directory;
  std::unique_ptr<AudioStore> store;
};

TEST_F(AudioStoreTest, KeepsFilesOverARestart) {
  const std::string hash = keep("https://a.example/1.mp3", "sound");
  open(plenty);
  EXPECT_EQ(content(hash), "sound");
  const auto found = store->find("https://a.example/1.mp3");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->sha256, hash);
  EXPECT_EQ(found->content_type, "audio/mpeg");
  EXPECT_EQ(found->map, "{\"of\":\"https://a.example/1.mp3\"}");
  EXPECT_FALSE(store->find("https://a.example/2.mp3"));
  EXPECT_EQ(content(std::string(64, '0')), "nothing");
}

TEST_F(AudioStoreTest, KeepsTheSameOctetsOnce) {
  const std::string hash = keep("https://a.example/1.mp3", "sound");
  EXPECT_EQ(keep("https://b.example/1.mp3", "sound"), hash);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(store->octets(), 5U);
  EXPECT_EQ(store->find("https://a.example/1.mp3")->sha256, hash);
}

TEST_F(AudioStoreTest, KnowsTheLatestOfAnAddress) {
  keep("https://a.example/1.mp3", "with one advertisement");
  const std::string later = keep("https://a.example/1.mp3", "with another");
  EXPECT_EQ(store->find("https://a.example/1.mp3")->sha256, later);
}

TEST_F(AudioStoreTest, MakesRoomWithWhatWasUnusedForLongest) {
  open(30);
  const std::string first = keep("https://a.example/1", std::string(10, '1'));
  const std::string second = keep("https://a.example/2", std::string(10, '2'));
  const std::string third = keep("https://a.example/3", std::string(10, '3'));
  const auto reader = store->open_file(second);
  EXPECT_EQ(content(first), std::string(10, '1'));
  EXPECT_EQ(content(third), std::string(10, '3'));
  keep("https://a.example/4", std::string(10, '4'));
  EXPECT_EQ(content(second), "nothing");
  EXPECT_FALSE(store->find("https://a.example/2"));
  EXPECT_EQ(content(first), std::string(10, '1'));
  EXPECT_EQ(store->octets(), 30U);
  EXPECT_EQ(files(), 3U);
  char octet = 0;
  EXPECT_EQ(pread(reader->file.get(), &octet, 1, 9), 1);  // who reads goes on reading
  EXPECT_EQ(octet, '2');
}

TEST_F(AudioStoreTest, ShrinksToASmallerBoundAndRemembersUses) {
  const std::string first = keep("https://a.example/1", std::string(10, '1'));
  const std::string second = keep("https://a.example/2", std::string(10, '2'));
  content(first);
  open(15);
  EXPECT_EQ(content(first), std::string(10, '1'));
  EXPECT_EQ(content(second), "nothing");
}

TEST_F(AudioStoreTest, LeavesNothingOfADraftThatIsNotKept) {
  {
    auto draft = store->begin();
    EXPECT_TRUE(draft->append("half of"));
    EXPECT_EQ(draft->octets(), 7U);
    EXPECT_EQ(files(), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(AudioStoreTest, RemovesWhatAKilledProcessLeft) {
  const std::string whole = keep("https://a.example/1", "whole");
  const std::string cut = keep("https://a.example/2", "to be cut");
  const std::string gone = keep("https://a.example/3", "to be gone");
  store = nullptr;
  std::ofstream(directory / "files" / "new-7") << "half of";
  std::ofstream(directory / "files" / std::string(64, 'a')) << "unknown";
  std::filesystem::resize_file(directory / "files" / cut, 3);
  std::filesystem::remove(directory / "files" / gone);
  open(plenty);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(content(whole), "whole");
  EXPECT_EQ(content(cut), "nothing");
  EXPECT_FALSE(store->find("https://a.example/2"));
  EXPECT_FALSE(store->find("https://a.example/3"));
  EXPECT_EQ(store->octets(), 5U);
}

TEST_F(AudioStoreTest, SaysWhatIsWrongWithItsDirectory) {
  std::ofstream(directory / "file") << "not a directory";
  const auto opened = AudioStore::open(directory / "file", plenty);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("--data"), std::string::npos);
}

}  // namespace
}  // namespace skypod::server
