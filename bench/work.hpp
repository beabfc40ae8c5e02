// What the benchmarks of reading share: documents in memory, and seconds of this thread's own work, in which nothing
// counts that the machine does for others.
#pragma once

#include <time.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace skypod::bench {

/// Every file of a folder, whole.
inline std::vector<std::string> documents_in(const std::string& folder) {
  std::vector<std::string> documents;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    documents.push_back(text.str());
  }
  return documents;
}

inline double worked() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// One contender: what it does with a document, and for how long it has done it.
struct Contender {
  const char* name;
  std::function<void(const std::string&)> read;
  double seconds = 0;
};

/// Lets all read each document in turn until `seconds` have been worked; answers how often each document was read.
inline int run(std::vector<Contender>& contenders, const std::vector<std::string>& documents, double seconds) {
  int rounds = 0;
  for (const double end = worked() + seconds; worked() < end; ++rounds) {
    for (const std::string& document : documents) {
      for (Contender& contender : contenders) {
        const double start = worked();
        contender.read(document);
        contender.seconds += worked() - start;
      }
    }
  }
  return rounds;
}

}  // namespace skypod::bench
