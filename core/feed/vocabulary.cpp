#include "core/feed/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

struct Uri {
  std::string_view uri;  // as namespace_of() normalises it
  Namespace space;
};

constexpr std::array uris = std::to_array<Uri>({
    {"", Namespace::plain},
    {"http://backend.userland.com/rss", Namespace::plain},
    {"http://backend.userland.com/rss2", Namespace::plain},
    {"http://blogs.law.harvard.edu/tech/rss", Namespace::plain},
    {"http://channel.netscape.com/rdf/simple/0.9", Namespace::plain},
    {"http://my.netscape.com/rdf/simple/0.9", Namespace::plain},
    {"http://purl.org/atom/ns", Namespace::plain},
    {"http://purl.org/echo", Namespace::plain},
    {"http://purl.org/pie", Namespace::plain},
    {"uri/of/echo/namespace", Namespace::plain},
    {"http://purl.org/net/rss1.1", Namespace::plain},
    {"http://purl.org/rss/1.0", Namespace::plain},
    {"http://www.w3.org/2005/atom", Namespace::plain},
    {"http://purl.org/rss/1.0/modules/content", Namespace::content},
    {"http://purl.org/dc/elements/1.0", Namespace::dublin_core},
    {"http://purl.org/dc/elements/1.1", Namespace::dublin_core},
    {"http://purl.org/dc/terms", Namespace::dublin_core},
    {"http://rssnamespace.org/feedburner/ext/1.0", Namespace::feedburner},
    {"http://www.itunes.com/dtds/podcast-1.0.dtd", Namespace::itunes},
    {"http://www.google.com/schemas/play-podcasts/1.0", Namespace::itunes},
    {"http://search.yahoo.com/mrss", Namespace::media},
    {"http://www.rssboard.org/media-rss", Namespace::media},
    {"http://podcastindex.org/namespace/1.0", Namespace::podcast},
    {"http://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", Namespace::podcast},
    {"http://podlove.org/simple-chapters", Namespace::podlove},
    {"http://www.w3.org/1999/02/22-rdf-syntax-ns", Namespace::rdf},
    {"http://purl.org/rss/1.0/modules/syndication", Namespace::syndication},
    {"http://www.w3.org/1999/xhtml", Namespace::xhtml},
    {"http://www.w3.org/xml/1998/namespace", Namespace::xml},
});

struct Prefix {
  std::string_view prefix;
  std::string_view uri;
};

constexpr std::array prefixes = std::to_array<Prefix>({
    {"atom", "http://www.w3.org/2005/Atom"},
    {"atom10", "http://www.w3.org/2005/Atom"},
    {"content", "http://purl.org/rss/1.0/modules/content/"},
    {"dc", "http://purl.org/dc/elements/1.1/"},
    {"dcterms", "http://purl.org/dc/terms/"},
    {"feedburner", "http://rssnamespace.org/feedburner/ext/1.0"},
    {"googleplay", "http://www.google.com/schemas/play-podcasts/1.0"},
    {"itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"},
    {"media", "http://search.yahoo.com/mrss/"},
    {"podcast", "https://podcastindex.org/namespace/1.0"},
    {"psc", "http://podlove.org/simple-chapters"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"sy", "http://purl.org/rss/1.0/modules/syndication/"},
    {"xhtml", "http://www.w3.org/1999/xhtml"},
});

using enum Namespace;
using enum Field;

constexpr std::array words = std::to_array<Word>({
    {plain, "title", title, 9},
    {dublin_core, "title", title, 5},
    {itunes, "title", title, 4},
    {Namespace::media, "title", title, 3},

    {plain, "link", link, 8},
    {feedburner, "origlink", link, 9},

    {plain, "description", description, 8},
    {plain, "summary", description, 7},
    {plain, "subtitle", description, 6},
    {plain, "info", description, 3},
    {plain, "tagline", description, 6},
    {plain, "abstract", description, 6},
    {itunes, "summary", description, 5},
    {dublin_core, "description", description, 4},
    {dublin_core, "abstract", description, 4},
    {Namespace::media, "description", description, 3},
    {itunes, "subtitle", Field::subtitle, 9},

    {Namespace::content, "encoded", body, 9},
    {plain, "content", body, 8},
    {xhtml, "body", body, 7},
    {xhtml, "div", body, 6},

    {plain, "guid", guid, 9},
    {plain, "id", guid, 8},
    {dublin_core, "identifier", guid, 5},

    {plain, "pubdate", published, 9},
    {plain, "published", published, 8},
    {plain, "issued", published, 7},
    {dublin_core, "issued", published, 6},
    {dublin_core, "date", published, 5},
    {plain, "created", published, 4},
    {dublin_core, "created", published, 4},
    {plain, "date", published, 3},

    {plain, "updated", updated, 9},
    {plain, "modified", updated, 8},
    {dublin_core, "modified", updated, 7},
    {plain, "lastbuilddate", updated, 6},

    {plain, "language", language, 9},
    {dublin_core, "language", language, 8},

    {plain, "image", picture, 8},
    {itunes, "image", picture, 9},
    {itunes, "link", link, 7},
    {plain, "logo", image, 7},
    {plain, "icon", icon, 9},

    {plain, "author", author, 9},
    {dublin_core, "creator", author, 8},
    {dublin_core, "author", author, 8},
    {itunes, "author", author, 7},
    {plain, "managingeditor", author, 6},
    {plain, "contributor", contributor, 9},
    {dublin_core, "contributor", contributor, 8},
    {itunes, "owner", owner, 9},
    {dublin_core, "publisher", owner, 8},
    {plain, "webmaster", owner, 7},

    {plain, "category", category, 9},
    {dublin_core, "subject", category, 9},
    {itunes, "category", category, 9},
    {itunes, "keywords", keywords, 9},
    {Namespace::media, "keywords", keywords, 9},

    {plain, "enclosure", enclosure, 9},
    {Namespace::media, "content", media_file, 9},
    {Namespace::media, "thumbnail", thumbnail, 5},
    {Namespace::media, "group", wrapper, 9},

    {plain, "copyright", copyright, 9},
    {plain, "rights", copyright, 9},
    {dublin_core, "rights", copyright, 8},
    {Namespace::media, "copyright", copyright, 7},
    {plain, "generator", generator, 9},
    {plain, "comments", comments, 9},
    {plain, "ttl", ttl, 9},
    {syndication, "updateperiod", update_period, 9},
    {syndication, "updatefrequency", update_frequency, 9},
    {plain, "source", source, 9},
    {podlove, "chapters", wrapper, 9},
    {podlove, "chapter", chapter, 9},

    {itunes, "duration", duration, 9},
    {itunes, "season", season, 8},
    {itunes, "episode", episode, 8},
    {itunes, "episodetype", episode_type, 9},
    {itunes, "type", podcast_type, 9},
    {itunes, "explicit", is_explicit, 9},
    {itunes, "block", is_blocked, 9},
    {itunes, "complete", is_complete, 9},
    {itunes, "new-feed-url", new_feed_url, 9},

    {podcast, "season", season, 9},
    {podcast, "episode", episode, 9},
    {podcast, "guid", podcast_guid, 9},
    {podcast, "medium", medium, 9},
    {podcast, "person", person, 9},
    {podcast, "chapters", chapters, 9},
    {podcast, "transcript", transcript, 9},
    {podcast, "funding", funding, 9},
});

// Every element of every feed is looked up, so the table is hashed (FNV-1a, open addressing), when it is compiled.

constexpr std::uint32_t hash_of(Namespace space, std::string_view name) {
  std::uint32_t hash = 2166136261U ^ static_cast<std::uint32_t>(space);
  for (const char letter : name) hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619U;
  return hash ^ (hash >> 15U);
}

constexpr auto slots = [] {
  std::array<std::int16_t, 256> table{};
  static_assert(words.size() < 192);
  table.fill(-1);
  for (std::size_t row = 0; row < words.size(); ++row) {
    std::size_t slot = hash_of(words[row].space, words[row].name);
    while (table[slot % table.size()] >= 0) ++slot;
    table[slot % table.size()] = static_cast<std::int16_t>(row);
  }
  return table;
}();

}  // namespace

Namespace namespace_of(std::string_view uri) {
  std::string normal = to_lower(trim(uri));
  while (!normal.empty() && (normal.back() == '/' || normal.back() == '#')) normal.pop_back();
  if (normal.starts_with("https:")) normal.erase(4, 1);
  const auto found = std::ranges::find(uris, normal, &Uri::uri);
  return found == uris.end() ? unknown : found->space;
}

std::string_view usual_namespace(std::string_view prefix) {
  const std::string lower = to_lower(prefix);
  const auto found = std::ranges::find(prefixes, lower, &Prefix::prefix);
  return found == prefixes.end() ? std::string_view() : found->uri;
}

const Word* find_word(Namespace space, std::string_view name) {
  for (std::size_t slot = hash_of(space, name);; ++slot) {
    const std::int16_t row = slots[slot % slots.size()];
    if (row < 0) return nullptr;
    const Word& word = words[static_cast<std::size_t>(row)];
    if (word.name == name && word.space == space) return &word;
  }
}

}  // namespace skypod::feed
