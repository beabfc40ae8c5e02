#include "server/document.hpp"

#include <utility>

#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "native/charset.hpp"

namespace skypod::server {

namespace asio = boost::asio;

asio::awaitable<Result<Document, ServiceError>> find_document(Cache& cache, std::string url, std::string accept) {
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    CacheRequest request{.url = url, .fields = {{"Accept", accept}}};
    auto answer = co_await cache.get(std::move(request));
    if (!answer) co_return unexpected(answer.error());
    const auto location = field(answer->fields, "Location");
    if (answer->status < 300 || answer->status >= 400 || !location) co_return Document{std::move(*answer), url};
    url = feed::resolve_url(url, *location);
  }
  co_return unexpected(service_error({FetchFailure::too_many_redirects}));
}

asio::awaitable<Result<Document, ServiceError>> get_document(Cache& cache, std::string url, std::string accept) {
  auto found = co_await find_document(cache, std::move(url), std::move(accept));
  if (found && found->answer.status != 200) co_return unexpected(upstream_error(found->answer.status));
  co_return found;
}

std::vector<reader::FeedLink> feeds_of(std::string_view document, std::string_view content_type,
                                       const std::string& url) {
  const auto feed = parse_feed(document, content_type, url);
  if (!feed) return reader::feeds_in_page(to_utf8(document, charset_of(content_type)), url);
  if (url.empty()) return {};
  const auto type = feed::trim(content_type.substr(0, content_type.find(';')));
  return {{url, (*feed)["title"].get<std::string>(), std::string(type)}};
}

}  // namespace skypod::server
