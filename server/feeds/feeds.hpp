// Feeds, as the proxy knows them: read whatever they are written in, kept fresh as often as they change, remembered in
// earlier versions, and told by their hubs. Belongs to the front's thread; reading and the disk are the pool's.
//
//   asked for → a record, which is due by its schedule → a look at its origin → the schedule again
//                                      ↑ its hub calls
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "native/fetcher.hpp"
#include "server/feeds/store.hpp"
#include "server/proxy/document.hpp"
#include "server/recent.hpp"

namespace skypod::server {

/// What keeping feeds fresh may cost.
struct FeedsOptions {
  ScheduleOptions schedule;
  std::size_t feeds_max = 10'000;               // that are looked at; the one that was asked for longest ago makes room
  std::size_t looks_max = 8;                    // at once
  std::int64_t told_least_ms = 30'000;          // between two looks, whatever a hub says
  std::size_t written_octets_max = 32U << 20U;  // of feeds that are at hand as they are answered
  std::string public_url;                       // where hubs reach us, e.g. "https://pod.example"; "": none is asked
};

/// Counts since the start.
struct FeedsCounts {
  std::uint64_t reads = 0;  // of documents; what is at hand as it was answered is not read again
  std::uint64_t looks = 0;
  std::uint64_t changes = 0;   // looks that found something new
  std::uint64_t failures = 0;  // looks at what could not be had
  std::uint64_t hubs_asked = 0;
  std::uint64_t told = 0;    // by hubs
  std::uint64_t forged = 0;  // what came to a hub's address without the right signature
};

/// A feed as it is answered: as JSON Feed, with `_skypod.hash`, `fetched_at`, `etag`, `last_modified`, `stale`,
/// `problem` and `versions`.
struct WrittenFeed {
  std::shared_ptr<const std::string> json;
  std::shared_ptr<const std::string> packed;  // the same in gzip; null where that gains nothing
  std::string hash;                           // as `_skypod` has it
  bool has_problem = false;                   // its origin did not give it anew
};

/// The path of the addresses that hubs call; the subscription's id stands behind it.
inline constexpr std::string_view hub_path = "/api/websub/";

/// The feeds.
class Feeds {
 public:
  /// The cache, the fetcher and the pool, whose threads read feeds and use the disk, must outlive it.
  Feeds(Cache& cache, Fetcher& fetcher, boost::asio::thread_pool& pool, std::unique_ptr<FeedStore> store,
        FeedsOptions options);

  /// From now on, looks at feeds when they are due. `executor` is of the thread that everything else here is called on.
  void start(const boost::asio::any_io_executor& executor);

  using Answer = Result<WrittenFeed, ServiceError>;

  /// The feed; where it cannot be had and was there before, as it was. Fails as get_document() and parse_feed() do.
  boost::asio::awaitable<Answer> get(std::string url, std::string member);

  /// An earlier version of it, by its hash; 404 no_such_version.
  boost::asio::awaitable<Answer> get_version(std::string url, std::string hash);

  /// Whether a hub knows us by this id.
  bool has_hub(std::string_view id) const { return by_id_.contains(std::string(id)); }

  /// A hub asks whether it was really us who asked it; whether to say yes.
  bool answer_hub(std::string_view id, const HubQuestion& question);

  /// A hub says that a feed has something new.
  void take_news(std::string_view id, std::string_view signature, std::string_view body);

  const FeedsCounts& counts() const { return counts_; }
  std::size_t size() const { return records_.size(); }
  std::size_t written_octets() const { return written_.octets(); }
  std::size_t subscriptions() const;

  /// Looks at origins that have begun and not ended.
  std::size_t looks_under_way() const { return looks_; }

 private:
  struct Watched {
    FeedRecord record;
    double chance = 0;                    // as due_ms() has it
    std::optional<std::int64_t> told_ms;  // when to look because its hub says so
    std::optional<std::int64_t> due_ms;   // when there is something to do, as it stands in the queue
    bool is_looked_at = false;            // right now
    bool is_gone = false;                 // its origin says that it will not come back
  };
  /// What keeping a feed fresh takes of it.
  struct Gist {
    std::string meaning;       // as Version has it
    std::int64_t said_ms = 0;  // as Schedule has it
    std::optional<HubLink> hub;
  };
  struct Read {
    Document document;
    wire::Json feed;
    Gist gist;
  };
  struct Written {
    WrittenFeed feed;
    Gist gist;
  };
  using Reading = Result<Read, ServiceError>;
  using Made = Result<Written, ServiceError>;
  /// What is being read and written for all who want it meanwhile.
  struct Making {
    explicit Making(const boost::asio::any_io_executor& executor)
        : done(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer done;  // cancelled when it is
    std::optional<Made> made;
  };

  boost::asio::awaitable<Made> make(const std::string& url, Document document, bool is_asked_for);
  boost::asio::awaitable<Made> read_and_write(const std::string& url, Document document, bool is_asked_for);
  boost::asio::awaitable<Reading> read(Document document);
  boost::asio::awaitable<Written> write(const std::string& url, Read read);
  boost::asio::awaitable<Answer> get_last(const std::string& url, ServiceError failure);
  boost::asio::awaitable<Answer> read_version(const std::string& url, Version version,
                                              std::optional<ServiceError> failure);
  Watched* find(const std::string& url);
  void note_asked(const std::string& url, const Document& document, const Gist& gist);
  void note_read(Watched& watched, const Document& document, const Gist& gist);
  void note_unread(Watched& watched, const Result<Document, ServiceError>& found);
  boost::asio::awaitable<void> look(std::string url);
  boost::asio::awaitable<void> look_at(Watched& watched);
  boost::asio::awaitable<void> ask_hub(Subscription asked);
  void use_hub(Watched& watched, std::optional<HubLink> link);
  void drop_hub(Watched& watched);
  std::optional<std::int64_t> look_ms(const Watched& watched) const;
  void arrange(Watched& watched);
  void keep(const FeedRecord& record);
  void set_due(Watched& watched, std::optional<std::int64_t> due_ms);
  void look_at_due();
  void make_room();
  void forget(std::string url);
  void on_disk(std::move_only_function<void(FeedStore&)> work);

  Cache& cache_;
  Fetcher& fetcher_;
  boost::asio::thread_pool& pool_;
  std::unique_ptr<FeedStore> store_;
  FeedsOptions options_;
  boost::asio::strand<boost::asio::thread_pool::executor_type> disk_;
  std::optional<boost::asio::steady_timer> timer_;
  std::map<std::string, Watched> records_;                // by address
  std::unordered_map<std::string, std::string> by_id_;    // addresses, by their subscription's id
  std::set<std::pair<std::int64_t, std::string>> queue_;  // what is due when
  std::size_t looks_ = 0;
  Recent<Written> written_;                                           // by all that decides what is written
  std::unordered_map<std::string, std::shared_ptr<Making>> makings_;  // by that, but for earlier versions
  FeedsCounts counts_;
};

}  // namespace skypod::server
