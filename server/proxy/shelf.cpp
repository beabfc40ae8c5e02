#include "server/proxy/shelf.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <utility>

#include "core/wire/json.hpp"
#include "native/descriptor.hpp"
#include "native/digest.hpp"

namespace skypod::server {
namespace {

namespace fs = std::filesystem;
using wire::Json;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS answer (url TEXT NOT NULL, vary TEXT NOT NULL, stored TEXT NOT NULL, "
    "PRIMARY KEY (url, vary)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS version (feed TEXT NOT NULL, body TEXT NOT NULL, received INTEGER NOT NULL, "
    "version TEXT NOT NULL, PRIMARY KEY (feed, body)) WITHOUT ROWID;";

Json json_of(const HttpFields& fields) {
  Json list = Json::array();
  for (const auto& [name, value] : fields) list.push_back({name, value});
  return list;
}

HttpFields fields_of(const Json& list) {
  HttpFields fields;
  for (const Json& one : list) fields.emplace_back(one[0].get<std::string>(), one[1].get<std::string>());
  return fields;
}

std::string text_of(const Stored& stored) {
  return wire::to_json({{"status", stored.status},
                        {"fields", json_of(stored.fields)},
                        {"vary", json_of(stored.vary)},
                        {"requested", stored.requested_s},
                        {"received", stored.received_s},
                        {"body", stored.body},
                        {"octets", stored.body_octets}});
}

/// Our own text; nothing if it is none.
std::optional<Stored> stored_of(std::string_view text) {
  const auto json = wire::parse_json(text);
  if (!json) return std::nullopt;
  return Stored{.status = (*json)["status"].get<int>(),
                .fields = fields_of((*json)["fields"]),
                .vary = fields_of((*json)["vary"]),
                .requested_s = (*json)["requested"].get<std::int64_t>(),
                .received_s = (*json)["received"].get<std::int64_t>(),
                .body = (*json)["body"].get<std::string>(),
                .body_octets = (*json)["octets"].get<std::size_t>()};
}

std::string text_of(const Version& version) {
  return wire::to_json({{"body", version.hash},
                        {"octets", version.octets},
                        {"received", version.received_s},
                        {"type", version.type},
                        {"url", version.url},
                        {"meaning", version.meaning}});
}

/// Our own text; nothing if it is none.
std::optional<Version> version_of(std::string_view text) {
  const auto json = wire::parse_json(text);
  if (!json) return std::nullopt;
  return Version{.hash = (*json)["body"].get<std::string>(),
                 .octets = (*json)["octets"].get<std::size_t>(),
                 .received_s = (*json)["received"].get<std::int64_t>(),
                 .type = (*json)["type"].get<std::string>(),
                 .url = (*json)["url"].get<std::string>(),
                 .meaning = (*json)["meaning"].get<std::string>()};
}

}  // namespace

Shelf::Shelf(fs::path directory, sqlite::Database database)
    : bodies_(std::move(directory)), database_(std::move(database)) {}

Result<std::unique_ptr<Shelf>, std::string> Shelf::open(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory / "bodies", error);
  auto database = sqlite::Database::open(directory / "answers.sqlite");
  if (error || !database) {
    return unexpected("the cache's directory " + directory.string() + " cannot be used: " +
                      (error ? error.message() : database.error().message) + "; delete it or choose another --data");
  }
  std::unique_ptr<Shelf> shelf(new Shelf(directory / "bodies", std::move(*database)));
  auto made = shelf->database_.execute(schema);
  auto insertion = shelf->database_.prepare("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)");
  auto deletion = shelf->database_.prepare("DELETE FROM answer WHERE url = ? AND vary = ?");
  auto versions = shelf->database_.prepare("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?)");
  auto no_version = shelf->database_.prepare("DELETE FROM version WHERE feed = ? AND body = ?");
  if (!made || !insertion || !deletion || !versions || !no_version) {
    return unexpected("the cache in " + directory.string() + " cannot be read; delete that directory");
  }
  shelf->insert_ = std::move(*insertion);
  shelf->delete_ = std::move(*deletion);
  shelf->insert_version_ = std::move(*versions);
  shelf->delete_version_ = std::move(*no_version);
  return shelf;
}

bool Shelf::is_whole(const std::string& hash, std::size_t octets) const {
  std::error_code error;
  return fs::file_size(file_of(hash), error) == octets && !error;
}

/// What `read` makes of each row, where it makes anything of it.
template <class One, class Read>
std::vector<One> Shelf::load_all(const char* text, Read read) {
  std::vector<One> all;
  auto query = database_.prepare(text);
  if (!query) return all;
  for (auto row = query->step(); row && *row; row = query->step()) {
    if (auto one = read(std::string(query->text(0)), query->text(1))) all.push_back(std::move(*one));
  }
  return all;
}

OnShelf Shelf::load() {
  const std::lock_guard lock(mutex_);
  std::set<std::string> needed;
  const auto answer = [&](std::string url, std::string_view text) -> std::optional<Shelved> {
    auto stored = stored_of(text);
    if (!stored || !is_whole(stored->body, stored->body_octets)) return std::nullopt;
    needed.insert(stored->body);
    return Shelved{std::move(url), std::move(*stored)};
  };
  const auto version = [&](std::string feed, std::string_view text) -> std::optional<OfFeed> {
    auto one = version_of(text);
    if (!one || !is_whole(one->hash, one->octets)) return std::nullopt;
    needed.insert(one->hash);
    return OfFeed{std::move(feed), std::move(*one)};
  };
  OnShelf all{.answers = load_all<Shelved>("SELECT url, stored FROM answer", answer),
              .versions = load_all<OfFeed>("SELECT feed, version FROM version ORDER BY received", version)};
  for (const auto& entry : fs::directory_iterator(bodies_)) {
    if (!needed.contains(entry.path().filename())) fs::remove(entry.path());
  }
  return all;
}

std::string Shelf::put(std::string_view octets) {
  static std::atomic<unsigned> writes = 0;
  const std::string hash = to_hex(sha256(octets));
  const fs::path place = file_of(hash);
  std::error_code error;
  {
    const std::lock_guard lock(mutex_);
    pinned_.insert(hash);
    if (fs::file_size(place, error) == octets.size() && !error) return hash;
  }
  const fs::path beside = bodies_ / ("new-" + std::to_string(++writes));
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(hash);
  const bool is_written = write_all(file, octets) && fsync(file) == 0;
  ::close(file);
  if (is_written) fs::rename(beside, place, error);
  if (!is_written || error) {
    fs::remove(beside, error);
    return failed(hash);
  }
  const int folder = ::open(bodies_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fsync(folder);
  ::close(folder);
  return hash;
}

Body Shelf::read(const std::string& hash) {
  std::ifstream file(file_of(hash), std::ios::binary);
  std::string octets{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || to_hex(sha256(octets)) != hash) {
    remove(hash);
    return nullptr;
  }
  return std::make_shared<const std::string>(std::move(octets));
}

void Shelf::record(const std::string& url, const Stored& stored) {
  const std::lock_guard lock(mutex_);
  // A cache may forget: if the disk does not take it, the answer is fetched again after a restart.
  static_cast<void>(insert_.bind(1, url).bind(2, wire::to_json(json_of(stored.vary))).bind(3, text_of(stored)).run());
}

void Shelf::forget(const std::string& url, const Stored& stored) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(delete_.bind(1, url).bind(2, wire::to_json(json_of(stored.vary))).run());
}

void Shelf::record(const OfFeed& of) {
  const std::lock_guard lock(mutex_);
  insert_version_.bind(1, of.feed).bind(2, of.version.hash).bind(3, of.version.received_s);
  static_cast<void>(insert_version_.bind(4, text_of(of.version)).run());
}

void Shelf::forget(const OfFeed& of) {
  const std::lock_guard lock(mutex_);
  static_cast<void>(delete_version_.bind(1, of.feed).bind(2, of.version.hash).run());
}

void Shelf::unpin(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  const auto found = pinned_.find(hash);
  if (found != pinned_.end()) pinned_.erase(found);
}

std::string Shelf::failed(const std::string& hash) {
  unpin(hash);
  return "";
}

void Shelf::remove(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  if (!pinned_.contains(hash)) fs::remove(file_of(hash), ignored);
}

}  // namespace skypod::server
