#include "server/proxy/document.hpp"

#include <utility>

namespace skypod::server {

namespace asio = boost::asio;

asio::awaitable<Result<Document, ServiceError>> find_document(Cache& cache, DocumentWish wish) {
  HttpFields fields{{"Accept", wish.accept}};
  if (wish.is_renewed) fields.emplace_back("Cache-Control", "no-cache");
  std::string url = std::move(wish.url);
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    auto answer = co_await cache.get({.url = url, .member = wish.member, .fields = fields});
    if (!answer) co_return unexpected(answer.error());
    auto next = redirect_of(answer->status, answer->fields, url);
    if (!next) co_return unexpected(service_error(next.error()));
    if (next->empty()) co_return Document{std::move(*answer), url};
    url = std::move(*next);
  }
  co_return unexpected(service_error({FetchFailure::too_many_redirects}));
}

asio::awaitable<Result<Document, ServiceError>> get_document(Cache& cache, DocumentWish wish) {
  auto found = co_await find_document(cache, std::move(wish));
  if (found && found->answer.status != 200) co_return unexpected(upstream_error(found->answer.status));
  co_return found;
}

}  // namespace skypod::server
