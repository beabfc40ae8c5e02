#include "media/analysis.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "media/map_json.hpp"
#include "media/test_sound.hpp"

namespace skypod::media {
namespace {

namespace fs = std::filesystem;

struct Format {
  const char* name;
  const char* file;
  const char* options;
  int rate = 44'100;
  int channels = 2;
  bool is_exact = true;  // else the decoder makes noise up, or the container rounds times
};

constexpr double lasting = 75;  // seconds: two segments

constexpr Format formats[] = {
    {"Mp3", "constant.mp3", "-c:a libmp3lame -b:a 96k"},
    {"Mp3Variable", "variable.mp3", "-c:a libmp3lame -q:a 6"},
    {"Mp3Slow", "slow.mp3", "-c:a libmp3lame -b:a 16k", 16'000, 1},
    {"Aac", "sound.m4a", "-c:a aac -b:a 96k", 48'000, 2, false},
    {"AacStream", "sound.aac", "-c:a aac -b:a 64k", 44'100, 1, false},
    {"Opus", "sound.opus", "-c:a libopus -b:a 48k", 48'000},
    {"OpusVoice", "voice.opus", "-c:a libopus -b:a 16k -application voip", 16'000, 1, false},
    {"Vorbis", "sound.ogg", "-c:a libvorbis -q:a 3"},
    {"Webm", "sound.webm", "-c:a libopus -b:a 48k", 48'000, 2, false},
    {"Flac", "sound.flac", "-c:a flac"},
    {"Wav", "sound.wav", "-c:a pcm_s16le"},
    {"WavFloat", "float.wav", "-c:a pcm_f32le", 22'050, 1},
    {"Alac", "lossless.m4a", "-c:a alac"},
    {"FlacSurround", "surround.flac", "-c:a flac", 48'000, 6},
};

/// A directory that all tests of this program share, so that each file is made once.
class Files : public ::testing::Environment {
 public:
  void TearDown() override {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  static fs::path path(const std::string& name) {
    if (path_.empty()) {
      std::string pattern = fs::temp_directory_path() / "skypod-audio-XXXXXX";
      path_ = mkdtemp(pattern.data());
    }
    return path_ / name;
  }

 private:
  static inline fs::path path_;
};
const auto* const files = ::testing::AddGlobalTestEnvironment(new Files);

void write(const fs::path& path, std::string_view octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

std::string read(const fs::path& path) {
  std::ostringstream octets;
  octets << std::ifstream(path, std::ios::binary).rdbuf();
  return octets.str();
}

fs::path made(const Format& format) {
  const fs::path path = Files::path(format.file);
  if (fs::exists(path)) return path;
  const fs::path wav = Files::path("from.wav");
  write(wav, test::wav_of(test::speech_like(format.rate, format.channels, lasting)));
  test::encode(wav, format.options, path);
  return path;
}

Result<Map, Failure> analyse_file(const fs::path& path, const Options& options = {}) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  auto map = analyse(file, options);
  close(file);
  return map;
}

double widest(const std::vector<Span>& ours, const std::vector<Span>& theirs) {
  double most = 0;
  for (std::size_t at = 0; at < std::min(ours.size(), theirs.size()); ++at) {
    most = std::max(most, std::abs(seconds_of(ours[at].begin - theirs[at].begin)));
    most = std::max(most, std::abs(seconds_of(ours[at].end - theirs[at].end)));
  }
  return most;
}

bool are_equal(const Result<Map, Failure>& one, const Result<Map, Failure>& other) {
  return one && other && to_json(*one) == to_json(*other) && one->lufs == other->lufs &&
         one->true_peak_decibels == other->true_peak_decibels && one->silences == other->silences;
}

void expect_ffmpegs(const fs::path& path, const Map& map) {
  const test::Reference reference = test::ask_ffmpeg(path);
  std::vector<Span> theirs;
  for (const auto& one : reference.silences) theirs.push_back({ticks_of(one.begin), ticks_of(one.end)});
  ASSERT_GT(theirs.size(), 10U);
  EXPECT_EQ(map.silences.size(), theirs.size());
  EXPECT_LE(widest(map.silences, theirs), 0.020);
  EXPECT_NEAR(map.lufs.value(), reference.lufs, 0.1);
  EXPECT_NEAR(map.true_peak_decibels.value(), reference.true_peak, 0.1);
  EXPECT_EQ(map.sha256, test::run("sha256sum " + test::quoted(path)).substr(0, 64));
  EXPECT_TRUE(map.warnings.empty()) << map.warnings[0];
}

void expect_same_in_one_piece(const fs::path& path, const Map& map, bool is_exact) {
  const auto whole = analyse_file(path, {.is_split = false});
  ASSERT_TRUE(whole);
  if (is_exact) {
    EXPECT_TRUE(to_json(map) == to_json(*whole));
    EXPECT_NEAR(map.lufs.value(), whole->lufs.value(), 1e-9);
    EXPECT_EQ(map.silences, whole->silences);
    return;
  }
  EXPECT_NEAR(seconds_of(map.duration), seconds_of(whole->duration), 0.002);
  EXPECT_EQ(map.silences.size(), whole->silences.size());
  EXPECT_LE(widest(map.silences, whole->silences), 0.010);
  EXPECT_NEAR(map.lufs.value(), whole->lufs.value(), 0.02);
  EXPECT_NEAR(map.true_peak_decibels.value(), whole->true_peak_decibels.value(), 0.05);
}

class OfFormat : public ::testing::TestWithParam<Format> {};

TEST_P(OfFormat, IsWhatFfmpegSaysForAnyNumberOfThreads) {
  const fs::path path = made(GetParam());
  const auto map = analyse_file(path, {.threads = 1});
  ASSERT_TRUE(map) << map.error().message;
  expect_ffmpegs(path, *map);
  for (const unsigned threads : {2U, 3U, 8U}) EXPECT_TRUE(are_equal(map, analyse_file(path, {.threads = threads})));
  expect_same_in_one_piece(path, *map, GetParam().is_exact);
}

INSTANTIATE_TEST_SUITE_P(Analysis, OfFormat, ::testing::ValuesIn(formats),
                         [](const auto& chosen) { return chosen.param.name; });

TEST(Analysis, SeesSilenceAcrossSegmentsAsOne) {
  auto sound = test::speech_like(16'000, 1, 50);
  const std::size_t begin = sound.samples.size();
  sound.samples.insert(sound.samples.end(), 16'000 * 90, 0.0F);
  const std::size_t end = sound.samples.size();
  const auto more = test::speech_like(16'000, 1, 10, 2);
  sound.samples.insert(sound.samples.end(), more.samples.begin(), more.samples.end());
  write(Files::path("long.wav"), test::wav_of(sound));
  const auto map = analyse_file(Files::path("long.wav"));
  ASSERT_TRUE(map);
  const auto longest = std::ranges::max_element(map->silences, {}, [](const Span& one) { return one.end - one.begin; });
  // The words around it may end and begin with pauses of their own.
  EXPECT_LE(seconds_of(longest->begin), static_cast<double>(begin) / 16'000);
  EXPECT_GE(seconds_of(longest->end), static_cast<double>(end) / 16'000);
}

TEST(Analysis, OfSilenceHasNoLevels) {
  write(Files::path("nothing.wav"), test::wav_of({.rate = 8'000, .samples = std::vector<float>(8'000 * 70)}));
  const auto map = analyse_file(Files::path("nothing.wav"));
  ASSERT_TRUE(map);
  EXPECT_EQ(map->silences, (std::vector<Span>{{0, 70 * ticks_per_second}}));
  EXPECT_FALSE(map->lufs);
  EXPECT_FALSE(map->true_peak_decibels);
  const auto json = to_json(*map);
  EXPECT_TRUE(json["loudness"]["lufs"].is_null());
  EXPECT_EQ(json["peaks"], std::vector<int>(700, 0));
}

TEST(Analysis, KnowsHowMuchSilenceIsWanted) {
  const fs::path path = made(formats[9]);
  const auto usual = analyse_file(path);
  const auto longer = analyse_file(path, {.silence = {.least_seconds = 0.8}});
  const auto none = analyse_file(path, {.silence = {.threshold_decibels = -90}});
  ASSERT_TRUE(usual && longer && none);
  EXPECT_LT(longer->silences.size(), usual->silences.size());
  EXPECT_TRUE(none->silences.empty());
  for (const Span& one : longer->silences) EXPECT_GE(one.end - one.begin, ticks_of(0.8));
}

TEST(Analysis, ReadsChapters) {
  write(Files::path("chapters.txt"),
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=30000\ntitle=Überblick\n[CHAPTER]\nTIMEBASE=1/1000\n"
        "START=30000\nEND=75000\ntitle=The rest\n");
  const fs::path from = made(formats[9]);
  for (const char* name : {"chapters.mp3", "chapters.m4a", "chapters.webm"}) {
    const fs::path path = Files::path(name);
    test::encode(from, "-i " + test::quoted(Files::path("chapters.txt")) + " -map_metadata 1 -map_chapters 1", path);
    const auto map = analyse_file(path);
    ASSERT_TRUE(map) << name;
    ASSERT_EQ(map->chapters.size(), 2U) << name;
    EXPECT_EQ(map->chapters[0].title, "Überblick") << name;
    EXPECT_NEAR(map->chapters[1].start, 30, 0.001) << name;
    EXPECT_LE(map->chapters[1].end, seconds_of(map->duration)) << name;
  }
}

TEST(Analysis, ReadsChaptersOfVorbisComments) {
  const fs::path path = Files::path("chapters.ogg");
  test::encode(made(formats[9]),
               "-metadata CHAPTER001=00:00:00.000 -metadata CHAPTER001NAME=One -metadata CHAPTER002=00:00:20.500"
               " -metadata CHAPTER002NAME=Two",
               path);
  const auto map = analyse_file(path);
  ASSERT_TRUE(map);
  ASSERT_EQ(map->chapters.size(), 2U);
  EXPECT_EQ(map->chapters[0].end, 20.5);
  EXPECT_EQ(map->chapters[1].title, "Two");
}

TEST(Analysis, GivesWhatIsThereOfTruncatedFiles) {
  for (const char* name : {"constant.mp3", "variable.mp3", "sound.aac", "sound.opus", "sound.ogg", "sound.flac",
                           "sound.wav", "sound.webm"}) {
    const auto format = std::ranges::find(formats, std::string_view(name), &Format::file);
    const std::string octets = read(made(*format));
    const fs::path path = Files::path(std::string("cut-") + name);
    write(path, octets.substr(0, octets.size() * 6 / 10));
    const auto map = analyse_file(path);
    ASSERT_TRUE(map) << name << ": " << map.error().message;
    EXPECT_NEAR(seconds_of(map->duration), 0.6 * lasting, 5) << name;
    EXPECT_GT(map->silences.size(), 5U) << name;
    EXPECT_TRUE(are_equal(map, analyse_file(path, {.threads = 1}))) << name;
  }
}

TEST(Analysis, SaysThatAFileIsShorterThanItClaims) {
  const std::string octets = read(made(formats[1]));
  write(Files::path("short.mp3"), octets.substr(0, octets.size() / 2));
  const auto map = analyse_file(Files::path("short.mp3"));
  ASSERT_TRUE(map);
  ASSERT_EQ(map->warnings.size(), 1U);
  EXPECT_NE(map->warnings[0].find("Download it again"), std::string::npos);
}

TEST(Analysis, GoesOnBehindDamage) {
  for (const Format& format : formats) {
    std::string octets = read(made(format));
    std::minstd_rand random(7);
    for (std::size_t at = octets.size() / 3; at < octets.size() / 3 + 3'000; ++at) {
      octets[at] = static_cast<char>(random());
    }
    const fs::path path = Files::path(std::string("hurt-") + format.file);
    write(path, octets);
    const auto map = analyse_file(path);
    ASSERT_TRUE(map) << format.name << ": " << map.error().message;
    EXPECT_NEAR(seconds_of(map->duration), lasting, 4) << format.name;
    EXPECT_TRUE(are_equal(map, analyse_file(path, {.threads = 1}))) << format.name;
  }
}

TEST(Analysis, RefusesWhatIsNoAudio) {
  const std::string m4a = read(made(formats[3]));
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"text", std::string(5'000, 'a')},
      {"page", "<html><body>404</body></html>"},
      {"playlist", "#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/a.ts\n"},
      {"concat", "ffconcat version 1.0\nfile /etc/passwd\n"},
      {"no-index.m4a", m4a.substr(0, m4a.size() / 2)},
      {"head", "RIFF"},
  };
  for (const auto& [name, octets] : cases) {
    write(Files::path(name), octets);
    const auto map = analyse_file(Files::path(name));
    ASSERT_FALSE(map) << name;
    EXPECT_EQ(map.error().code, "not_audio") << name;
    EXPECT_GT(map.error().message.size(), 40U) << name;
  }
}

TEST(Analysis, RefusesWhatClaimsToLastForDays) {
  std::string wav = test::wav_of({.rate = 8'000, .samples = std::vector<float>(8'000)});
  const fs::path path = Files::path("days.wav");
  write(path, wav);
  // 800 MB of 8-bit silence at 4 kHz would last 2 days; a sparse file costs no disk.
  wav.replace(24, 4, std::string("\xa0\x0f\0\0", 4));
  wav.replace(28, 4, std::string("\xa0\x0f\0\0", 4));
  wav.replace(32, 4, std::string("\x01\0\x08\0", 4));
  wav.replace(40, 4, std::string("\0\0\0\x2f", 4));
  write(path, wav);
  fs::resize_file(path, 44 + 0x2f000000);
  const auto map = analyse_file(path);
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().code, "audio_too_long");
}

TEST(Analysis, EndsAtItsDeadline) {
  const auto map = analyse_file(made(formats[0]), {.time_max = std::chrono::seconds(-1)});
  ASSERT_FALSE(map);
}

TEST(Analysis, TellsHowFarItIs) {
  std::vector<double> told;
  const auto map = analyse_file(made(formats[9]), {.progress = [&told](double part) { told.push_back(part); }});
  ASSERT_TRUE(map);
  ASSERT_GT(told.size(), 1U);
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_LE(told.back(), 1.0);
}

TEST(Analysis, FindsTheSilencesOfRealSpeech) {
  if (std::system("command -v espeak-ng >/dev/null") != 0) GTEST_SKIP() << "espeak-ng is not installed";
  test::run("espeak-ng -v en -w " + test::quoted(Files::path("spoken.wav")) +
            " 'It was the best of times. It was the worst of times. We speak; then we wait. The rest is silence.'");
  const auto map = analyse_file(Files::path("spoken.wav"), {.silence = {.least_seconds = 0.1}});
  ASSERT_TRUE(map);
  EXPECT_GE(map->silences.size(), 3U);
  EXPECT_NEAR(map->lufs.value(), test::ask_ffmpeg(Files::path("spoken.wav")).lufs, 0.1);
}

}  // namespace
}  // namespace skypod::media
