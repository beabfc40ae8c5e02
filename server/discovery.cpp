#include "server/discovery.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "core/feed/html_text.hpp"
#include "native/charset.hpp"
#include "server/proxy/document.hpp"

namespace skypod::server {
namespace {

namespace asio = boost::asio;

using Feeds = std::vector<reader::FeedLink>;

constexpr auto patience = std::chrono::seconds(20);
constexpr const char* accept =
    "text/html, application/xhtml+xml, application/feed+json, application/atom+xml, application/rss+xml, "
    "application/xml;q=0.9, */*;q=0.5";

bool names_scheme(std::string_view typed) {
  return typed.find("://") != std::string_view::npos || feed::to_lower(typed).starts_with("feed:");
}

/// Gets what is typed for one member.
class Search {
 public:
  Search(Cache& cache, asio::thread_pool& pool, std::string member)
      : cache_(cache), pool_(pool), member_(std::move(member)) {}

  asio::awaitable<Result<Document, ServiceError>> get_page(const std::string& typed, const std::string& url) {
    auto page = co_await get(url);
    const bool was_guess = !names_scheme(typed) && url.starts_with("https:");
    const bool may_lack_tls = !page && (page.error().code == "connect_failed" || page.error().code == "tls_failed");
    if (!was_guess || !may_lack_tls) co_return page;
    auto plain = co_await get("http:" + url.substr(6));
    co_return plain ? std::move(plain) : std::move(page);
  }

  asio::awaitable<Feeds> read(const Document& document) {
    const auto work = [&document]() -> asio::awaitable<Feeds> {
      co_return feeds_of(document.octets(), document.type(), document.url);
    };
    co_return co_await asio::co_spawn(pool_, work, asio::use_awaitable);
  }

  /// The feed itself, not what a page there may link to.
  asio::awaitable<Feeds> read_place(const std::string& url) {
    const auto document = co_await get(url);
    if (!document) co_return Feeds();
    Feeds feeds = co_await read(*document);
    const bool is_feed = feeds.size() == 1 && feeds[0].url == document->url;
    co_return is_feed ? std::move(feeds) : Feeds();
  }

 private:
  asio::awaitable<Result<Document, ServiceError>> get(std::string url) {
    return get_document(cache_, {.url = std::move(url), .accept = accept, .member = member_});
  }

  Cache& cache_;
  asio::thread_pool& pool_;
  const std::string member_;
};

}  // namespace

std::vector<reader::FeedLink> feeds_of(std::string_view document, std::string_view content_type,
                                       const std::string& url) {
  const auto feed = parse_feed(document, content_type, url);
  if (!feed) return reader::feeds_in_page(to_utf8(document, charset_of(content_type)), url);
  if (url.empty()) return {};
  const auto type = feed::trim(content_type.substr(0, content_type.find(';')));
  return {{url, (*feed)["title"].get<std::string>(), std::string(type)}};
}

asio::awaitable<Result<Feeds, ServiceError>> discover_feeds(Cache& cache, asio::thread_pool& pool, std::string typed,
                                                            std::string member) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const std::string url = reader::address_of(typed);
  if (url.empty()) {
    co_return unexpected(
        ServiceError{400, "bad_url", "This is neither an address nor a site's name. Type one such as example.org."});
  }
  Search search(cache, pool, std::move(member));
  const auto page = co_await search.get_page(typed, url);
  if (!page) co_return unexpected(page.error());
  Feeds feeds = co_await search.read(*page);
  for (const std::string& place : reader::usual_feed_urls(page->url)) {
    if (!feeds.empty() || std::chrono::steady_clock::now() >= deadline) break;
    feeds = co_await search.read_place(place);
  }
  co_return feeds;
}

}  // namespace skypod::server
