#include "reader/json_ld.hpp"

#include <algorithm>
#include <array>

#include "core/feed/html_text.hpp"
#include "core/wire/json.hpp"

namespace skypod::reader {
namespace {

using wire::Json;

constexpr std::size_t authors_max = 20;

constexpr auto article_types = std::to_array<std::string_view>(
    {"AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle", "BackgroundNewsArticle",
     "BlogPosting", "DiscussionForumPosting", "LiveBlogPosting", "MedicalScholarlyArticle", "NewsArticle",
     "OpinionNewsArticle", "Report", "ReportageNewsArticle", "ReviewNewsArticle", "SatiricalArticle",
     "ScholarlyArticle", "SocialMediaPosting", "TechArticle", "APIReference"});

const Json* member(const Json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

/// A string, or a named thing, or the first of a list of either.
std::string text_of_value(const Json* value, const char* inner = "name") {
  if (value == nullptr) return "";
  if (value->is_string()) return feed::title_text(value->get_ref<const std::string&>());
  if (value->is_array()) return value->empty() ? "" : text_of_value(&value->front(), inner);
  const Json* inside = member(*value, inner);
  return inside != nullptr && inside->is_string() ? feed::title_text(inside->get_ref<const std::string&>()) : "";
}

bool is_article_type(const Json& type) {
  if (type.is_array()) return std::ranges::any_of(type, is_article_type);
  return type.is_string() &&
         std::ranges::find(article_types, type.get_ref<const std::string&>()) != article_types.end();
}

/// The first article at the top, in a list, or in a @graph; `depth` bounds the search.
const Json* find_article(const Json& json, int depth = 3) {
  if (depth == 0) return nullptr;
  if (json.is_array()) {
    for (const Json& each : json) {
      if (const Json* found = find_article(each, depth - 1)) return found;
    }
    return nullptr;
  }
  const Json* type = member(json, "@type");
  if (type != nullptr && is_article_type(*type)) return &json;
  const Json* graph = member(json, "@graph");
  if (graph != nullptr) return find_article(*graph, depth - 1);
  const Json* entity = member(json, "mainEntity");
  return entity == nullptr ? nullptr : find_article(*entity, depth - 1);
}

std::string authors_of(const Json* author) {
  if (author == nullptr || !author->is_array()) return text_of_value(author);
  std::string names;
  for (std::size_t i = 0; i < std::min(author->size(), authors_max); ++i) {
    const std::string name = text_of_value(&(*author)[i]);
    if (!name.empty()) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

/// `headline` is the article's; `name` is what some publishers misuse for the site's.
std::string title_of_article(const Json& article) {
  const std::string headline = text_of_value(member(article, "headline"));
  return headline.empty() ? text_of_value(member(article, "name")) : headline;
}

Metadata metadata_of(const Json& article) {
  Metadata metadata;
  metadata.title = title_of_article(article);
  metadata.byline = authors_of(member(article, "author"));
  metadata.excerpt = text_of_value(member(article, "description"));
  metadata.site_name = text_of_value(member(article, "publisher"));
  metadata.published_time = text_of_value(member(article, "datePublished"));
  metadata.image = text_of_value(member(article, "image"), "url");
  metadata.language = text_of_value(member(article, "inLanguage"));
  return metadata;
}

/// The JSON in a script, as guarded() has left it: some wrap it into CDATA or comments, some leave line ends in its
/// strings.
std::string json_text(const Node& script) {
  std::string text;
  append_text(script, text);
  std::string_view inner = feed::trim(text);
  for (const std::string_view opening : {"/*\\u003c![CDATA[*/", "//\\u003c![CDATA[", "\\u003c![CDATA[", "\\u003c!--"}) {
    if (inner.starts_with(opening)) inner.remove_prefix(opening.size());
  }
  if (inner.ends_with("]]>")) inner.remove_suffix(3);
  std::string json(inner.substr(0, inner.find_last_of("}]") + 1));
  std::ranges::replace_if(json, [](char octet) { return static_cast<unsigned char>(octet) < 0x20; }, ' ');
  return json;
}

}  // namespace

Metadata read_json_ld(const Document& document) {
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (!node->is("script") || feed::to_lower(node->attribute("type")) != "application/ld+json") continue;
    const auto json = wire::parse_json(json_text(*node));
    const Json* article = json ? find_article(*json) : nullptr;
    if (article != nullptr) return metadata_of(*article);
  }
  return {};
}

}  // namespace skypod::reader
