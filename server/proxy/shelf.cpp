#include "server/proxy/shelf.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <utility>

#include "core/wire/json.hpp"
#include "native/digest.hpp"

namespace skypod::server {
namespace {

namespace fs = std::filesystem;
using wire::Json;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS answer (url TEXT NOT NULL, vary TEXT NOT NULL, stored TEXT NOT NULL, "
    "PRIMARY KEY (url, vary)) WITHOUT ROWID;";

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

bool write_all(int file, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(file, octets.data(), octets.size());
    if (written <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0;
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
  if (!made || !insertion || !deletion) {
    return unexpected("the cache in " + directory.string() + " cannot be read; delete that directory");
  }
  shelf->insert_ = std::move(*insertion);
  shelf->delete_ = std::move(*deletion);
  return shelf;
}

std::vector<Shelved> Shelf::load() {
  const std::lock_guard lock(mutex_);
  std::vector<Shelved> all;
  std::set<std::string> needed;
  auto query = database_.prepare("SELECT url, stored FROM answer");
  if (!query) return all;
  for (auto row = query->step(); row && *row; row = query->step()) {
    auto stored = stored_of(query->text(1));
    std::error_code error;
    if (!stored || fs::file_size(file_of(stored->body), error) != stored->body_octets || error) continue;
    needed.insert(stored->body);
    all.push_back({std::string(query->text(0)), std::move(*stored)});
  }
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
  const bool is_written = write_all(file, octets);
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
