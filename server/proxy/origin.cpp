#include "server/proxy/origin.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace skypod::server {

namespace asio = boost::asio;

asio::awaitable<Result<OriginAnswer, FetchError>> ask_origin(Fetcher& fetcher, OriginRequest request) {
  using Answer = Result<OriginAnswer, FetchError>;
  const auto executor = co_await asio::this_coro::executor;
  auto begin = [&](auto handler) {
    auto work = asio::make_work_guard(executor);
    fetcher.send(std::move(request), [handler = std::move(handler), work = std::move(work)](Answer answer) mutable {
      asio::post(work.get_executor(), [handler = std::move(handler), answer = std::move(answer)]() mutable {
        std::move(handler)(std::move(answer));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Answer)>(begin, asio::use_awaitable);
}

asio::awaitable<Download::News> next_news(Download& download) {
  const auto executor = co_await asio::this_coro::executor;
  Download::News news;
  auto begin = [&](auto handler) {
    const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    const auto go_on = [waiting, work = asio::make_work_guard(executor)] {
      asio::post(work.get_executor(), [waiting] { std::move (*waiting)(); });
    };
    news = download.take(go_on);
    if (!news.empty()) go_on();
  };
  while (news.empty()) {
    co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(begin, asio::use_awaitable);
  }
  co_return news;
}

asio::awaitable<Result<OpenDownload, ServiceError>> open_download(Fetcher& fetcher, OriginRequest wanted) {
  for (int hops = 0; hops <= fetch_redirects_max; ++hops) {
    auto download = fetcher.open(wanted);
    Download::News news = co_await next_news(*download);
    if (!news.head) co_return unexpected(service_error(news.error.value_or(FetchError{})));
    auto next = redirect_of(news.head->status, news.head->fields, wanted.url);
    if (!next) co_return unexpected(service_error(next.error()));
    if (next->empty()) co_return OpenDownload{std::move(download), std::move(news)};
    wanted.url = std::move(*next);
  }
  co_return unexpected(service_error({FetchFailure::too_many_redirects}));
}

}  // namespace skypod::server
