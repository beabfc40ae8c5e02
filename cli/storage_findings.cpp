#include "cli/storage_findings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "native/descriptor.hpp"
#include "native/identity_file.hpp"
#include "native/sqlite.hpp"

namespace skypod::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t probe_octets = 4096;

std::string megabytes(std::uintmax_t octets) {
  return std::to_string(octets / 1'000'000) + " MB";
}

/// Writes a file to the disk and takes it away again. "", or why that failed.
std::string write_probe(const fs::path& directory) {
  std::string name = directory / ".doctor-XXXXXX";
  const Descriptor file(mkostemp(name.data(), O_CLOEXEC));
  if (!file) return std::strerror(errno);
  const bool is_written = write_all(file.get(), std::string(probe_octets, 'x')) && fsync(file.get()) == 0;
  const std::string why = is_written ? "" : std::strerror(errno);
  unlink(name.c_str());
  return why;
}

/// The directory itself, or the nearest one above it that is there.
fs::path nearest(fs::path directory) {
  std::error_code error;
  directory = fs::absolute(directory, error);
  while (!fs::exists(directory, error) && directory.has_relative_path()) directory = directory.parent_path();
  return directory;
}

Finding directory_finding(const fs::path& data) {
  const fs::path there = nearest(data);
  std::error_code error;
  const bool is_new = !fs::exists(data, error);
  const std::string why = fs::is_directory(there, error) ? write_probe(there) : "it is no directory";
  if (!why.empty() && is_new) {
    return {"directory", Health::bad, data.string() + " cannot be made: " + why,
            "make it for the user that runs skypod (install -d -o USER), or choose another one with --data"};
  }
  if (!why.empty()) {
    return {"directory", Health::bad, data.string() + " cannot be written to: " + why,
            "give it to the user that runs skypod with chown, or choose another one with --data"};
  }
  if (is_new) {
    return {"directory", Health::warning, data.string() + " is not there yet",
            "nothing, if it is to be made; else name the one in use with --data"};
  }
  return {"directory", Health::good, data.string() + " can be written to"};
}

Finding space_finding(const fs::path& directory, std::uintmax_t space_min) {
  std::error_code error;
  const fs::space_info space = fs::space(directory, error);
  if (error) return {"free space", Health::skipped, "not known: " + error.message()};
  const std::string found = megabytes(space.available) + " are free";
  const std::string mend = "make room on the disk, or move the directory to a larger one and name it with --data";
  if (space.available < space_min / 10) return {"free space", Health::bad, "only " + found, mend};
  if (space.available < space_min) return {"free space", Health::warning, "only " + found, mend};
  return {"free space", Health::good, found};
}

Finding identity_finding(const fs::path& file) {
  const auto key = load_identity(file);
  if (key) return {"identity", Health::good, "this device's key is readable by this user alone"};
  return bad_finding("identity", key.error());
}

}  // namespace

Findings place_findings(const fs::path& data, std::uintmax_t space_min) {
  Findings findings{directory_finding(data)};
  if (findings.front().health != Health::bad) findings.push_back(space_finding(nearest(data), space_min));
  return findings;
}

Finding database_finding(const std::string& name, const fs::path& file, const std::string& mend) {
  auto database = sqlite::Database::open(file);
  if (!database) return {name, Health::bad, file.string() + " cannot be opened: " + database.error().message, mend};
  auto check = database->prepare("PRAGMA quick_check(1)");
  const auto row = check ? check->step() : unexpected(check.error());
  const bool is_whole = row && *row && check->text(0) == "ok";
  if (!is_whole) return {name, Health::bad, file.string() + " is damaged", mend};
  return {name, Health::good, "whole, " + megabytes(fs::file_size(file))};
}

Findings storage_findings(const fs::path& data) {
  Findings findings = place_findings(data, free_space_min);
  std::error_code error;
  if (fs::exists(data / "identity.json", error)) findings.push_back(identity_finding(data / "identity.json"));
  if (fs::exists(data / "library.sqlite", error)) {
    findings.push_back(
        database_finding("library", data / "library.sqlite",
                         "restore it from a backup, or move it away: what other devices have comes back from them"));
  }
  return findings;
}

}  // namespace skypod::cli
