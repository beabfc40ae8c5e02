// Audio that has been fetched and analysed, on disk: the files by their SHA-256, what is known of them, and from which
// address they came. A file is made durable beside its place, then renamed, then recorded, so that a process that is
// killed leaves whole files or such as nobody knows of, which the next start removes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "native/descriptor.hpp"
#include "native/sqlite.hpp"

namespace skypod::server {

/// What is known of a file.
struct Audio {
  std::string sha256;  // lower-case hexadecimal
  std::size_t octets = 0;
  std::string content_type;
  std::string map;  // JSON: what the analysis said, with where the file is
};

/// A file that is being written; gone with its owner unless it is kept.
class AudioDraft {
 public:
  AudioDraft(Descriptor file, std::filesystem::path place) : file_(std::move(file)), place_(std::move(place)) {}
  AudioDraft(AudioDraft&& other) noexcept
      : file_(std::move(other.file_)), place_(std::exchange(other.place_, std::filesystem::path())) {}
  AudioDraft& operator=(AudioDraft&&) = delete;
  ~AudioDraft();

  /// Appends; false if the disk does not take it.
  bool append(std::string_view octets);

  int file() const { return file_.get(); }
  std::size_t octets() const { return octets_; }

 private:
  friend class AudioStore;

  Descriptor file_;
  std::filesystem::path place_;
  std::size_t octets_ = 0;
};

/// May be used from any number of threads.
class AudioStore {
 public:
  /// Opens or makes the directory; all files together are at most `octets_max`. The error is one line.
  static Result<std::unique_ptr<AudioStore>, std::string> open(const std::filesystem::path& directory,
                                                               std::size_t octets_max);

  /// A file to write into; nothing if the disk does not allow it.
  std::optional<AudioDraft> begin();

  /// Keeps what has been written under its hash, as what is at the address now, in place of what was unused for
  /// longest. False if the disk does not take it.
  bool keep(AudioDraft draft, const std::string& url, const Audio& audio);

  /// What came from the address last.
  std::optional<Audio> find(const std::string& url);

  /// A file for reading, which stays readable whatever happens to it here.
  struct Opened {
    Audio audio;
    Descriptor file;
  };
  std::optional<Opened> open_file(const std::string& sha256);

  std::size_t octets();

 private:
  struct Kept {
    std::string sha256;
    std::size_t octets = 0;
  };
  using Line = std::list<Kept>;  // unused for longest first

  AudioStore(std::filesystem::path directory, sqlite::Database database, std::size_t octets_max);
  void load();
  bool record(const std::string& url, const Audio& audio);
  std::optional<Audio> read(const std::string& sha256);
  void use(const std::string& sha256);
  void forget(const std::string& sha256);
  void make_room(std::size_t octets);
  std::filesystem::path file_of(const std::string& sha256) const { return directory_ / sha256; }

  std::filesystem::path directory_;
  std::size_t octets_max_;
  std::mutex mutex_;  // guards all that follows
  sqlite::Database database_;
  Line line_;
  std::unordered_map<std::string, Line::iterator> places_;
  std::size_t octets_ = 0;
  std::int64_t uses_ = 0;
  unsigned drafts_ = 0;
};

}  // namespace skypod::server
