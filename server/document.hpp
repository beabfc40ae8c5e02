// A document of the web as the proxy gives it: behind all its redirects, each of which the cache may know.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "reader/discovery.hpp"
#include "server/proxy/cache.hpp"

namespace skypod::server {

/// What was found, of any status but a redirect's, and where.
struct Document {
  CacheAnswer answer;
  std::string url;

  std::string_view octets() const { return answer.body ? *answer.body : std::string_view(); }
  /// Its Content-Type, or empty.
  std::string type() const { return field(answer.fields, "Content-Type").value_or(""); }
};

/// Asks with this Accept.
boost::asio::awaitable<Result<Document, ServiceError>> find_document(Cache& cache, std::string url, std::string accept);

/// The same, and any status but 200 is an error, as upstream_error() has it.
boost::asio::awaitable<Result<Document, ServiceError>> get_document(Cache& cache, std::string url, std::string accept);

/// The document itself if it is a feed, else those that it names as a page. `url` may be empty.
std::vector<reader::FeedLink> feeds_of(std::string_view document, std::string_view content_type,
                                       const std::string& url);

}  // namespace skypod::server
