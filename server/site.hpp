// The web app's files, read into memory once at start. A request can only name what is in the map, so there is no path
// to climb out of.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/reply.hpp"

namespace skypod::server {

/// A directory of files to serve; immutable.
class Site {
 public:
  /// Most files and octets that a site may have: room for the app many times over, and a clear error for the
  /// `--web /` of a mistaken operator.
  struct Limits {
    std::size_t files = 10'000;
    std::size_t octets = 256U << 20U;
  };

  /// A site without files.
  Site() = default;

  /// Reads the regular files below the directory; symbolic links are left out. The error says what, why and the mend.
  static Result<Site, std::string> load(const std::filesystem::path& directory, const Limits& limits);

  /// The file at a path such as "/assets/app.js", or "/" for index.html; null if there is none. Where the build has
  /// left it compressed beside it, as "app.js.br", that is what those get who accept it.
  const Reply* find(std::string_view path, std::string_view accept_encoding) const;

  /// True if there is no file at all.
  bool empty() const { return files_.empty(); }

 private:
  std::map<std::string, Reply, std::less<>> files_;
};

}  // namespace skypod::server
