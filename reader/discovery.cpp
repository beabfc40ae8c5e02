#include "reader/discovery.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "reader/html.hpp"

namespace skypod::reader {
namespace {

constexpr auto feed_types = std::to_array<std::string_view>(
    {"application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss+xml",
     "application/x.atom+xml", "application/x-atom+xml", "application/json", "application/xml", "text/xml"});
constexpr auto usual_paths =
    std::to_array<std::string_view>({"/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json",
                                     "/feeds/posts/default", "/blog/feed", "/?feed=rss2"});

/// One of the words of `rel`, in any case.
bool has_relation(std::string_view rel, std::string_view wanted) {
  const std::string lower = feed::to_lower(rel);
  std::string_view rest = lower;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n\f"), rest.size());
    if (rest.substr(0, end) == wanted) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool is_feed_type(std::string_view type) {
  const std::string lower = feed::to_lower(feed::trim(type.substr(0, type.find(';'))));
  return std::ranges::find(feed_types, lower) != feed_types.end();
}

bool is_declared(const Node& node) {
  if (!node.is("link") && !node.is("a")) return false;
  const std::string_view rel = node.attribute("rel");
  if (has_relation(rel, "stylesheet")) return false;
  const bool feed = has_relation(rel, "feed");
  return feed || (has_relation(rel, "alternate") && is_feed_type(node.attribute("type")));
}

/// An address that ends like a feed's.
bool looks_like_feed(std::string_view url) {
  std::string path = feed::to_lower(url.substr(0, url.find_first_of("?#")));
  while (path.ends_with('/')) path.pop_back();
  const std::string name = path.substr(path.rfind('/') + 1);
  constexpr auto endings = std::to_array<std::string_view>(
      {".rss", ".rdf", ".atom", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json"});
  const bool ends = std::ranges::any_of(endings, [&](std::string_view ending) { return path.ends_with(ending); });
  return ends || name == "feed" || name == "rss" || name == "atom";
}

class Collector {
 public:
  explicit Collector(std::string_view base) : base_(base) {}

  void add(const Node& node) {
    std::string url = feed::resolve_url(base_, node.attribute("href"));
    const bool known = std::ranges::find(feeds_, url, &FeedLink::url) != feeds_.end();
    if (url.empty() || known || feeds_.size() >= feed_links_max) return;
    std::string title = feed::collapse_space(node.attribute("title"));
    if (title.empty() && node.is("a")) title = text_of(node);
    feeds_.push_back({std::move(url), std::move(title), std::string(feed::trim(node.attribute("type")))});
  }

  std::vector<FeedLink> take() { return std::move(feeds_); }
  bool empty() const { return feeds_.empty(); }

 private:
  std::string base_;
  std::vector<FeedLink> feeds_;
};

std::string origin_of(std::string_view url) {
  const std::size_t host = url.find("://");
  if (host == std::string_view::npos) return "";
  return std::string(url.substr(0, url.find_first_of("/?#", host + 3)));
}

}  // namespace

std::vector<FeedLink> feeds_in_page(std::string_view html, std::string_view base) {
  const auto document = parse_page(html);
  Collector declared{document->base_url(base)};
  Collector likely{document->base_url(base)};
  for (const Node* node = document->root(); node != nullptr; node = following(node, document->root())) {
    if (is_declared(*node)) declared.add(*node);
    if (node->is("a") && looks_like_feed(node->attribute("href"))) likely.add(*node);
  }
  return declared.empty() ? likely.take() : declared.take();
}

std::vector<std::string> usual_feed_urls(std::string_view page) {
  const std::string origin = origin_of(page);
  std::vector<std::string> urls;
  if (origin.empty()) return urls;
  for (const std::string_view path : usual_paths) urls.push_back(origin + std::string(path));
  return urls;
}

std::string address_of(std::string_view typed) {
  typed = feed::trim(typed);
  const std::string lower = feed::to_lower(typed.substr(0, 8));
  if (lower.starts_with("http://") || lower.starts_with("https://")) return feed::resolve_url("", typed);
  if (lower.starts_with("feed://")) return feed::resolve_url("", "http://" + std::string(typed.substr(7)));
  if (lower.starts_with("feed:")) return address_of(typed.substr(5));
  const std::string_view host = typed.substr(0, typed.find_first_of("/?#"));
  const bool plausible = host.find('.') != std::string_view::npos && !host.starts_with('.') && !host.ends_with('.') &&
                         host.find_first_of(" \t@\\<>\"") == std::string_view::npos;
  return plausible ? feed::resolve_url("", "https://" + std::string(typed)) : "";
}

wire::Json to_json(const std::vector<FeedLink>& feeds) {
  wire::Json list = wire::Json::array();
  for (const FeedLink& feed : feeds) {
    wire::Json each = {{"url", feed.url}};
    if (!feed.title.empty()) each["title"] = feed.title;
    if (!feed.type.empty()) each["type"] = feed.type;
    list.push_back(std::move(each));
  }
  return list;
}

}  // namespace skypod::reader
