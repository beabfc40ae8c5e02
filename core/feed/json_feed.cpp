#include "core/feed/json_feed.hpp"

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/feed/draft.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

using wire::Json;

constexpr std::string_view version_url = "https://jsonfeed.org/version/1.1";

// Writing: members that are empty are left out.

void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

template <class T>
void put(Json& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = *value;
}

void put(Json& object, const char* name, Json value) {
  if (!value.empty()) object[name] = std::move(value);
}

void put_date(Json& object, const char* name, std::optional<std::int64_t> ms) {
  if (ms) object[name] = format_date(*ms);
}

template <class List, class Convert>
Json array_of(const List& list, Convert convert) {
  Json array = Json::array();
  for (const auto& each : list) {
    array.push_back(convert(each));
  }
  return array;
}

Json author_json(const Person& person) {
  Json json = Json::object();
  put(json, "name", person.name.empty() ? person.email : person.name);
  put(json, "url", person.url.empty() && !person.email.empty() ? "mailto:" + person.email : person.url);
  put(json, "avatar", person.avatar);
  return json;
}

Json credit_json(const Person& person) {
  Json json = {{"name", person.name}};
  put(json, "role", person.role);
  put(json, "group", person.group);
  put(json, "href", person.url);
  put(json, "img", person.avatar);
  return json;
}

Json attachment_json(const Attachment& attachment) {
  // JSON Feed requires a media type; this one says that nothing is known.
  const std::string& type = attachment.mime_type;
  Json json = {{"url", attachment.url}, {"mime_type", type.empty() ? "application/octet-stream" : type}};
  put(json, "size_in_bytes", attachment.size_octets);
  put(json, "duration_in_seconds", attachment.duration_seconds);
  return json;
}

Json document_json(const Document& document) {
  Json json = Json::object();
  put(json, "url", document.url);
  put(json, "type", document.mime_type);
  put(json, "language", document.language);
  put(json, "rel", document.rel);
  return json;
}

Json item_podcast_json(const Item& item) {
  Json json = Json::object();
  put(json, "season", item.season);
  put(json, "season_name", item.season_name);
  put(json, "episode", item.episode);
  put(json, "episode_type", item.episode_type);
  put(json, "explicit", item.is_explicit);
  put(json, "chapters", item.chapters.url.empty() ? Json() : document_json(item.chapters));
  put(json, "transcripts", array_of(item.transcripts, document_json));
  put(json, "persons", array_of(item.persons, credit_json));
  return json;
}

Json item_json(const Item& item) {
  Json json = {{"id", item.guid.empty() ? item.identity : item.guid}, {"_skypod", {{"identity", item.identity}}}};
  put(json, "url", item.url);
  put(json, "title", item.title);
  json["content_html"] = item.content_html;  // required, even if empty
  put(json, "summary", item.summary);
  put(json, "image", item.image);
  put(json, "language", item.language);
  put_date(json, "date_published", item.published_ms);
  put_date(json, "date_modified", item.modified_ms);
  put(json, "authors", array_of(item.authors, author_json));
  put(json, "tags", Json(item.tags));
  put(json, "attachments", array_of(item.attachments, attachment_json));
  put(json, "_podcast", item_podcast_json(item));
  return json;
}

Json feed_podcast_json(const Feed& feed) {
  Json json = Json::object();
  put(json, "guid", feed.podcast_guid);
  put(json, "medium", feed.medium);
  put(json, "type", feed.podcast_type);
  put(json, "explicit", feed.is_explicit);
  put(json, "categories", Json(feed.tags));
  put(json, "persons", array_of(feed.persons, credit_json));
  put(json, "funding", array_of(feed.funding, [](const Funding& funding) {
        Json each = {{"url", funding.url}};
        put(each, "text", funding.text);
        return each;
      }));
  return json;
}

// Reading: every type is checked, every text bounded.

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

  std::optional<std::uint64_t> whole(const char* name) const {
    const Json* value = find(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    const double number = value->get<double>();
    return number >= 0 && number < 9e15 ? std::optional(static_cast<std::uint64_t>(number)) : std::nullopt;
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
  if (address.starts_with("mailto:")) person.email = address.substr(7);
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
    Attachment attachment{each.url("url"), each.line("mime_type"), each.whole("size_in_bytes"),
                          each.whole("duration_in_seconds")};
    if (attachment.mime_type == "application/octet-stream") attachment.mime_type.clear();
    if (!attachment.url.empty()) item.attachments.push_back(std::move(attachment));
  });
}

void read_item_podcast(const Reader& reader, Item& item) {
  item.season = reader.whole("season");
  item.season_name = reader.line("season_name");
  item.episode = reader.line("episode");
  item.episode_type = reader.line("episode_type");
  item.is_explicit = reader.boolean("explicit");
  item.chapters = read_document(reader.object("chapters"));
  reader.each("transcripts", [&](const Json& json) {
    Document transcript = read_document(reader.of(json));
    if (!transcript.url.empty()) item.transcripts.push_back(std::move(transcript));
  });
  item.persons = read_persons(reader);
}

Item read_item(const Reader& reader) {
  Item item;
  item.guid = reader.id("id");
  item.url = reader.url("url");
  if (item.url.empty()) item.url = reader.url("external_url");
  item.title = reader.line("title");
  item.content_html = reader.text("content_html", html_max);
  if (item.content_html.empty()) append_escaped(item.content_html, reader.text("content_text", html_max / 8));
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
  complete_item(item, "");
  // Ours without a guid has its identity as id; it is no guid for that.
  if (reader.object("_skypod").text("identity") == item.guid && !item.guid.empty()) {
    item.guid.clear();
    complete_item(item, "");
  }
  return item;
}

void read_feed_podcast(const Reader& reader, Feed& feed) {
  feed.podcast_guid = reader.line("guid");
  feed.medium = reader.line("medium");
  feed.podcast_type = reader.line("type");
  feed.is_explicit = reader.boolean("explicit");
  feed.tags = reader.lines("categories");
  feed.persons = read_persons(reader);
  reader.each("funding", [&](const Json& json) {
    Funding funding{reader.of(json).url("url"), reader.of(json).line("text")};
    if (!funding.url.empty()) feed.funding.push_back(std::move(funding));
  });
}

bool is_json_feed(const Json& json) {
  if (!json.is_object() || !json.contains("version") || !json.contains("items")) return false;
  const Json& version = json["version"];
  return version.is_string() &&
         version.get_ref<const std::string&>().find("jsonfeed.org/version/1") != std::string::npos &&
         json["items"].is_array();
}

}  // namespace

Json to_json_feed(const Feed& feed) {
  Json json = {{"version", version_url}, {"title", feed.title}};
  put(json, "home_page_url", feed.home_page_url);
  put(json, "feed_url", feed.feed_url);
  put(json, "description", feed.description);
  put(json, "language", feed.language);
  put(json, "icon", feed.icon);
  put(json, "authors", array_of(feed.authors, author_json));
  put(json, "_podcast", feed_podcast_json(feed));
  if (feed.truncated) json["_skypod"]["truncated"] = true;
  json["items"] = array_of(feed.items, item_json);
  return json;
}

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
  if (feed.icon.empty()) feed.icon = reader.url("favicon");
  feed.authors = read_authors(reader);
  read_feed_podcast(reader.object("_podcast"), feed);
  for (const Json& item : items) {
    if (item.is_object()) feed.items.push_back(read_item(reader.of(item)));
  }
  return feed;
}

}  // namespace skypod::feed
