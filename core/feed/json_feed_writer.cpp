// A feed written as JSON Feed. Members that would be empty are left out.
#include <string>

#include "core/feed/date.hpp"
#include "core/feed/identity.hpp"
#include "core/feed/json_feed.hpp"

namespace skypod::feed {
namespace {

using wire::Json;

constexpr std::string_view version_url = "https://jsonfeed.org/version/1.1";

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
  if (!person.name.empty() && !person.url.empty()) put(json, "_email", person.email);  // there is no other place left
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

Json chapter_json(const Chapter& chapter) {
  Json json = {{"start_seconds", static_cast<double>(chapter.start_ms) / 1000}};
  put(json, "title", chapter.title);
  put(json, "url", chapter.url);
  put(json, "image", chapter.image);
  return json;
}

void put_extras(Json& json, const std::vector<Extra>& extras);

/// Attributes under their own names, what stands inside as "text" and as arrays.
Json extra_json(const Extra& extra) {
  Json json = Json::object();
  for (const auto& [name, value] : extra.attributes) json[name] = value;
  put(json, "text", extra.text);
  put_extras(json, extra.children);
  return json;
}

/// Elements as arrays under their names; a name that is taken already loses.
void put_extras(Json& json, const std::vector<Extra>& extras) {
  for (const Extra& extra : extras) {
    Json& list = json[extra.name];
    if (list.is_null()) list = Json::array();
    if (list.is_array()) list.push_back(extra_json(extra));
  }
}

Json funding_json(const Funding& funding) {
  Json json = {{"url", funding.url}};
  put(json, "text", funding.text);
  return json;
}

Json item_podcast_json(const Item& item) {
  Json json = Json::object();
  put(json, "season", item.season);
  put(json, "season_name", item.season_name);
  put(json, "episode", item.episode);
  put(json, "episode_display", item.episode_display);
  put(json, "episode_type", item.episode_type);
  put(json, "subtitle", item.subtitle);
  put(json, "block", item.is_blocked);
  put(json, "explicit", item.is_explicit);
  put(json, "chapters", item.chapters.url.empty() ? Json() : document_json(item.chapters));
  put(json, "transcripts", array_of(item.transcripts, document_json));
  put(json, "persons", array_of(item.persons, credit_json));
  put(json, "funding", array_of(item.funding, funding_json));
  put(json, "chapter_list", array_of(item.chapter_list, chapter_json));
  put(json, "live", item.live.name.empty() ? Json() : extra_json(item.live));
  put_extras(json, item.podcast);
  return json;
}

Json item_skypod_json(const Item& item) {
  Json json = {{"identity", item.identity}};
  put(json, "base", item.content_base);
  put(json, "comments_url", item.comments_url);
  put(json, "contributors", array_of(item.contributors, author_json));
  put(json, "copyright", item.copyright);
  Json source = Json::object();
  put(source, "title", item.source.title);
  put(source, "url", item.source.url);
  put(json, "source", std::move(source));
  return json;
}

Json item_json(const Item& item) {
  const bool is_shared = has_shared_guid(item);
  Json json = {{"id", item.guid.empty() || is_shared ? item.identity : item.guid}, {"_skypod", item_skypod_json(item)}};
  if (is_shared) json["_skypod"]["guid"] = item.guid;
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
  put(json, "funding", array_of(feed.funding, funding_json));
  put(json, "subtitle", feed.subtitle);
  put(json, "block", feed.is_blocked);
  put(json, "complete", feed.is_complete);
  put(json, "new_feed_url", feed.new_feed_url);
  Json owner = Json::object();
  put(owner, "name", feed.owner.name);
  put(owner, "email", feed.owner.email);
  put(json, "owner", std::move(owner));
  put(json, "live_items", array_of(feed.live_items, item_json));
  put_extras(json, feed.podcast);
  return json;
}

Json feed_skypod_json(const Feed& feed) {
  Json json = Json::object();
  if (feed.truncated) json["truncated"] = true;
  put(json, "contributors", array_of(feed.contributors, author_json));
  put(json, "copyright", feed.copyright);
  put(json, "generator", feed.generator);
  put_date(json, "date_published", feed.published_ms);
  put_date(json, "date_modified", feed.modified_ms);
  put(json, "ttl_minutes", feed.ttl_minutes);
  return json;
}

}  // namespace

Json to_json_feed(const Feed& feed) {
  Json json = {{"version", version_url}, {"title", feed.title}};
  put(json, "home_page_url", feed.home_page_url);
  put(json, "feed_url", feed.feed_url);
  put(json, "description", feed.description);
  put(json, "language", feed.language);
  put(json, "icon", feed.icon);
  put(json, "favicon", feed.favicon);
  put(json, "next_url", feed.next_url);
  put(json, "hubs", array_of(feed.hubs, [](const std::string& url) { return Json{{"type", "WebSub"}, {"url", url}}; }));
  put(json, "authors", array_of(feed.authors, author_json));
  put(json, "_podcast", feed_podcast_json(feed));
  put(json, "_skypod", feed_skypod_json(feed));
  json["items"] = array_of(feed.items, item_json);
  return json;
}

}  // namespace skypod::feed
