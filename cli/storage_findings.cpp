#include "cli/storage_findings.hpp"

#include <unistd.h>

#include <system_error>

#include "native/identity_file.hpp"
#include "native/sqlite.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

std::string megabytes(std::uintmax_t octets) {
  return std::to_string(octets / 1'000'000) + " MB";
}

Finding directory_finding(const fs::path& data) {
  std::error_code error;
  if (!fs::exists(data, error)) {
    return {"directory", Health::warning, data.string() + " is not there yet",
            "nothing, if this device is new; else name the one in use with --data"};
  }
  if (!fs::is_directory(data, error) || access(data.c_str(), R_OK | W_OK | X_OK) != 0) {
    return {"directory", Health::bad, data.string() + " cannot be written to",
            "give it to this user with chown, or choose another one with --data"};
  }
  return {"directory", Health::good, data.string() + " can be written to"};
}

Finding space_finding(const fs::path& data) {
  std::error_code error;
  const fs::space_info space = fs::space(data, error);
  if (error) return {"free space", Health::skipped, "not known: " + error.message()};
  const std::string found = megabytes(space.available) + " are free";
  const std::string mend = "make room on the disk, or move the directory to a larger one and name it with --data";
  if (space.available < free_space_min / 10) return {"free space", Health::bad, "only " + found, mend};
  if (space.available < free_space_min) return {"free space", Health::warning, "only " + found, mend};
  return {"free space", Health::good, found};
}

Finding identity_finding(const fs::path& file) {
  const auto key = load_identity(file);
  if (key) return {"identity", Health::good, "this device's key is readable by this user alone"};
  const std::size_t end = key.error().rfind("; ");
  return {"identity", Health::bad, key.error().substr(0, end),
          end == std::string::npos ? "" : key.error().substr(end + 2)};
}

Finding library_finding(const fs::path& file) {
  const std::string mend = "restore it from a backup, or move it away: what other devices have comes back from them";
  auto database = sqlite::Database::open(file);
  if (!database)
    return {"library", Health::bad, file.string() + " cannot be opened: " + database.error().message, mend};
  auto check = database->prepare("PRAGMA quick_check(1)");
  const auto row = check ? check->step() : unexpected(check.error());
  const bool is_whole = row && *row && check->text(0) == "ok";
  if (!is_whole) return {"library", Health::bad, file.string() + " is damaged", mend};
  return {"library", Health::good, "whole, " + megabytes(fs::file_size(file))};
}

}  // namespace

std::string name_of(Health health) {
  switch (health) {
    case Health::good:
      return "good";
    case Health::warning:
      return "warning";
    case Health::bad:
      return "bad";
    case Health::skipped:
      return "skipped";
  }
  return "";
}

Findings storage_findings(const fs::path& data) {
  std::error_code error;
  Findings findings{directory_finding(data)};
  if (findings.front().health != Health::good) {
    return findings;
  }
  findings.push_back(space_finding(data));
  if (fs::exists(data / "identity.json", error)) findings.push_back(identity_finding(data / "identity.json"));
  if (fs::exists(data / "library.sqlite", error)) findings.push_back(library_finding(data / "library.sqlite"));
  return findings;
}

}  // namespace skypod::cli
