#include "core/device/direct_document.hpp"

#include <string>
#include <utility>
#include <vector>

#include "core/feed/content_base.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/json_feed.hpp"
#include "core/feed/parser.hpp"
#include "core/feed/reading_time.hpp"
#include "core/wire/fields.hpp"

namespace skypod::device {
namespace {

using wire::Json;

constexpr std::size_t url_octets_max = 4096;

std::string_view view(const Json& text) {
  const auto* string = text.get_ptr<const std::string*>();
  return string == nullptr ? std::string_view() : std::string_view(*string);
}

/// [namespace, name, [[namespace, name, value], …]]
void begin_element(const Json& event, feed::Parser& parser) {
  std::vector<feed::Attribute> attributes;
  for (const Json& one : event[2]) {
    if (one.is_array() && one.size() == 3) attributes.push_back({view(one[0]), view(one[1]), view(one[2])});
  }
  parser.start_element(view(event[0]), view(event[1]), attributes);
}

Result<feed::Feed, feed::FeedError> read_events(const Json& events, const std::string& url) {
  feed::Parser parser(url);
  for (const Json& event : events) {
    if (parser.stopped()) break;
    if (event.is_null()) parser.end_element();
    if (event.is_string()) parser.text(view(event));
    if (event.is_array() && event.size() == 3 && event[2].is_array()) begin_element(event, parser);
  }
  return parser.finish();
}

/// What the reader does natively (reader/feed_content.hpp), but for the HTML, which is made safe when it is shown.
void finish_item(Json& item, const Json& feed) {
  const std::string html = item.value("content_html", "");
  if (html.empty()) return;
  const std::string language = item.value("language", feed.value("language", ""));
  Json& ours = item["_skypod"];
  ours["base"] = feed::content_base(item, feed);
  ours["minutes"] = feed::reading_time(feed::plain_text(html, html.size()), language).minutes;
}

std::optional<Json> written(const Result<feed::Feed, feed::FeedError>& feed) {
  if (!feed) return std::nullopt;
  Json json = feed::to_json_feed(*feed);
  Json items = std::move(json["items"]);
  for (Json& item : items) finish_item(item, json);
  json["items"] = std::move(items);
  return json;
}

}  // namespace

bool is_feed(const Json& document) {
  return document.is_object() && document.contains("items") && document["items"].is_array();
}

bool wants_login(const Json& answer) {
  wire::Fields fields(answer);
  return fields.integer("status", 100, 599) == 401 && fields.ok();
}

std::optional<Json> feed_of(const Json& answer) {
  wire::Fields fields(answer);
  const std::int64_t status = fields.integer("status", 100, 599);
  if (!fields.ok() || status != 200) return std::nullopt;
  if (answer.contains("body")) return is_feed(answer["body"]) ? std::optional(answer["body"]) : std::nullopt;
  const std::string url = fields.text("url", url_octets_max);
  if (fields.ok() && answer.contains("json")) return written(feed::from_json_feed(answer["json"], url));
  const Json& events = fields.array("events", direct_events_max);
  return fields.ok() ? written(read_events(events, url)) : std::nullopt;
}

}  // namespace skypod::device
