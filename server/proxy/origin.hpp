// The fetcher's answers for coroutines: whoever waits goes on where it was, not on the fetcher's thread.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "native/fetcher.hpp"

namespace skypod::server {

/// Sends one request; no redirect is followed.
boost::asio::awaitable<Result<OriginAnswer, FetchError>> ask_origin(Fetcher& fetcher, OriginRequest request);

/// What there is to know of a download, as soon as there is anything.
boost::asio::awaitable<Download::News> next_news(Download& download);

}  // namespace skypod::server
