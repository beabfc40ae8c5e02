// The shared cache of the feed proxy: answers requests for documents of the web from what is stored, or asks their
// origin once for however many wait (RFC 9111; policy.hpp decides, shelf.hpp keeps). Belongs to the front's thread;
// fetching and the disk have threads of their own, to which only values go.
//
//   fresh → serve      stale, may be served → serve, and validate in the background
//   else  → one request to the origin; whoever else wants the same waits for it
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "native/feed_loader.hpp"
#include "native/fetcher.hpp"
#include "server/proxy/history.hpp"
#include "server/proxy/policy.hpp"
#include "server/proxy/shelf.hpp"
#include "server/recent.hpp"

namespace skypod::server {

/// What the cache may cost.
struct CacheOptions {
  std::size_t disk_octets_max = 2U << 30U;     // of all bodies
  std::size_t memory_octets_max = 64U << 20U;  // of bodies that are at hand
  std::size_t answers_max = 50'000;
  std::size_t answers_per_url_max = 8;        // that differ by Vary
  std::size_t fetches_max = 1'500;            // at once
  std::size_t fetches_per_host_max = 6;       // a host is not asked for more at once
  std::size_t waiting_max = 1'000;            // requests that wait for their turn
  std::size_t fetches_per_member_max = 100;   // at once, for one member
  std::size_t requests_per_member_max = 300;  // of one member, being fetched or waiting for their turn
  std::size_t versions_per_feed_max = 10;
  std::size_t version_octets_max = 256U << 20U;  // of the disk, for earlier versions of feeds
};

/// What is wanted.
struct CacheRequest {
  std::string url;
  std::string member{};  // who wants it; "" where nobody needs to say who he is
  bool is_head = false;
  HttpFields fields;  // the client's, as far as they concern the document
};

/// What is answered.
struct CacheAnswer {
  int status = 0;
  HttpFields fields;
  Body body;                            // null if there is none
  std::optional<std::size_t> octets{};  // the body's length, also where HEAD leaves the body out; nothing: not known
  std::int64_t received_s = 0;          // when it came from its origin
  bool is_stale = false;
  std::string hash{};                                  // the SHA-256 of the stored body; "" if it is not stored
  std::optional<ServiceError> failure = std::nullopt;  // why its origin did not give it anew
};

/// Counts since the start.
struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t stale_hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t validated = 0;
  std::uint64_t failures = 0;
  std::uint64_t evicted = 0;
  std::uint64_t refused = 0;  // because too much is being fetched
};

/// The cache.
class Cache {
 public:
  /// The pool's threads use the disk. Both it and the fetcher must outlive the cache.
  Cache(std::unique_ptr<Shelf> shelf, CacheOptions options, Fetcher& fetcher, boost::asio::thread_pool& pool);

  /// Answers, on the executor of the caller, which must always be the same thread.
  boost::asio::awaitable<Result<CacheAnswer, ServiceError>> get(CacheRequest request);

  /// Keeps a stored answer as a version of a feed, for as long as there is room, unless the feed's newest one says the
  /// same.
  void keep_version(const std::string& feed, Version version);

  /// A feed's versions, the newest first.
  std::vector<Version> versions(const std::string& feed) const { return history_.of(feed); }

  /// Its body; null if it is no longer there.
  boost::asio::awaitable<Body> body_of(const Version& version) { return read_body(version.hash); }

  const CacheCounts& counts() const { return counts_; }
  std::size_t answers() const { return line_.size(); }
  std::size_t disk_octets() const { return disk_octets_; }
  const History& history() const { return history_; }
  std::size_t fetches() const { return fetches_; }
  std::size_t waiting() const { return waiting_; }

 private:
  struct Entry;
  using Line = std::list<Entry>;  // least recently used first
  struct Entry {
    std::string url;
    Stored stored;
  };
  struct Flight {
    explicit Flight(const boost::asio::any_io_executor& executor)
        : done(executor, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::steady_timer done;       // cancelled when it is
    std::optional<ServiceError> failure;  // if the origin did not answer
  };
  /// Whose turn it is to ask whom.
  struct Turn {
    std::string host;
    std::string member;
  };
  /// What is under way for one member.
  struct Share {
    std::size_t requests = 0;
    std::size_t fetches = 0;
  };
  struct Fetched {
    Result<OriginAnswer, FetchError> answer;
    std::string hash;  // "" if it is not stored
    std::int64_t requested_s = 0;
    std::int64_t received_s = 0;
  };
  using Answer = Result<CacheAnswer, ServiceError>;

  Entry* find(const std::string& url, const HttpFields& request);
  void use(Entry& entry);
  boost::asio::awaitable<Answer> ask(CacheRequest request, std::shared_ptr<Flight> flight);
  bool is_about_another(const CacheRequest& request, const Fetched& fetched);
  boost::asio::awaitable<Answer> settle(const CacheRequest& request, Fetched fetched, bool is_conditional);
  boost::asio::awaitable<Answer> serve_failed(const CacheRequest& request, int status, ServiceError failure);
  std::optional<ServiceError> crowd_before(const Turn& turn) const;
  bool is_free(const Turn& turn) const;
  boost::asio::awaitable<void> take_turn(const Turn& turn);
  void give_turn(const Turn& turn);
  boost::asio::awaitable<Fetched> fetch(OriginRequest request, const HttpFields& asked_with);
  boost::asio::awaitable<Answer> serve(const CacheRequest& request, Stored stored, bool is_stale);
  boost::asio::awaitable<Body> read_body(const std::string& hash);
  boost::asio::awaitable<void> renew(CacheRequest request, std::shared_ptr<Flight> flight);
  std::shared_ptr<Flight> begin(const std::string& url, const boost::asio::any_io_executor& executor);
  void end(const std::string& url, const std::shared_ptr<Flight>& flight);
  void keep(const std::string& url, Stored stored, Body body);
  void drop(const Entry* entry);
  void drop(Line::iterator entry);
  void hold(const std::string& hash, std::size_t octets);
  void release(const std::string& hash, std::size_t octets);
  void forget(const std::vector<OfFeed>& versions);
  void make_room();
  void on_disk(std::move_only_function<void(Shelf&)> work);

  std::unique_ptr<Shelf> shelf_;
  CacheOptions options_;
  Fetcher& fetcher_;
  boost::asio::thread_pool& pool_;
  boost::asio::strand<boost::asio::thread_pool::executor_type> disk_;
  Line line_;
  std::unordered_map<std::string, std::vector<Line::iterator>> by_url_;
  std::unordered_map<std::string, std::size_t> uses_;  // of a body, by how many answers and versions
  std::map<std::string, std::shared_ptr<Flight>> flights_;
  History history_;
  std::map<std::string, std::size_t> busy_hosts_;
  std::unordered_map<std::string, Share> shares_;  // by member
  std::size_t fetches_ = 0;
  std::size_t waiting_ = 0;
  std::unique_ptr<boost::asio::steady_timer> freed_;  // cancelled when a fetch has ended
  std::size_t disk_octets_ = 0;
  Recent<Body> hand_;  // bodies in memory
  CacheCounts counts_;
};

}  // namespace skypod::server
