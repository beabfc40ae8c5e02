// `skypod audio` as people and programs call it, and the jail that it works in.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <sstream>
#include <thread>

#include "core/wire/json.hpp"
#include "media/jail.hpp"
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

/// Runs this in a jail, in a process of its own; gives its answer, or 128 + a signal's number.
int in_jail(const std::function<int()>& work) {
  const pid_t process = fork();
  if (process == 0) _exit(media::enter_jail({.memory_octets = 256U << 20U}) ? work() : 99);
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Jail : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!media::has_jail) GTEST_SKIP() << "a build with sanitizers has no jail";
  }
};

TEST_F(Jail, LeavesNothingButComputing) {
  EXPECT_EQ(in_jail([] { return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return open("/tmp/x", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return fork() < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] { return kill(getppid(), 0) < 0 ? errno : 0; }), EPERM);
  EXPECT_EQ(in_jail([] {
              execl("/bin/true", "true", nullptr);
              return errno;
            }),
            EPERM);
}

TEST_F(Jail, BoundsMemory) {
  EXPECT_EQ(in_jail([] {
              void* much = mmap(nullptr, 512U << 20U, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return much == MAP_FAILED ? errno : 0;
            }),
            ENOMEM);
}

TEST_F(Jail, AllowsThreads) {
  EXPECT_EQ(in_jail([] {
              int made = 0;
              std::thread thread([&made] { made = 7; });
              thread.join();
              return made;
            }),
            7);
}

}  // namespace
}  // namespace skypod::test
