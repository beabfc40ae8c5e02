// `skypod audio` as people and programs call it.
#include <gtest/gtest.h>

#include <sstream>

#include "core/wire/json.hpp"
#include "media/test_sound.hpp"
#include "test/support/directory.hpp"
#include "test/support/server_process.hpp"

namespace skypod::test {
namespace {

class AudioCommand : public ::testing::Test {
 protected:
  AudioCommand() { directory.write("talk.wav", wav_of(speech_like(16'000, 1, 20))); }

  Finished audio(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "audio");
    return run_program(SKYPOD_PROGRAM, arguments);
  }
  std::string talk() const { return directory.path() / "talk.wav"; }

  Directory directory;
};

TEST_F(AudioCommand, PrintsTheMap) {
  const Finished ran = audio({talk(), "--json"});
  ASSERT_EQ(ran.code, 0) << ran.errors;
  const auto map = wire::parse_json(ran.output);
  ASSERT_TRUE(map);
  for (const char* name : {"sha256", "duration", "silences", "loudness", "peaks", "chapters"}) {
    EXPECT_TRUE(map->contains(name)) << name;
  }
  EXPECT_EQ(audio({talk()}).output, ran.output);
  EXPECT_EQ(ran.errors, "");
}

TEST_F(AudioCommand, TakesAnotherRuleOfSilence) {
  const auto silences = [this](std::vector<std::string> more) {
    more.insert(more.begin(), talk());
    return (*wire::parse_json(audio(more).output))["silences"].size();
  };
  const std::size_t usual = silences({});
  EXPECT_GT(usual, 0U);
  EXPECT_LT(silences({"--min-silence", "1.2"}), usual);
  EXPECT_EQ(silences({"--threshold", "-90dB"}), 0U);
  EXPECT_EQ(silences({"--threshold", "-45"}), usual);
}

TEST_F(AudioCommand, SummarisesForPeople) {
  const Finished ran = audio({talk(), "--summary"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(ran.output.contains("LUFS")) << ran.output;
}

TEST_F(AudioCommand, PrintsLinesForPrograms) {
  std::istringstream lines(audio({talk(), "--lines"}).output);
  std::string line;
  std::size_t told = 0;
  while (std::getline(lines, line)) {
    const auto json = wire::parse_json(line);
    ASSERT_TRUE(json) << line;
    if (json->contains("map")) break;
    EXPECT_TRUE(json->contains("progress"));
    ++told;
  }
  EXPECT_GT(told, 0U);
  EXPECT_TRUE(line.contains("sha256"));
  directory.write("not.mp3", "not");
  EXPECT_TRUE(audio({directory.path() / "not.mp3", "--lines"}).output.contains("\"not_audio\""));
}

TEST_F(AudioCommand, SaysTheMend) {
  directory.write("empty.mp3", "");
  for (const std::string& name : {std::string(directory.path() / "absent.mp3"), directory.path().string(),
                                  std::string(directory.path() / "empty.mp3")}) {
    const Finished ran = audio({name});
    EXPECT_EQ(ran.code, 1) << name;
    EXPECT_TRUE(ran.errors.starts_with("skypod: ")) << ran.errors;
    EXPECT_EQ(ran.output, "");
  }
  EXPECT_EQ(audio({talk(), "--threshold", "loud"}).code, 2);
  EXPECT_EQ(audio({talk(), "--threshold", "3dB"}).code, 2);
  EXPECT_EQ(audio({talk(), "--min-silence", "0"}).code, 2);
  EXPECT_EQ(audio({}).code, 2);
}

}  // namespace
}  // namespace skypod::test
