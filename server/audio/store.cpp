#include "server/audio/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace skypod::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS audio (sha256 TEXT PRIMARY KEY, octets INTEGER NOT NULL, content_type TEXT NOT NULL, "
    "map TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS address (url TEXT PRIMARY KEY, sha256 TEXT NOT NULL REFERENCES audio ON DELETE "
    "CASCADE) "
    "WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS address_sha256 ON address (sha256);";

/// Makes names within a directory durable.
bool sync_directory(const fs::path& directory) {
  const Descriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder && fsync(folder.get()) == 0;
}

}  // namespace

AudioDraft::~AudioDraft() {
  std::error_code ignored;
  if (!place_.empty()) fs::remove(place_, ignored);
}

bool AudioDraft::append(std::string_view octets) {
  octets_ += octets.size();
  return write_all(file_.get(), octets);
}

AudioStore::AudioStore(fs::path directory, sqlite::Database database, std::size_t octets_max)
    : directory_(std::move(directory)), octets_max_(octets_max), database_(std::move(database)) {}

Result<std::unique_ptr<AudioStore>, std::string> AudioStore::open(const fs::path& directory, std::size_t octets_max) {
  std::error_code error;
  fs::create_directories(directory / "files", error);
  auto database = sqlite::Database::open((directory / "audio.sqlite").string());
  if (error || !database) {
    return unexpected("the directory for audio " + directory.string() + " cannot be used: " +
                      (error ? error.message() : database.error().message) + "; delete it or choose another --data");
  }
  std::unique_ptr<AudioStore> store(new AudioStore(directory / "files", std::move(*database), octets_max));
  if (!store->database_.execute(schema)) {
    return unexpected("the list of audio in " + directory.string() + " cannot be read; delete that directory");
  }
  store->load();
  return store;
}

/// Takes over what is there, and removes what is not whole or not known.
void AudioStore::load() {
  const std::lock_guard lock(mutex_);
  auto query = database_.prepare("SELECT sha256, octets, used FROM audio ORDER BY used");
  if (!query) return;
  for (auto row = query->step(); row && *row; row = query->step()) {
    const Kept kept{std::string(query->text(0)), static_cast<std::size_t>(query->integer(1))};
    uses_ = query->integer(2);
    places_[kept.sha256] = line_.insert(line_.end(), kept);
    octets_ += kept.octets;
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    const auto known = places_.find(entry.path().filename().string());
    if (known == places_.end() || entry.file_size(error) != known->second->octets) fs::remove(entry.path(), error);
  }
  for (auto kept = line_.begin(); kept != line_.end();) {
    const std::string sha256 = kept++->sha256;
    if (!fs::exists(file_of(sha256), error)) forget(sha256);
  }
  make_room(0);
}

std::optional<AudioDraft> AudioStore::begin() {
  const std::lock_guard lock(mutex_);
  fs::path place = directory_ / ("new-" + std::to_string(++drafts_));
  Descriptor file(::open(place.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return std::nullopt;
  return AudioDraft(std::move(file), std::move(place));
}

bool AudioStore::keep(AudioDraft draft, const std::string& url, const Audio& audio) {
  if (fsync(draft.file()) != 0) return false;
  const std::lock_guard lock(mutex_);
  if (!places_.contains(audio.sha256)) {
    make_room(audio.octets);
    std::error_code error;
    fs::rename(draft.place_, file_of(audio.sha256), error);
    if (error || !sync_directory(directory_)) return false;
    draft.place_.clear();
    places_[audio.sha256] = line_.insert(line_.end(), {audio.sha256, audio.octets});
    octets_ += audio.octets;
  }
  if (record(url, audio)) return true;
  forget(audio.sha256);
  return false;
}

bool AudioStore::record(const std::string& url, const Audio& audio) {
  const auto done = sqlite::transaction(database_, [&]() -> Result<void, sqlite::Error> {
    auto known = database_.kept(
        "INSERT INTO audio VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET map = excluded.map, used = excluded.used");
    if (!known) return unexpected(known.error());
    (*known)->bind(1, audio.sha256).bind(2, static_cast<std::int64_t>(audio.octets)).bind(3, audio.content_type);
    auto written = (*known)->bind(4, audio.map).bind(5, ++uses_).run();
    if (!written) return written;
    auto address = database_.kept("INSERT OR REPLACE INTO address VALUES (?, ?)");
    if (!address) return unexpected(address.error());
    return (*address)->bind(1, url).bind(2, audio.sha256).run();
  });
  return done.has_value();
}

std::optional<Audio> AudioStore::find(const std::string& url) {
  const std::lock_guard lock(mutex_);
  auto query = database_.kept("SELECT sha256 FROM address WHERE url = ?");
  if (!query) return std::nullopt;
  const auto row = (*query)->bind(1, url).step();
  if (!row || !*row) return std::nullopt;
  const std::string sha256((*query)->text(0));
  (*query)->reset();
  return read(sha256);
}

std::optional<AudioStore::Opened> AudioStore::open_file(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  auto audio = read(sha256);
  if (!audio) return std::nullopt;
  Descriptor file(::open(file_of(sha256).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  return Opened{std::move(*audio), std::move(file)};
}

/// What is known of a file that is there; this is a use of it.
std::optional<Audio> AudioStore::read(const std::string& sha256) {
  if (!places_.contains(sha256)) return std::nullopt;
  auto query = database_.kept("SELECT octets, content_type, map FROM audio WHERE sha256 = ?");
  if (!query) return std::nullopt;
  const auto row = (*query)->bind(1, sha256).step();
  if (!row || !*row) return std::nullopt;
  Audio audio{.sha256 = sha256,
              .octets = static_cast<std::size_t>((*query)->integer(0)),
              .content_type = std::string((*query)->text(1)),
              .map = std::string((*query)->text(2))};
  (*query)->reset();
  use(sha256);
  return audio;
}

/// Moves it to the end of the line. On disk only if it was not there already: one who listens asks often.
void AudioStore::use(const std::string& sha256) {
  const auto place = places_.at(sha256);
  if (std::next(place) == line_.end()) return;
  line_.splice(line_.end(), line_, place);
  auto update = database_.kept("UPDATE audio SET used = ? WHERE sha256 = ?");
  if (update) static_cast<void>((*update)->bind(1, ++uses_).bind(2, sha256).run());
}

/// Removes a file and all that is known of it.
void AudioStore::forget(const std::string& sha256) {
  const auto place = places_.find(sha256);
  octets_ -= place->second->octets;
  line_.erase(place->second);
  places_.erase(place);
  auto deletion = database_.kept("DELETE FROM audio WHERE sha256 = ?");
  if (deletion) static_cast<void>((*deletion)->bind(1, sha256).run());
  std::error_code ignored;
  fs::remove(file_of(sha256), ignored);
}

void AudioStore::make_room(std::size_t octets) {
  std::error_code error;
  const auto disk = fs::space(directory_, error);
  const std::size_t most = error ? octets_max_ : std::min(octets_max_, (octets_ + disk.available) / 2);
  while (!line_.empty() && octets_ + octets > most) forget(std::string(line_.front().sha256));
}

std::size_t AudioStore::octets() {
  const std::lock_guard lock(mutex_);
  return octets_;
}

}  // namespace skypod::server
