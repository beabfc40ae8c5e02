// The feeds behind whatever a person types: a feed's address, a page's, or just a site's name.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reader/discovery.hpp"
#include "server/proxy/cache.hpp"

namespace skypod::server {

/// The feed at the address itself, or those that the page names, or the first of the usual places of its site that has
/// one; empty if there is none. A name without a scheme is tried with https, then with http. Reads documents on the
/// pool; begins no further request after 20 s. 400 bad_url if it cannot be an address; otherwise as get_document().
boost::asio::awaitable<Result<std::vector<reader::FeedLink>, ServiceError>> discover_feeds(
    Cache& cache, boost::asio::thread_pool& pool, std::string typed, std::string member);

/// The document itself if it is a feed, else those that it names as a page. `url` may be empty.
std::vector<reader::FeedLink> feeds_of(std::string_view document, std::string_view content_type,
                                       const std::string& url);

}  // namespace skypod::server
