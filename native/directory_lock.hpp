// A data directory that one process at a time may use: two would each believe what only the other has changed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "native/descriptor.hpp"

namespace skypod {

/// Holds a directory as long as it lives. The kernel lets go however the process ends.
class DirectoryLock {
 public:
  /// Why there is no lock.
  struct Refusal {
    bool is_taken = false;  // by another process; else the directory cannot be used
    std::string message;    // what, why and the mend
  };

  /// Makes the directory (0700) if it is not there, and locks the file `name` in it, where its process id is left for
  /// those who come too late.
  static Result<DirectoryLock, Refusal> take(const std::filesystem::path& directory, const std::string& name);

 private:
  explicit DirectoryLock(Descriptor file) : file_(std::move(file)) {}

  Descriptor file_;
};

}  // namespace skypod
