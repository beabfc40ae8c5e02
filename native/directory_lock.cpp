#include "native/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace skypod {
namespace {

namespace fs = std::filesystem;

DirectoryLock::Refusal cannot_use(const fs::path& directory, const std::string& what, const std::string& why) {
  return {false,
          "the data directory " + directory.string() + " " + what + ": " + why + "; choose a writable one with --data"};
}

std::string owner_of(const fs::path& file) {
  long process = 0;
  return std::ifstream(file) >> process && process > 0 ? "process " + std::to_string(process) : "another process";
}

DirectoryLock::Refusal taken(const fs::path& directory, const fs::path& file) {
  return {true, "the data directory " + directory.string() + " is in use by " + owner_of(file) +
                    "; stop that one, or choose another directory with --data"};
}

}  // namespace

Result<DirectoryLock, DirectoryLock::Refusal> DirectoryLock::take(const fs::path& directory, const std::string& name) {
  std::error_code ignored;
  fs::create_directories(directory.parent_path(), ignored);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return unexpected(cannot_use(directory, "cannot be made", std::strerror(errno)));
  }
  const fs::path file = directory / name;
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!opened) {
    return unexpected(cannot_use(directory, "cannot be written to", std::strerror(errno)));
  }
  if (flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
    return unexpected(taken(directory, file));
  }
  const std::string process = std::to_string(getpid()) + "\n";
  if (ftruncate(opened.get(), 0) != 0 || ::write(opened.get(), process.data(), process.size()) < 0) {
    return unexpected(cannot_use(directory, "cannot be written to", std::strerror(errno)));
  }
  return DirectoryLock(std::move(opened));
}

}  // namespace skypod
