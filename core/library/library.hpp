// The library: subscriptions, episodes, where each device is in them, the queue and the settings.
//
// What people did is shared, as documents (documents.hpp). What the feeds say is not: every device keeps its own copy
// of their episodes, which can be fetched again at any time. Tables for lists and search are derived from both, in the
// same transaction.
//
// library.cpp opens it and writes; projection.cpp derives; feeds.cpp stores what feeds say; queue.cpp is the queue;
// queries.cpp answers lists; opml.cpp is for other readers; migration.cpp leads here from earlier versions.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/feed/opml.hpp"
#include "core/library/documents.hpp"
#include "core/sync/replica.hpp"

namespace skypod::library {

using core::Host;
using core::ask::Statement;
using sync::Section;
using wire::Error;
using wire::ErrorCode;

/// Limits of what a feed may bring, in items and octets.
inline constexpr std::size_t episodes_max = 20'000;
inline constexpr std::size_t url_max = 2'048;
inline constexpr std::size_t title_max = 512;
inline constexpr std::size_t summary_max = 2'048;
inline constexpr std::size_t problem_max = 1'024;
/// Octets of an episode's HTML; of a longer one only the summary is kept.
inline constexpr std::size_t html_max = 262'144;
/// Octets of a folder's name, and of all tags of a subscription.
inline constexpr std::size_t folder_max = 160;
inline constexpr std::size_t tags_max = 1'024;
/// Episodes written in one transaction.
inline constexpr std::size_t store_batch = 200;
/// Entries of the queue, and changes of it that can be undone.
inline constexpr std::size_t queue_max = 5'000;
inline constexpr std::size_t queue_undo_max = 50;
/// Letters of a setting's name, and words of a search.
inline constexpr std::size_t setting_name_max = 64;
inline constexpr std::size_t search_words_max = 16;
/// Episodes that a search sorts by how well they fit, which costs some microseconds each; of more the newest come
/// first.
inline constexpr std::int64_t search_ranked_max = 2'000;

/// How far this device is in an episode.
struct Progress {
  std::string feed, episode;
  double position_s = 0;
  std::optional<double> duration_s;
  bool completed = false;
};

/// An entry of the queue.
struct QueueEntry {
  std::string feed, episode;
  friend auto operator<=>(const QueueEntry&, const QueueEntry&) = default;
};

/// Which episodes a list shows.
enum class Filter { all, unplayed, started, played };

/// Which subscriptions a list is about; "" for any.
struct Part {
  std::string folder, tag;
};

/// A feed to subscribe to, of a list.
struct Addition {
  std::string feed, title, folder;
  std::string login{};  // core/feed/login.hpp
};

/// How this device got at a feed (core/device/feed_ladder.hpp).
struct Reached {
  std::string way;
  TimeMs direct_ms = 0;
};

/// A subscribed feed that was never fetched on this device.
struct Unfetched {
  std::string feed;
  TimeMs due_ms = 0;  // ten minutes after the last attempt, which has failed
};

/// A part of a list.
struct Page {
  std::int64_t offset = 0, limit = 0;
};

/// Queries and rules over one device's database. Like the replica's, its operations must not overlap.
class Library {
 public:
  /// `device`: this device's identity.
  Library(Host& host, std::string device);

  /// Creates or migrates the tables, then loads what is kept in memory.
  Task<Result<void, Error>> open();

  /// The documents, for talking to peers about them.
  sync::Replica& replica() { return replica_; }

  /// A small value of this device alone, e.g. its membership; null if there is none.
  Task<Result<Json, Error>> load_state(std::string key);
  Task<Result<void, Error>> save_state(std::string key, Json value);

  /// Every write below is durable when it is answered, with the section for the peers.
  using Written = Task<Result<Section, Error>>;

  /// Names this device for all others.
  Written name_device(std::string name);
  /// `login` (core/feed/login.hpp): "" for the one that it has, if any.
  Written subscribe(std::string feed, std::string title, std::string login = "");
  /// Subscribes to all of these in one go; at most 5,000.
  Written subscribe_all(std::vector<Addition> additions);
  /// Forgets its login, too.
  Written unsubscribe(std::string feed);
  /// Puts a subscription into a folder ("" for none) and gives it tags (one a line).
  Written organise(std::string feed, std::string folder, std::string tags);
  /// This device listens.
  Written progress(Progress progress);
  /// Somebody says that an episode is done, or that it is not.
  Written mark(std::string feed, std::string episode, bool completed);
  /// Everything that is known of a feed is played. One document, and a record for each episode that someone is in the
  /// middle of and this device knows of; a listener whom it does not know of keeps the position.
  Written mark_all(std::string feed);
  /// `value`: null for the default. `everywhere`: for all devices, else for this one.
  Written set(std::string name, Json value, bool everywhere);

  Written queue_add(QueueEntry entry, bool next);
  /// Behind `after`, or to the front.
  Written queue_move(QueueEntry entry, std::optional<QueueEntry> after);
  Written queue_remove(QueueEntry entry);
  Written queue_clear();
  /// Takes back this device's last change of the queue that was not taken back yet.
  Written queue_undo();

  /// Stores what a feed said: a JSON Feed 1.1 document of the proxy. Answers the section about episodes that have
  /// changed their identity, which may have no changes.
  Written store_feed(std::string feed, Json document);
  /// Notes why a feed could not be fetched. That the server could not be reached is no attempt.
  Task<Result<void, Error>> store_problem(std::string feed, Error problem);
  /// What led to a feed the last time it was fetched here; nothing known of one that never was.
  Task<Result<Reached, Error>> reached(std::string feed);
  /// Notes it, for a feed that has been stored.
  Task<Result<void, Error>> note_reached(std::string feed, Reached reached);

  /// Answers are as web/src/protocol.ts has them.
  Task<Result<Json, Error>> device_names();
  Task<Result<Json, Error>> subscriptions();
  /// Newest first.
  Task<Result<Json, Error>> episodes(std::string feed, Filter filter, Page page);
  /// Of all subscribed feeds, newest first.
  Task<Result<Json, Error>> inbox(Filter filter, Part part, Page page);
  /// The episodes with this identity, in one feed or ("") in any.
  Task<Result<Json, Error>> find(std::string feed, std::string episode);
  /// What the feed says of an episode at length.
  Task<Result<Json, Error>> content(std::string feed, std::string episode);
  /// Best match first. Every word must occur; the last may be the beginning of one.
  /// The best match first, or the newest of more than search_ranked_max.
  Task<Result<Json, Error>> search(std::string words, Page page);
  /// Where each device is in an episode, the one to continue from first.
  Task<Result<Json, Error>> positions(std::string feed, std::string episode);
  Task<Result<Json, Error>> queue();
  Task<Result<Json, Error>> settings();

  /// Subscribed feeds that were never fetched on this device, those that are due first in front.
  Task<Result<std::vector<Unfetched>, Error>> unfetched();
  /// Whether a feed was fetched, or an attempt has failed, after that time.
  Task<Result<bool, Error>> was_tried_after(std::string feed, TimeMs ms);
  Task<Result<bool, Error>> is_subscribed(std::string feed);
  /// Addresses of all subscribed feeds, ascending.
  Task<Result<std::vector<std::string>, Error>> feeds();
  /// The logins of these feeds, in the same order; "" for one that has none.
  Task<Result<std::vector<std::string>, Error>> logins(std::vector<std::string> feeds);

  /// All subscriptions as OPML 2.0; with their logins in their addresses, if so.
  Task<Result<std::string, Error>> opml(bool with_logins);

  /// Gives back the room of what was overwritten and deleted.
  Task<Result<void, Error>> compact();
  /// The same if it is worth its time: of a large file a quarter is unused or new since the last time, and that was not
  /// today. Answers whether it was done.
  Task<Result<bool, Error>> compact_if_worth();

 private:
  using Rows = Result<std::vector<Json>, Error>;
  using Statements = std::vector<Statement>;
  using Derived = Task<Result<Statements, Error>>;
  /// An episode of which something changed, by the names of its records.
  struct Subject {
    std::string feed, episode, canon;
    std::int64_t id = 0;
    std::optional<TimeMs> published_ms;
  };
  /// One item of a feed, and the one whose identity it had before.
  struct Incoming {
    Json row;
    std::string episode, canon;
    bool known = false;
    std::string content;
  };
  struct Place {
    QueueEntry entry;
    std::string place;
  };

  Task<Rows> query(Statements statements);
  Task<Result<void, Error>> execute(Statements statements);
  Written write(std::vector<sync::Write> writes);

  Derived project(const std::vector<sync::Change>& changes);
  Derived project_states(const std::vector<sync::Change>& changes);
  Task<Result<std::vector<Subject>, Error>> subjects_of(const std::vector<sync::Change>& changes);
  Derived states_of(const std::vector<Subject>& subjects, const std::vector<sync::Change>& changes);
  Task<Result<std::vector<Candidate>, Error>> candidates(Subject subject);
  void note_scope(const std::string& collection, const std::string& scope);
  std::vector<Address> records_of(const Subject& subject) const;

  Task<Result<std::vector<Incoming>, Error>> recognise(std::string feed, const Json& items);
  Task<Result<void, Error>> store_items(std::string feed, std::vector<Incoming> items);
  Derived states_of_new(std::string feed, const std::vector<Incoming>& items);

  Task<Result<std::vector<Place>, Error>> places();
  Written write_places(std::vector<Place> before, std::vector<Place> after);
  Task<Result<std::string, Error>> canon_of(std::string feed, std::string episode);

  Task<Result<std::pair<std::int64_t, std::int64_t>, Error>> count_pages();
  Task<Result<void, Error>> derive_all();
  Task<Result<void, Error>> migrate();
  Task<Result<void, Error>> leave_version_1();

  Host& host_;
  std::string device_;
  sync::Replica replica_;
  std::map<std::string, std::set<std::string>> listeners_;  // devices with play records, by feed
  std::set<std::string> markers_;                           // devices that marked a whole feed
};

/// The address under which a feed is kept: without surrounding space, and https where no scheme was given. Nothing if
/// it cannot be a feed's address.
std::optional<std::string> feed_address(std::string_view typed);

/// The feeds of a list that can be subscribed to, each once.
std::vector<Addition> additions_of(const feed::SubscriptionList& list);

}  // namespace skypod::library
