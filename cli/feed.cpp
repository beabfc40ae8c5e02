// `skypod feed parse` and `skypod feed discover`.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/source.hpp"
#include "reader/discovery.hpp"
#include "reader/feed_content.hpp"
#include "server/discovery.hpp"

namespace skypod::cli {
namespace {

Result<wire::Json, ServiceError> read_feed(const Source& source) {
  if (is_address(source.name)) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Wanted wanted = wanted_of(source);
    return fetch_feed(wanted.url, fetch_options(source),
                      std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), wanted.authorization);
  }
  const auto file = load(source);
  if (!file) return unexpected(file.error());
  return parse_feed(file->document, file->content_type, file->url);
}

int parse(const Source& source) {
  auto feed = read_feed(source);
  if (!feed) return fail(failed, feed.error().message);
  reader::finish_feed(*feed);
  std::puts(wire::to_json(*feed).c_str());
  return done;
}

using reader::FeedLink;

/// The feed at an address, if there is one.
std::vector<FeedLink> at_place(const Source& place) {
  const auto loaded = load(place);
  if (!loaded) return {};
  std::vector<FeedLink> feeds = server::feeds_of(loaded->document, loaded->content_type, loaded->url);
  const bool is_feed = feeds.size() == 1 && feeds[0].url == loaded->url;
  return is_feed ? feeds : std::vector<FeedLink>();
}

/// The first of the usual places that has a feed.
std::vector<FeedLink> at_usual_places(const Source& source, const std::string& page) {
  for (const std::string& url : reader::usual_feed_urls(page)) {
    Source place = source;
    place.name = url;
    std::vector<FeedLink> found = at_place(place);
    if (!found.empty()) return found;
  }
  return {};
}

int discover(Source source) {
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(source.name, ignored);
  if (!is_file) source.name = reader::address_of(source.name);
  if (source.name.empty()) {
    return fail(failed, "this is neither a file nor an address; give one such as example.org or page.html");
  }
  const auto loaded = load(source);
  if (!loaded) return fail(failed, loaded.error().message);
  std::vector<FeedLink> feeds = server::feeds_of(loaded->document, loaded->content_type, loaded->url);
  if (feeds.empty() && !is_file) feeds = at_usual_places(source, loaded->url);
  std::puts(wire::to_json(wire::Json{{"feeds", reader::to_json(feeds)}}).c_str());
  return feeds.empty() ? fail(failed, "no feed was found there; look on the site for one, or ask its publisher") : done;
}

template <class Run>
void add(CLI::App& parent, Action& action, const char* name, const char* about, const char* examples, Run run) {
  CLI::App* command = parent.add_subcommand(name, about);
  const auto source = std::make_shared<Source>();
  add_source(*command, *source);
  command->footer(examples);
  command->callback([&action, source, run] { action = [source, run] { return run(*source); }; });
}

}  // namespace

void add_feed(CLI::App& app, Action& action) {
  CLI::App* feed = app.add_subcommand("feed", "Read and find feeds");
  feed->require_subcommand(1);
  add(*feed, action, "parse", "Print a feed as JSON Feed 1.1",
      "Examples:\n  skypod feed parse https://example.org/feed.xml\n  skypod feed parse saved.xml --base "
      "https://example.org/feed.xml",
      parse);
  add(*feed, action, "discover", "Print the feeds of a web page",
      "Examples:\n  skypod feed discover example.org\n  skypod feed discover saved.html --base https://example.org/",
      discover);
}

}  // namespace skypod::cli
