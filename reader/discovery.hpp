// The feeds of a web page: the links that it declares for readers, or else links that look like feeds; and where feeds
// usually are if the page says nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/wire/json.hpp"

namespace skypod::reader {

/// Most feeds that a page is believed to have.
inline constexpr std::size_t feed_links_max = 50;

/// A feed that a page links to.
struct FeedLink {
  std::string url;    // absolute http or https
  std::string title;  // plain text, or empty
  std::string type;   // media type as the page gives it, or empty

  friend bool operator==(const FeedLink&, const FeedLink&) = default;
};

/// The feeds of a page in UTF-8, in its order, each once; `base` is its address. Declared ones (HTML 4.6.7.1,
/// rel=alternate with a feed's type) or, if there are none, links in the page whose address looks like a feed's.
std::vector<FeedLink> feeds_in_page(std::string_view html, std::string_view base);

/// Addresses at which sites commonly have a feed, the likeliest first; `page` is any address of the site.
std::vector<std::string> usual_feed_urls(std::string_view page);

/// What a person types for a site, as an address: "example.org/blog" is https://example.org/blog. Empty if it cannot be
/// one.
std::string address_of(std::string_view typed);

/// [{url, title, type}]
wire::Json to_json(const std::vector<FeedLink>& feeds);

}  // namespace skypod::reader
