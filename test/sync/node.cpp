#include "test/sync/node.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/base64url.hpp"
#include "core/library/schema.hpp"

namespace skypod::test {
namespace {

constexpr std::size_t feeds_count = 3;
constexpr std::size_t episodes_count = 6;
constexpr const char* disk_full = "database or disk is full";
constexpr int renames = 2;  // how many identities a feed gives its episodes over time

std::string feed_of(std::size_t number) {
  return "https://feeds.example/" + std::to_string(number);
}

std::string episode_of(std::size_t number, int generation) {
  return "guid:" + std::to_string(generation) + "-" + std::to_string(number);
}

Json document_of(std::size_t feed, int generation) {
  Json items = Json::array();
  for (std::size_t i = 0; i < episodes_count; ++i) {
    const std::string number = std::to_string(i);
    items.push_back({{"_skypod", {{"identity", episode_of(i, generation)}}},
                     {"title", "Episode " + number},
                     {"date_published", "2023-01-0" + std::to_string(i + 1) + "T08:00:00Z"},
                     {"attachments", {{{"url", feed_of(feed) + "/" + number}, {"mime_type", "audio/mpeg"}}}}});
  }
  return {{"title", "Feed " + std::to_string(feed)}, {"items", std::move(items)}};
}

/// An empty database of this version, made once: creating its tables takes longer than a run.
const std::vector<unsigned char>& blank() {
  static const std::vector<unsigned char> image = [] {
    auto made = sqlite::Database::open(":memory:");
    if (!made) std::abort();
    core::ask::Database tables{library::create_tables()};
    tables.statements.push_back({"CREATE TABLE state(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"});
    tables.statements.push_back(library::set_version());
    if (!run_database(*made, tables)) std::abort();
    sqlite3_int64 size = 0;
    unsigned char* octets = sqlite3_serialize(made->handle(), "main", &size, 0);
    std::vector<unsigned char> copy(octets, octets + size);
    sqlite3_free(octets);
    return copy;
  }();
  return image;
}

sqlite::Database fresh_database() {
  auto database = sqlite::Database::open(":memory:");
  auto* octets = static_cast<unsigned char*>(sqlite3_malloc64(blank().size()));
  if (!database || octets == nullptr) std::abort();
  std::ranges::copy(blank(), octets);
  const auto size = static_cast<sqlite3_int64>(blank().size());
  const unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
  if (sqlite3_deserialize(database->handle(), "main", octets, size, size, flags) != SQLITE_OK) std::abort();
  static_cast<void>(database->execute("PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY"));
  return std::move(*database);
}

bool writes(const core::ask::Database& ask) {
  return std::ranges::any_of(ask.statements, [](const auto& it) {
    return !it.sql.starts_with("SELECT") && !it.sql.starts_with("PRAGMA user_version");
  });
}

}  // namespace

std::string node_id(std::size_t index) {
  Random random(index + 1);
  return base64url_encode(random.bytes(32));
}

struct Node::Life {
  Life(BytesView entropy, const std::string& id) : host(entropy), library(host, id), exchange(library.replica()) {}
  core::Host host;
  library::Library library;
  sync::Exchange exchange;
  Mutex mutex;
  std::optional<TaskScope> tasks{std::in_place};
};

Node::Node(sim::World& world, std::size_t index, std::size_t count, Send send)
    : world_(world),
      index_(index),
      count_(count),
      send_(std::move(send)),
      id_(node_id(index)),
      database_(fresh_database()),
      linked_(count) {}

Node::~Node() {
  crash();
}

void Node::start() {
  note("start");
  ++lives_;
  life_ = std::make_unique<Life>(world_.random().bytes(32), id_);
  spawn(open());
}

void Node::crash() {
  if (!life_) return;
  note("crash");
  life_->tasks.reset();  // while all that they use is there
  life_.reset();
  linked_.assign(count_, false);
}

void Node::note(std::string_view what, const std::string& detail) {
  world_.note("device " + std::to_string(index_), std::string(what) + " " + detail);
}

void Node::set_skew(wire::TimeMs ms) {
  note("skew", std::to_string(ms));
  skew_ms_ = ms;
  clock_was_wrong_ = clock_was_wrong_ || ms != 0;
}

void Node::hear_time() {
  if (!life_) return;
  note("hears the time");
  life_->host.set_now(world_.now() + skew_ms_);
  life_->library.replica().trust_clock(-skew_ms_);
}

void Node::spawn(Task<void> task) {
  life_->host.set_now(world_.now() + skew_ms_);
  life_->tasks->spawn(std::move(task));
  pump();
}

/// Questions are answered late and in order; a crash in between takes them back, or only their answers.
void Node::pump() {
  for (core::Output& output : life_->host.drain()) {
    auto* asked = std::get_if<core::out::Asked>(&output);
    if (asked == nullptr) continue;
    auto ask = std::make_shared<core::ask::Database>(std::move(std::get<core::ask::Database>(asked->ask)));
    world_.after(world_.between(0, 3), [this, life = lives_, id = asked->id, ask] {
      if (life_ && life == lives_) answer(id, *ask);
    });
  }
}

void Node::answer(std::uint64_t id, const core::ask::Database& ask) {
  core::Answer result = full_ && writes(ask) ? unexpected(core::Error{core::ErrorCode::storage_failed, disk_full})
                                             : run_database(database_, ask);
  if (!result && !full_) world_.violate("the database refused: " + result.error().detail);
  world_.after(world_.between(0, 2), [this, life = lives_, id, result = std::move(result)] {
    if (!life_ || life != lives_) return;
    life_->host.set_now(world_.now() + skew_ms_);
    life_->host.answer(id, result);
    life_->tasks->reap();
    pump();
  });
}

Task<void> Node::open() {
  const auto turn = co_await life_->mutex.lock();
  // A disk that is full at the start: as the real thing, it is tried again at the next start. It may have room again
  // by the time that the refusal arrives.
  const auto opened = co_await life_->library.open();
  if (!opened && opened.error().detail != disk_full)
    world_.violate("a library does not open: " + opened.error().detail);
}

void Node::say(std::size_t to, const wire::Envelope& message) {
  if (linked_[to]) send_(index_, to, message);
}

void Node::say_to_all(const wire::Envelope& message, std::size_t except) {
  for (std::size_t peer = 0; peer < count_; ++peer) {
    if (peer != except) say(peer, message);
  }
}

void Node::connect(std::size_t peer) {
  if (!life_) return;
  linked_[peer] = true;
  spawn(greet(peer));
}

void Node::disconnect(std::size_t peer) {
  if (!life_) return;
  linked_[peer] = false;
  life_->exchange.disconnected(std::to_string(peer));
}

Task<void> Node::greet(std::size_t peer) {
  const auto turn = co_await life_->mutex.lock();
  say(peer, co_await life_->exchange.connected(std::to_string(peer)));
}

void Node::tick() {
  if (life_ && life_->exchange.has_passed_over()) spawn(resume());
}

Task<void> Node::resume() {
  const auto turn = co_await life_->mutex.lock();
  std::vector<std::string> connected;
  for (std::size_t peer = 0; peer < count_; ++peer) {
    if (linked_[peer]) connected.push_back(std::to_string(peer));
  }
  for (const auto& [peer, message] : life_->exchange.resume(connected)) say(std::stoul(peer), message);
}

void Node::deliver(std::size_t from, const wire::Envelope& message) {
  if (life_) spawn(receive(from, message));
}

Task<void> Node::receive(std::size_t from, wire::Envelope message) {
  const auto turn = co_await life_->mutex.lock();
  const auto outcome = co_await life_->exchange.receive(std::to_string(from), message.msg, message.dat);
  for (const wire::Envelope& reply : outcome.replies) say(from, reply);
  for (const wire::Envelope& news : outcome.news) say_to_all(news, from);
}

void Node::deceive(sync::Author author) {
  const sync::Section lie{
      .author = author, .since = {}, .upto = sync::Stamp::of(world_.now() + skew_ms_, 0), .changes = {}};
  deliver((index_ + 1) % count_, wire::event("sync.changes", {{"p", wire::binary(sync::pack({lie}))}}));
}

std::optional<sync::Author> Node::author() const {
  return life_ ? std::optional(life_->library.replica().author()) : std::nullopt;
}

void Node::act() {
  if (!life_) return;
  if (world_.random().chance(4)) {
    spawn(store(document_of(world_.random().below(feeds_count), static_cast<int>(world_.random().below(renames)))));
  } else {
    spawn(perform(choose()));
  }
}

Task<void> Node::store(Json document) {
  const auto turn = co_await life_->mutex.lock();
  const std::string title = document["title"].get<std::string>();
  const auto stored =
      co_await life_->library.store_feed(feed_of(static_cast<std::size_t>(title.back() - '0')), document);
  if (stored && !stored->changes.empty()) say_to_all(life_->exchange.tell(*stored), count_);
}

Task<void> Node::perform(Deed deed) {
  const auto turn = co_await life_->mutex.lock();
  const auto written = co_await std::move(deed.task);
  if (!written) co_return;
  if (deed.acknowledged) deed.acknowledged();
  if (!written->changes.empty()) say_to_all(life_->exchange.tell(*written), count_);
}

/// Listens on: the position is further than any that was listened to before, on whichever device.
Node::Deed Node::listen() {
  const std::size_t number = world_.random().below(episodes_count);
  const std::string feed = feed_of(world_.random().below(feeds_count));
  const std::string episode = episode_of(number, 0);
  const std::int64_t position = world_.now() % 10'000'000;
  return {life_->library.progress({feed, episode, static_cast<double>(position) / 100, {}, false}),
          [this, name = feed + " " + episode, position] {
            acknowledged_[name] = position;
            note("listened", name + " " + std::to_string(position));
          }};
}

Node::Deed Node::choose() {
  library::Library& library = life_->library;
  Random& random = world_.random();
  const std::string feed = feed_of(random.below(feeds_count));
  const library::QueueEntry entry{feed, episode_of(random.below(episodes_count), 0)};
  const library::QueueEntry other{feed, episode_of(random.below(episodes_count), 0)};
  switch (random.below(14)) {
    case 0:
      return {library.subscribe(feed, "Feed"), {}};
    case 1:
      return {library.unsubscribe(feed), {}};
    case 2:
      return {library.mark_all(feed), {}};
    case 3:
    case 4:
      return {library.queue_add(entry, random.chance(50)), {}};
    case 5:
      return {library.queue_move(entry, random.chance(50) ? std::optional(other) : std::nullopt), {}};
    case 6:
      return {library.queue_remove(entry), {}};
    case 7:
      return {random.chance(30) ? library.queue_clear() : library.queue_undo(), {}};
    case 8:
      return {library.set("speed", random.below(5), random.chance(50)), {}};
    case 9:
      return {library.organise(feed, "Folder " + std::to_string(random.below(3)), "a\nb"), {}};
    default:
      return listen();
  }
}

std::string Node::state() {
  const auto rows = run_database(
      database_,
      {{{"SELECT hex(a.author), hex(stamp), hex(key), collection, s.scope, name, field, value FROM registers r JOIN "
         "sync_authors a ON a.id = r.author JOIN sync_scopes s ON s.id = r.scope ORDER BY key"},
        {"SELECT hex(author), hex(known) FROM sync_authors WHERE known > zeroblob(8) ORDER BY author"},
        {"SELECT hex(sum), count FROM sync_self"},
        {"SELECT * FROM subscriptions ORDER BY feed"},
        {"SELECT * FROM queue ORDER BY feed, episode"},
        {"SELECT * FROM aliases ORDER BY feed, episode"},
        {"SELECT * FROM settings WHERE value IS NOT NULL ORDER BY scope, name"}}});
  if (!rows) world_.violate("the state cannot be read: " + rows.error().detail);
  return rows ? wire::to_json(*rows) : "";
}

std::int64_t Node::seen(std::size_t device, const std::string& episode) {
  const library::Joined name = library::split_name(episode);
  std::int64_t furthest = -1;
  // The record stands under the name that the episode had first, and that depends on who saw which feed when.
  for (int generation = 0; generation < renames; ++generation) {
    const std::string known_as = episode_of(static_cast<std::size_t>(name.second.back() - '0'), generation);
    const std::uint64_t key =
        key_of(library::play_address(library::short_device(node_id(device)), name.first, known_as));
    const auto rows = run_database(database_, {{sync::registers::find({key})}});
    const Json table = rows ? (*rows)[0] : Json();
    wire::PackedReader reader(table);
    const auto held = reader.at_end() ? sync::registers::Held{} : sync::registers::read_held(reader);
    const auto state = library::unpack_play(held.value);
    if (state && state->completed) return INT64_MAX;  // somebody said so, which ends the listening
    if (state) furthest = std::max(furthest, held.value.get<std::int64_t>() / 4);
  }
  return furthest;
}

}  // namespace skypod::test
