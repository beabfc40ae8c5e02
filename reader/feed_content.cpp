#include "reader/feed_content.hpp"

#include <string>

#include "core/feed/content_base.hpp"
#include "core/feed/reading_time.hpp"
#include "reader/embeds.hpp"
#include "reader/html.hpp"
#include "reader/plain.hpp"
#include "reader/sanitiser.hpp"

namespace skypod::reader {
namespace {

std::string text_member(const wire::Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string safe_content(const std::string& html, const std::string& base) {
  if (!may_have_embeds(html)) return sanitise(html, base);
  const auto document = parse_fragment(html);
  replace_embeds(*document);
  const Node* body = document->part("body");
  return body == nullptr ? "" : sanitise_children(*body, base);
}

void finish_item(wire::Json& item, const wire::Json& feed) {
  if (!item.is_object()) return;
  wire::Json& ours = item["_skypod"];
  if (!ours.is_object()) ours = wire::Json::object();
  const std::string html = safe_content(text_member(item, "content_html"), feed::content_base(item, feed));
  std::string language = text_member(item, "language");
  if (language.empty()) language = text_member(feed, "language");
  const feed::ReadingTime time = feed::reading_time(plain_text_of(*parse_fragment(html)->root()), language);
  ours.erase("base");
  ours["words"] = time.words;
  ours["minutes"] = time.minutes;
  item["content_html"] = html;
}

}  // namespace

void finish_feed(wire::Json& feed) {
  if (!feed.contains("items")) return;
  wire::Json items = std::move(feed["items"]);
  for (wire::Json& item : items) finish_item(item, feed);
  feed["items"] = std::move(items);
}

}  // namespace skypod::reader
