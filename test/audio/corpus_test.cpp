// Others' audio files, odd and broken ones among them (../shared/corpora/audio): each is analysed or refused with a
// sentence in bounded time, the same by one thread and by many.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "media/analysis.hpp"
#include "media/map_json.hpp"

namespace skypod::media {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus() {
  std::vector<fs::path> files;
  const fs::path root = fs::path(SKYPOD_SOURCE_DIR) / "../shared/corpora/audio";
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string kind = entry.path().extension();
    if (entry.is_regular_file() && kind != ".pcm" && kind != ".txt") files.push_back(entry.path());
  }
  return files;
}

Result<Map, Failure> analyse_file(const fs::path& path, unsigned threads) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto map = analyse(file, {.threads = threads, .time_max = std::chrono::seconds(20)});
  close(file);
  return map;
}

TEST(AudioCorpus, IsAnalysedOrRefused) {
  const auto files = corpus();
  if (files.empty()) GTEST_SKIP() << "the corpora are not here";
  std::size_t analysed = 0;
  for (const fs::path& path : files) {
    const auto map = analyse_file(path, 1);
    if (!map) {
      EXPECT_FALSE(map.error().message.empty()) << path;
      continue;
    }
    ++analysed;
    const auto again = analyse_file(path, 4);
    ASSERT_TRUE(again) << path;
    EXPECT_TRUE(to_json(*again) == to_json(*map)) << path;
    EXPECT_GT(map->duration, 0) << path;
    for (const Span& one : map->silences) EXPECT_LE(one.end, map->duration) << path;
  }
  EXPECT_GE(analysed * 2, files.size());
}

}  // namespace
}  // namespace skypod::media
