// A document of the web as the proxy gives it: behind all its redirects, each of which the cache may know.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "server/proxy/cache.hpp"

namespace skypod::server {

/// What is wanted.
struct DocumentWish {
  std::string url;
  std::string accept;
  std::string member{};     // who wants it, as CacheRequest has it
  bool is_renewed = false;  // its origin is asked in any case, and what it does not answer is an error
};

/// What was found, of any status but a redirect's, and where.
struct Document {
  CacheAnswer answer;
  std::string url;

  std::string_view octets() const { return answer.body ? *answer.body : std::string_view(); }
  /// Its Content-Type, or empty.
  std::string type() const { return field(answer.fields, "Content-Type").value_or(""); }
};

/// Finds it.
boost::asio::awaitable<Result<Document, ServiceError>> find_document(Cache& cache, DocumentWish wish);

/// The same, and any status but 200 is an error, as upstream_error() has it.
boost::asio::awaitable<Result<Document, ServiceError>> get_document(Cache& cache, DocumentWish wish);

}  // namespace skypod::server
