// What the reading tests ask the program's own code, a JSON line in, a JSON line out: {ask, path or text, …} gives
// {feed}, {article}, {html}, … or {error}. One process for thousands of documents, through the same functions as the
// commands.
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "core/wire/json.hpp"
#include "native/charset.hpp"
#include "native/feed_loader.hpp"
#include "native/xml_events.hpp"
#include "reader/article.hpp"
#include "reader/discovery.hpp"
#include "reader/feed_content.hpp"
#include "reader/html.hpp"
#include "reader/plain.hpp"
#include "reader/sanitiser.hpp"

namespace skypod {
namespace {

using wire::Json;

std::string member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string document_of(const Json& question) {
  const std::string path = member(question, "path");
  if (path.empty()) return member(question, "text");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream document;
  document << file.rdbuf();
  return document.str();
}

Json answer_feed(const Json& question) {
  auto feed = parse_feed(document_of(question), member(question, "type"), member(question, "base"));
  if (!feed) return {{"error", feed.error().to_json()}};
  reader::finish_feed(*feed);
  return {{"feed", std::move(*feed)}};
}

Json answer_opml(const Json& question) {
  const auto list = read_opml(document_of(question), "");
  if (!list) return {{"error", {{"message", "this is no list of subscriptions"}}}};
  Json rows = Json::array();
  for (const feed::Subscription& each : list->subscriptions) {
    rows.push_back({each.title, each.feed_url, each.home_page_url, each.folders});
  }
  return {{"title", list->title}, {"rows", rows}, {"opml", feed::to_opml(*list)}};
}

Json answer_article(const Json& question) {
  const std::string page = to_utf8(document_of(question), member(question, "charset"));
  return reader::to_json(reader::read_article(page, member(question, "base")));
}

Json answer(const Json& question) {
  const std::string ask = member(question, "ask");
  if (ask == "feed") return answer_feed(question);
  if (ask == "article") return {{"article", answer_article(question)}};
  if (ask == "text") return {{"text", reader::plain_text_of(*reader::parse_page(document_of(question))->root())}};
  if (ask == "opml") return answer_opml(question);
  if (ask == "discover") {
    return {{"feeds", reader::to_json(reader::feeds_in_page(document_of(question), member(question, "base")))}};
  }
  if (ask == "sanitise") return {{"html", reader::sanitise(document_of(question), member(question, "base"))}};
  return {{"error", {{"message", "nobody knows how to answer \"" + ask + "\""}}}};
}

}  // namespace
}  // namespace skypod

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto question = skypod::wire::parse_json(line);
    const auto reply = question ? skypod::answer(*question) : skypod::wire::Json{{"error", "the question is no JSON"}};
    std::cout << skypod::wire::to_json(reply) << std::endl;
  }
}
