// kill -9 in the middle of a large sync, again and again: the database must open, hold what was acknowledged, and
// finish from where it was.
//
//   sync_killed DIRECTORY KILLS [DOCUMENTS]     exit 0 if every round went on and the end is complete
//
// The parent kills; the child syncs DIRECTORY/target.sqlite from a source that it makes anew each time, the same one.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "test/sync/sides.hpp"

namespace {

using skypod::test::Side;

/// The same documents every time: stamps and authors are the seed's.
void fill(Side& source, int documents) {
  for (int i = 0; i < documents; i += 1'000) {
    std::vector<skypod::sync::Write> writes;
    for (int j = i; j < i + 1'000; ++j) {
      writes.push_back({{"note", "scope " + std::to_string(j % 50), "guid:" + std::to_string(j * 7), "text"}, j});
    }
    source.local.pass(1'000);
    source.get(source.library.replica().write(std::move(writes)));
  }
}

/// Syncs message by message and says how far it is after each one that is durable.
int sync_child(const std::string& path, const std::string& source_path, int report) {
  Side source(1, source_path);
  source.local.pass(1'000'000'000);
  Side target(2, path);
  target.local.set_now(source.local.now());
  std::vector<skypod::wire::Envelope> questions{target.local.run(target.exchange.connected("a"))};
  while (!questions.empty()) {
    const auto question = questions.front();
    questions.erase(questions.begin());
    const auto answer = source.local.run(source.exchange.receive("b", question.msg, question.dat));
    for (const auto& message : answer.replies) {
      const auto outcome = target.local.run(target.exchange.receive("a", message.msg, message.dat));
      questions.insert(questions.end(), outcome.replies.begin(), outcome.replies.end());
      const std::uint64_t count = target.library.replica().summary().count;
      if (write(report, &count, sizeof count) != sizeof count) return 1;
    }
  }
  return source.state() == target.state() ? 0 : 3;
}

/// One round: lets the child store `messages` more, then kills it. Answers its exit code if it ended before, else -1.
int round(const std::string& folder, int messages, unsigned extra_us, std::uint64_t& reached) {
  int ends[2];
  if (pipe(ends) != 0) return 1;
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    _exit(sync_child(folder + "/target.sqlite", folder + "/source.sqlite", ends[1]));
  }
  close(ends[1]);
  std::uint64_t count = 0;
  bool ended = false;
  for (int i = 0; i < messages && !ended; ++i) {
    ended = read(ends[0], &count, sizeof count) != sizeof count;
    if (!ended) reached = std::max(reached, count);
  }
  if (!ended) {
    // Somewhere in the midst of the next one, not right after this one.
    for (volatile unsigned spin = 0; spin < extra_us * 100; spin = spin + 1) {
    }
    kill(child, SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  close(ends[0]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: sync_killed DIRECTORY KILLS [DOCUMENTS]\n");
    return 2;
  }
  const std::string folder = arguments[1];
  const int kills = std::atoi(arguments[2]);
  const int documents = count > 3 ? std::atoi(arguments[3]) : 50'000;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  {
    Side source(1, folder + "/source.sqlite");
    fill(source, documents);
  }
  skypod::Random random(7);
  int killed = 0;
  std::uint64_t reached = 0;
  while (killed < kills) {
    const std::uint64_t before = reached;
    const int code =
        round(folder, static_cast<int>(random.below(3)), static_cast<unsigned>(random.below(20'000)), reached);
    if (code > 0) {
      std::printf("kill %d: the sync ended with %d\n", killed, code);
      return 1;
    }
    if (code == 0) {
      std::filesystem::remove(folder + "/target.sqlite");  // complete: begin again
      std::filesystem::remove(folder + "/target.sqlite-wal");
      std::filesystem::remove(folder + "/target.sqlite-shm");
      reached = 0;
      continue;
    }
    ++killed;
    Side target(2, folder + "/target.sqlite");
    const std::uint64_t stored = target.library.replica().summary().count;
    if (stored < before) {
      std::printf("kill %d: %ju documents were acknowledged, %ju are there\n", killed,
                  static_cast<std::uintmax_t>(before), static_cast<std::uintmax_t>(stored));
      return 1;
    }
    reached = std::max(reached, stored);
  }
  const int code = round(folder, 1'000'000, 0, reached);
  std::printf("%d kills, then %ju documents; the last sync ended with %d\n", killed,
              static_cast<std::uintmax_t>(reached), code);
  return code;
}
