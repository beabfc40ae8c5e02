// A feed as skypod sees it, whatever it was written in: RSS, RDF, Atom and JSON Feed all become these values. They are
// what the library stores and what the proxy answers (as JSON Feed, see json_feed.hpp).
//
// Text is UTF-8. Web addresses are absolute http or https, or empty. HTML is as the publisher wrote it: it must be
// sanitised before it is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skypod::feed {

/// Limits. Whatever passes one of the first three fails with a FeedError; whatever passes another is cut, and the feed
/// is marked `truncated`.
inline constexpr std::size_t items_max = 20'000;
inline constexpr std::size_t depth_max = 64;               // elements inside one another
inline constexpr std::size_t text_total_max = 32U << 20U;  // octets of text and attributes in one document
inline constexpr std::size_t html_max = 1U << 20U;         // octets of content or description
inline constexpr std::size_t line_max = 4096;              // octets of a title, name, address, date
inline constexpr std::size_t list_max = 100;               // authors, tags, attachments, transcripts of one item
inline constexpr std::size_t extras_max = 1000;            // podcast elements of one item, nested ones included
inline constexpr std::size_t summary_chars_max = 500;      // code points of a plain-text summary

/// Why a document is no feed that can be used.
enum class FeedError { not_a_feed, too_deep, too_many_items, too_much_text };

/// A sentence that says what is wrong, why, and what helps.
std::string_view sentence_of(FeedError error);

/// An author, or anyone the podcast namespace credits.
struct Person {
  std::string name;
  std::string email;
  std::string url;
  std::string avatar;
  std::string role;   // podcast:person, e.g. "guest"
  std::string group;  // podcast:person, e.g. "cast"

  friend bool operator==(const Person&, const Person&) = default;
};

/// A file that belongs to an item; for a podcast, the episode's audio.
struct Attachment {
  std::string url;
  std::string mime_type;
  std::optional<std::uint64_t> size_octets;
  std::optional<std::uint64_t> duration_seconds;

  friend bool operator==(const Attachment&, const Attachment&) = default;
};

/// An address with its media type: podcast:chapters, podcast:transcript.
struct Document {
  std::string url;
  std::string mime_type;
  std::string language;  // transcripts only
  std::string rel;       // transcripts only, e.g. "captions"

  friend bool operator==(const Document&, const Document&) = default;
};

/// A way to give money: podcast:funding.
struct Funding {
  std::string url;
  std::string text;

  friend bool operator==(const Funding&, const Funding&) = default;
};

/// A chapter that the feed itself lists (Podlove Simple Chapters).
struct Chapter {
  std::uint64_t start_ms = 0;
  std::string title;
  std::string url;
  std::string image;

  friend bool operator==(const Chapter&, const Chapter&) = default;
};

/// The feed that an item was taken from: RSS and Atom <source>.
struct Source {
  std::string title;
  std::string url;

  friend bool operator==(const Source&, const Source&) = default;
};

/// An element of the podcast namespace that has no member of its own here, kept as it is written: soundbite, value,
/// location, podroll and whatever the namespace will invent. Addresses in it are absolute http or https where the
/// attribute's name says that it is one; nothing in it is script.
struct Extra {
  std::string name;  // local, as written: "alternateEnclosure"
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;
  std::vector<Extra> children;

  friend bool operator==(const Extra&, const Extra&) = default;
};

/// One episode or article.
struct Item {
  std::string guid;      // as the publisher wrote it, or empty
  std::string identity;  // see identity.hpp; never empty
  std::string url;
  std::string title;         // plain text
  std::string content_html;  // the longest form that the feed has
  std::string content_base;  // what relative addresses in it start from; empty if nobody knows
  std::string summary;       // plain text, at most summary_chars_max
  std::string image;
  std::string language;
  std::optional<std::int64_t> published_ms;  // since 1970, UTC; when modified, if the feed says no more
  std::optional<std::int64_t> modified_ms;
  std::vector<Person> authors;
  std::vector<std::string> tags;
  std::vector<Attachment> attachments;
  std::vector<Person> contributors;
  std::string comments_url;
  std::string copyright;  // plain text
  Source source;

  std::optional<std::uint64_t> season;
  std::string season_name;
  std::string episode;          // decimal number, may have a fraction (podcast:episode)
  std::string episode_display;  // podcast:episode, how the number is to be shown
  std::string episode_type;     // "full", "trailer", "bonus" or empty
  std::string subtitle;         // itunes:subtitle
  std::optional<bool> is_explicit;
  Document chapters;
  std::vector<Document> transcripts;
  std::vector<Person> persons;
  std::optional<bool> is_blocked;  // itunes:block: not to be listed
  std::vector<Funding> funding;
  std::vector<Chapter> chapter_list;
  std::vector<Extra> podcast;  // every other element of the podcast namespace
  Extra live;                  // of a podcast:liveItem: its status, start and end; else without a name

  friend bool operator==(const Item&, const Item&) = default;
};

/// A whole feed, items in the publisher's order.
struct Feed {
  std::string title;
  std::string home_page_url;
  std::string feed_url;  // what the feed says of itself, or where it was found
  std::string description;
  std::string language;
  std::string icon;
  std::string favicon;
  std::string next_url;           // the next page of a paged feed (RFC 5005)
  std::vector<std::string> hubs;  // WebSub
  std::vector<Person> authors;
  std::vector<Person> contributors;
  std::string copyright;  // plain text
  std::string generator;
  std::optional<std::uint64_t> ttl_minutes;
  std::optional<std::int64_t> published_ms;
  std::optional<std::int64_t> modified_ms;
  std::vector<std::string> tags;
  std::vector<Item> items;
  bool truncated = false;  // a limit cut something

  std::string podcast_guid;
  std::string medium;
  std::string podcast_type;  // itunes:type: "episodic", "serial" or empty
  std::optional<bool> is_explicit;
  std::vector<Person> persons;
  std::vector<Funding> funding;
  std::string subtitle;             // itunes:subtitle
  std::optional<bool> is_blocked;   // itunes:block
  std::optional<bool> is_complete;  // itunes:complete: nothing will follow
  std::string new_feed_url;         // itunes:new-feed-url
  Person owner;                     // itunes:owner, dc:publisher, webMaster
  std::vector<Item> live_items;     // podcast:liveItem
  std::vector<Extra> podcast;       // every other element of the podcast namespace

  friend bool operator==(const Feed&, const Feed&) = default;
};

}  // namespace skypod::feed
