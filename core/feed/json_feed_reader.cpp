// A JSON Feed read into a feed: every type is checked, every text bounded.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/feed/draft.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/identity.hpp"
#include "core/feed/json_feed.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

using wire::Json;

/// One object of a foreign document; anything of a wrong type reads as absent.
class Reader {
 public:
  Reader(const Json& object, std::string_view base, bool& truncated)
      : object_(object), base_(base), truncated_(truncated) {}

  std::string text(const char* name, std::size_t max = line_max) const {
    const Json* value = find(name);
    if (value == nullptr || !value->is_string()) return "";
    const auto& text = value->get_ref<const std::string&>();
    truncated_ = truncated_ || text.size() > max;
    return std::string(utf8_prefix(text, max));
  }

  std::string line(const char* name) const { return collapse_space(text(name)); }

  std::string url(const char* name) const { return resolve_url(base_, text(name)); }

  /// A string, or a number as earlier versions wrote ids.
  std::string id(const char* name) const {
    const Json* value = find(name);
    return value != nullptr && value->is_number() ? wire::to_json(*value) : line(name);
  }

  std::optional<std::int64_t> date(const char* name) const { return parse_date(text(name)); }

  std::optional<double> number(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    const double number = value->get<double>();
    return number >= 0 && number < 9e12 ? std::optional(number) : std::nullopt;
  }

  std::optional<std::uint64_t> whole(const char* name) const {
    const auto value = number(name);
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
  }

  /// A size or duration: 0 is not known.
  std::optional<std::uint64_t> quantity(const char* name) const {
    const auto value = whole(name);
    return value && *value > 0 ? value : std::nullopt;
  }

  std::optional<bool> boolean(const char* name) const {
    const Json* value = find(name);
    return value != nullptr && value->is_boolean() ? std::optional(value->get<bool>()) : std::nullopt;
  }

  /// Calls `use` with each member of an array, at most list_max.
  template <class Use>
  void each(const char* name, Use use) const {
    const Json* value = find(name);
    if (value == nullptr || !value->is_array()) return;
    truncated_ = truncated_ || value->size() > list_max;
    for (std::size_t i = 0; i < std::min(value->size(), list_max); ++i) {
      use((*value)[i]);
    }
  }

  std::vector<std::string> lines(const char* name) const {
    std::vector<std::string> list;
    each(name, [&](const Json& json) {
      if (!json.is_string()) return;
      std::string line = collapse_space(utf8_prefix(json.get_ref<const std::string&>(), line_max));
      if (!line.empty()) list.push_back(std::move(line));
    });
    return list;
  }

  /// Calls `use` with the name and value of every member that is an array, but for the named ones.
  template <class Names, class Use>
  void each_other_array(const Names& names, Use use) const {
    if (!object_.is_object()) return;
    for (const auto& [name, value] : object_.items()) {
      if (value.is_array() && std::ranges::find(names, name) == names.end()) use(name, value);
    }
  }

  /// Every member that is a string, but for "text".
  std::vector<std::pair<std::string, std::string>> strings() const {
    std::vector<std::pair<std::string, std::string>> found;
    if (!object_.is_object()) return found;
    for (const auto& [name, value] : object_.items()) {
      if (value.is_string() && name != "text" && found.size() < list_max) found.emplace_back(name, line(name.c_str()));
    }
    return found;
  }

  Reader object(const char* name) const {
    static const Json nothing = Json::object();
    const Json* value = find(name);
    return {value == nullptr ? nothing : *value, base_, truncated_};
  }

  Reader of(const Json& json) const { return {json, base_, truncated_}; }

 private:
  const Json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  const Json& object_;
  std::string_view base_;
  bool& truncated_;
};

void read_author(const Reader& reader, std::vector<Person>& authors) {
  Person person;
  person.name = reader.line("name");
  person.url = reader.url("url");
  person.avatar = reader.url("avatar");
  const std::string address = reader.text("url");
  person.email = address.starts_with("mailto:") ? address.substr(7) : reader.line("_email");
  if (person.name == person.email) person.name.clear();
  if (!person.name.empty() || !person.url.empty() || !person.email.empty()) authors.push_back(std::move(person));
}

/// `authors`, or `author` as in version 1.
std::vector<Person> read_authors(const Reader& reader) {
  std::vector<Person> authors;
  reader.each("authors", [&](const Json& json) { read_author(reader.of(json), authors); });
  if (authors.empty()) read_author(reader.object("author"), authors);
  return authors;
}

std::vector<Person> read_persons(const Reader& reader) {
  std::vector<Person> persons;
  reader.each("persons", [&](const Json& json) {
    const Reader each = reader.of(json);
    Person person{.name = each.line("name"),
                  .email = "",
                  .url = each.url("href"),
                  .avatar = each.url("img"),
                  .role = each.line("role"),
                  .group = each.line("group")};
    if (!person.name.empty()) persons.push_back(std::move(person));
  });
  return persons;
}

Document read_document(const Reader& reader) {
  return {reader.url("url"), reader.line("type"), reader.line("language"), reader.line("rel")};
}

void read_attachments(const Reader& reader, Item& item) {
  reader.each("attachments", [&](const Json& json) {
    const Reader each = reader.of(json);
    Attachment attachment{each.url("url"), each.line("mime_type"), each.quantity("size_in_bytes"),
                          each.quantity("duration_in_seconds")};
    if (attachment.mime_type == "application/octet-stream") attachment.mime_type.clear();
    if (!attachment.url.empty()) item.attachments.push_back(std::move(attachment));
  });
}

// Members of `_podcast` that hold arrays and mean something of their own; any other array is made of extras.
constexpr auto feed_arrays = std::to_array<std::string_view>({"categories", "funding", "live_items", "persons"});
constexpr auto item_arrays = std::to_array<std::string_view>({"chapter_list", "funding", "persons", "transcripts"});
constexpr int extra_depth_max = 8;

/// Reads what extra_json() wrote; `room` is how many more are wanted.
template <class Names>
std::vector<Extra> read_extras(const Reader& reader, const Names& taken, std::size_t& room, int depth = 0) {
  std::vector<Extra> extras;
  if (depth >= extra_depth_max) return extras;
  reader.each_other_array(taken, [&](const std::string& name, const Json& list) {
    for (const Json& json : list) {
      if (!json.is_object() || room == 0) continue;
      --room;
      const Reader each = reader.of(json);
      constexpr std::array<std::string_view, 0> none{};
      extras.push_back({name, each.strings(), each.line("text"), read_extras(each, none, room, depth + 1)});
    }
  });
  return extras;
}

void read_chapter(const Reader& reader, Item& item) {
  const auto seconds = reader.number("start_seconds");
  if (!seconds || item.chapter_list.size() >= list_max * 10) return;
  item.chapter_list.push_back({static_cast<std::uint64_t>(*seconds * 1000 + 0.5), reader.line("title"),
                               reader.url("url"), reader.url("image")});
}

void read_funding(const Reader& reader, std::vector<Funding>& list) {
  reader.each("funding", [&](const Json& json) {
    Funding funding{reader.of(json).url("url"), reader.of(json).line("text")};
    if (!funding.url.empty()) list.push_back(std::move(funding));
  });
}

void read_item_podcast(const Reader& reader, Item& item) {
  item.season = reader.whole("season");
  item.season_name = reader.line("season_name");
  item.episode = reader.line("episode");
  item.episode_display = reader.line("episode_display");
  item.episode_type = reader.line("episode_type");
  item.subtitle = reader.line("subtitle");
  item.is_blocked = reader.boolean("block");
  item.is_explicit = reader.boolean("explicit");
  item.chapters = read_document(reader.object("chapters"));
  reader.each("transcripts", [&](const Json& json) {
    Document transcript = read_document(reader.of(json));
    if (!transcript.url.empty()) item.transcripts.push_back(std::move(transcript));
  });
  item.persons = read_persons(reader);
  read_funding(reader, item.funding);
  reader.each("chapter_list", [&](const Json& json) { read_chapter(reader.of(json), item); });
  if (const auto live = reader.object("live").strings(); !live.empty()) item.live = {"liveItem", live, "", {}};
  std::size_t room = extras_max;
  item.podcast = read_extras(reader, item_arrays, room);
}

void read_contributors(const Reader& reader, std::vector<Person>& contributors) {
  reader.each("contributors", [&](const Json& json) { read_author(reader.of(json), contributors); });
}

void read_item_skypod(const Reader& reader, Item& item) {
  item.content_base = reader.url("base");
  item.comments_url = reader.url("comments_url");
  item.copyright = reader.line("copyright");
  item.source = {reader.object("source").line("title"), reader.object("source").url("url")};
  read_contributors(reader, item.contributors);
}

/// Ours with a guid that another item has as well has its identity as id. Believed only if it is the identity that the
/// item would have here.
void take_shared_guid(std::string guid, const std::string& identity, Item& item) {
  if (guid.empty() || item.guid != collapse_space(identity)) return;
  std::swap(item.guid, guid);
  if (qualified_identity(item) == identity) {
    item.identity = identity;
  } else {
    std::swap(item.guid, guid);
  }
}

Item read_item(const Reader& reader) {
  Item item;
  item.guid = reader.id("id");
  item.url = reader.url("url");
  if (item.url.empty()) item.url = reader.url("external_url");
  item.title = reader.line("title");
  item.content_html = reader.text("content_html", html_max);
  if (item.content_html.empty()) item.content_html = html_of_text(reader.text("content_text", html_max / 8));
  std::string escaped;
  append_escaped(escaped, reader.text("summary"));
  item.summary = plain_text(escaped, summary_chars_max);
  item.image = reader.url("image");
  if (item.image.empty()) item.image = reader.url("banner_image");
  item.language = reader.line("language");
  item.modified_ms = reader.date("date_modified");
  item.published_ms = reader.date("date_published");
  if (!item.published_ms) item.published_ms = item.modified_ms;
  item.authors = read_authors(reader);
  item.tags = reader.lines("tags");
  read_attachments(reader, item);
  read_item_podcast(reader.object("_podcast"), item);
  read_item_skypod(reader.object("_skypod"), item);
  complete_item(item, "");
  // Ours without a guid has its identity as id; it is no guid for that, and stays what it is.
  const std::string identity = reader.object("_skypod").text("identity");
  if (!identity.empty() && !identity.starts_with("guid:") && collapse_space(identity) == item.guid) {
    item.guid.clear();
    item.identity = identity;
  }
  take_shared_guid(reader.object("_skypod").text("guid"), identity, item);
  return item;
}

void read_feed_podcast(const Reader& reader, Feed& feed) {
  feed.podcast_guid = reader.line("guid");
  feed.medium = reader.line("medium");
  feed.podcast_type = reader.line("type");
  feed.is_explicit = reader.boolean("explicit");
  feed.subtitle = reader.line("subtitle");
  feed.is_blocked = reader.boolean("block");
  feed.is_complete = reader.boolean("complete");
  feed.new_feed_url = reader.url("new_feed_url");
  feed.owner.name = reader.object("owner").line("name");
  feed.owner.email = reader.object("owner").line("email");
  feed.tags = reader.lines("categories");
  feed.persons = read_persons(reader);
  read_funding(reader, feed.funding);
  reader.each("live_items", [&](const Json& json) {
    if (json.is_object()) feed.live_items.push_back(read_item(reader.of(json)));
  });
  std::size_t room = extras_max;
  feed.podcast = read_extras(reader, feed_arrays, room);
}

void read_feed_skypod(const Reader& reader, Feed& feed) {
  if (reader.boolean("truncated").value_or(false)) feed.truncated = true;
  feed.copyright = reader.line("copyright");
  feed.generator = reader.line("generator");
  feed.published_ms = reader.date("date_published");
  feed.modified_ms = reader.date("date_modified");
  feed.ttl_minutes = reader.whole("ttl_minutes");
  read_contributors(reader, feed.contributors);
}

bool is_json_feed(const Json& json) {
  if (!json.is_object() || !json.contains("version") || !json.contains("items")) return false;
  const Json& version = json["version"];
  return version.is_string() &&
         version.get_ref<const std::string&>().find("jsonfeed.org/version/1") != std::string::npos &&
         json["items"].is_array();
}

}  // namespace

Result<Feed, FeedError> from_json_feed(const Json& json, std::string_view document_url) {
  if (!is_json_feed(json)) return unexpected(FeedError::not_a_feed);
  const Json& items = json["items"];
  if (items.size() > items_max) return unexpected(FeedError::too_many_items);
  Feed feed;
  const Reader reader(json, document_url, feed.truncated);
  feed.title = reader.line("title");
  feed.home_page_url = reader.url("home_page_url");
  feed.feed_url = reader.url("feed_url");
  if (feed.feed_url.empty()) feed.feed_url = document_url;
  feed.description = reader.line("description");
  feed.language = reader.line("language");
  feed.icon = reader.url("icon");
  feed.favicon = reader.url("favicon");
  if (feed.icon.empty()) feed.icon = feed.favicon;
  feed.next_url = reader.url("next_url");
  reader.each("hubs", [&](const Json& json) {
    std::string hub = reader.of(json).url("url");
    if (!hub.empty()) feed.hubs.push_back(std::move(hub));
  });
  feed.authors = read_authors(reader);
  read_feed_podcast(reader.object("_podcast"), feed);
  read_feed_skypod(reader.object("_skypod"), feed);
  for (const Json& item : items) {
    if (item.is_object()) feed.items.push_back(read_item(reader.of(item)));
  }
  tell_apart(feed.items);
  return feed;
}

}  // namespace skypod::feed
