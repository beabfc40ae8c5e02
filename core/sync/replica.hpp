// This device's copy of all registers, in its database. Writes of its own and changes from elsewhere are merged here;
// every change is durable before it is told to anybody.
//
// Who has what is said with a version vector: per author, the stamp up to which everything is known. A vector is a
// claim, and a wrong one (a forged section, a damaged database) would hide changes for ever; so beside it stands the
// sum of all registers, which does not lie: with equal vectors and unequal sums, two replicas compare range by range.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/task.hpp"
#include "core/ports.hpp"
#include "core/sync/pack.hpp"
#include "core/sync/ranges.hpp"
#include "core/sync/registers.hpp"

namespace skypod::sync {

using core::Host;
using core::ask::Statement;
using wire::Error;
using wire::ErrorCode;

/// Authors known at most: every life of every device that ever wrote into the realm.
inline constexpr std::size_t authors_max = 1024;
/// Pairs of collection and scope at most: feeds times devices.
inline constexpr std::size_t scopes_max = 200'000;
/// Fields in one write().
inline constexpr std::size_t writes_max = 20'480;

/// Per author, the stamp up to which everything is known.
using Versions = std::map<Author, Stamp>;

/// A register's version, without its address.
struct Version {
  Author author;
  Stamp stamp;
  Json value;
};

/// What came of applying sections.
struct Applied {
  std::size_t won = 0;                // changes that are newer than what was here
  std::set<std::string> collections;  // in which they are
  Versions advanced;                  // authors of whom more is known now
  bool gap = false;                   // something before a section is missing here
};

/// A part of what somebody lacks.
struct Batch {
  std::vector<Section> sections;
  bool complete = true;  // nothing is left to send after it
};

/// Turns changes that won into statements that run in the same transaction: derived tables stay exact. May ask the
/// database; sees it as it was before.
using Projection = std::function<Task<Result<std::vector<Statement>, Error>>(const std::vector<Change>&)>;

/// Operations must not overlap: the owner holds one mutex around them.
class Replica {
 public:
  /// `device`: the first 5 octets of this device's identity as a number.
  Replica(Host& host, std::uint64_t device, Projection projection);

  /// Reads what is kept in memory and sets the clock behind every known stamp. The first time in a new database it
  /// draws an author.
  Task<Result<void, Error>> load();

  /// The network's time was heard just now: the host's clock is so far behind it. Stamps are made and judged by the sum
  /// from now on, and mend_clock() may act, until the host's clock goes back: an early clock (a small computer that
  /// starts in 1970) is no reason to give anything up.
  void trust_clock(wire::TimeMs behind_ms);

  /// Gives up stamps from the future, which a wrong clock has left here: no one else takes them. What this device wrote
  /// itself is written again, by a new life of it and with stamps of now. False if there are none.
  Task<Result<bool, Error>> mend_clock();

  /// Writes fields of this device, durably. Answers the section that tells the peers.
  Task<Result<Section, Error>> write(std::vector<Write> writes);

  /// Merges sections from elsewhere, durably. Stamps from the future are left out, and all of their author after them.
  Task<Result<Applied, Error>> apply(std::vector<Section> sections);

  /// The next part of what the holder of `theirs` lacks, and moves `theirs` on to where it then stands.
  Task<Result<Batch, Error>> next_batch(Versions& theirs);
  /// How many changes the holder of `theirs` lacks.
  Task<Result<std::uint64_t, Error>> count_lacking(Versions theirs);

  /// The versions that an Index names, as sections without a claim; at most one pack. Removes them from `items`.
  Task<Result<Batch, Error>> fetch(std::vector<Item>& items);

  /// The index, built the first time.
  Task<Result<const Index*, Error>> index();

  /// The current versions of registers, in the order asked for; nothing for one that is not there.
  Task<Result<std::vector<std::optional<Version>>, Error>> versions_of(std::vector<Address> addresses);

  Author author() const { return author_; }
  /// The host's time.
  wire::TimeMs host_time() const { return host_.now(); }
  Versions versions() const;
  const Summary& summary() const { return summary_; }
  /// Whether a vector names something that is not here.
  bool lacks(const Versions& theirs) const;
  /// All scopes of a collection.
  std::vector<std::string> scopes(const std::string& collection) const;

  /// Instead of load(), where an earlier schema is left behind: takes these changes as they are, and `known` as their
  /// vector. All in one transaction, between the statements `first` and `last`.
  Task<Result<void, Error>> adopt(std::vector<Change> changes, Versions known, std::vector<Statement> first,
                                  std::vector<Statement> last);

 private:
  struct Known {
    std::int64_t id = 0;
    Stamp upto;
  };
  /// Where a change belongs in the database.
  struct Place {
    std::uint64_t key = 0;
    std::uint64_t hash = 0;
    std::int64_t scope = 0;  // its number; 0 where nothing of it is here
    std::optional<Item> replaces;
  };
  /// Changes on their way into the database, and the place of each.
  struct Arrivals {
    std::vector<Change> changes;
    std::vector<Place> places;
  };
  /// One transaction in the making, with the numbers that it gives out.
  struct Draft {
    std::vector<Statement> statements;
    std::map<Author, Known> authors;
    std::map<std::pair<std::string, std::string>, std::int64_t> scopes;
    Summary summary;
    Author self;
    std::int64_t last_author = 0, last_scope = 0;  // numbers given out
  };

  wire::TimeMs now() const;
  void watch_clock();
  bool is_plausible(Stamp stamp) const { return HybridClock::is_plausible(stamp, now()); }
  Stamp known(Author author) const;
  Task<Result<std::vector<Json>, Error>> query(std::vector<Statement> statements);
  Task<Result<Arrivals, Error>> weigh(std::vector<Change> changes);
  void overrule(Change& change, Place& place, const Json& held);
  Task<Result<void, Error>> commit(Draft draft, const Arrivals& arrivals, Versions advanced,
                                   std::vector<Statement> last);
  std::int64_t author_id(Author author, Draft& draft) const;
  std::int64_t known_scope(const Address& at) const;
  std::int64_t new_scope(const Address& at, Draft& draft) const;
  Draft draft() const {
    return {.statements = {},
            .authors = {},
            .scopes = {},
            .summary = summary_,
            .self = author_,
            .last_author = last_author_,
            .last_scope = last_scope_};
  }
  void take(const Draft& draft, const Arrivals& arrivals);
  Author draw_author() const;
  Arrivals sift(std::vector<Change> changes) const;
  std::vector<Place> places_of(const std::vector<Change>& changes, const std::vector<std::uint64_t>& keys) const;
  bool admit(Section& section, Applied& applied);
  Task<Result<bool, Error>> read_section(Section& section, Meter& meter);
  std::optional<Change> read_change(Author author, wire::PackedReader& rows) const;
  Task<Result<bool, Error>> give_up(Stamp limit);
  Task<Result<std::vector<Change>, Error>> later_than(Stamp limit);
  std::vector<Change> written_again(const std::vector<Change>& late, Author author, HybridClock& clock) const;
  bool load_rows(const std::vector<Json>& tables);

  Host& host_;
  std::uint64_t device_;
  Projection projection_;
  wire::TimeMs clock_offset_ms_ = 0;
  bool clock_trusted_ = false;
  wire::TimeMs latest_ms_ = 0;  // the host's clock when it was looked at last
  HybridClock clock_;
  Author author_;
  std::map<Author, Known> authors_;
  std::unordered_map<std::int64_t, Author> author_ids_;
  std::map<std::pair<std::string, std::string>, std::int64_t> scopes_;
  std::unordered_map<std::int64_t, std::pair<std::string, std::string>> scope_names_;
  Summary summary_;
  std::int64_t last_author_ = 0, last_scope_ = 0;
  std::optional<Index> index_;
  bool loaded_ = false;  // else nothing may be written: the sum would be wrong
};

}  // namespace skypod::sync
