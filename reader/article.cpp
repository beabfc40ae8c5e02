#include "reader/article.hpp"

#include "core/feed/date.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "reader/html.hpp"
#include "reader/page.hpp"
#include "reader/plain.hpp"
#include "reader/sanitiser.hpp"
#include "reader/search.hpp"
#include "reader/trimming.hpp"

namespace skypod::reader {
namespace {

std::string first_paragraph(const Node& content) {
  for (const Node* node = &content; node != nullptr; node = following(node, &content)) {
    if (!node->is("p")) continue;
    std::string text = text_of(*node);
    if (!text.empty()) return text;
  }
  return "";
}

std::string in_utc(const std::string& published) {
  const auto ms = feed::parse_date(published);
  return ms ? feed::format_date(*ms) : published;
}

}  // namespace

Article read_article(std::string_view html, std::string_view page) {
  const auto document = parse_page(html);
  const std::string base = document->base_url(page);
  Metadata metadata = read_metadata(*document);
  prepare_page(*document);
  Found found = find_content(*document, metadata);
  Article article;
  article.byline = metadata.byline.empty() ? std::move(found.byline) : std::move(metadata.byline);
  if (found.content != nullptr) {
    trim_content(*found.content, metadata.title, article.byline);
    article.html = sanitise_children(*found.content, base);
    article.text = plain_text_of(*found.content);
    article.excerpt = metadata.excerpt.empty() ? first_paragraph(*found.content) : std::move(metadata.excerpt);
  }
  article.title = std::move(metadata.title);
  article.site_name = std::move(metadata.site_name);
  article.language = std::move(metadata.language);
  article.direction = found.direction.empty() ? std::move(metadata.direction) : std::move(found.direction);
  article.published_time = in_utc(metadata.published_time);
  article.image = feed::resolve_url(base, metadata.image);
  article.time = feed::reading_time(article.text, article.language);
  return article;
}

wire::Json to_json(const Article& article) {
  const auto text = [](const std::string& value) { return value.empty() ? wire::Json() : wire::Json(value); };
  return {{"title", text(article.title)},
          {"byline", text(article.byline)},
          {"excerpt", text(article.excerpt)},
          {"siteName", text(article.site_name)},
          {"lang", text(article.language)},
          {"dir", text(article.direction)},
          {"publishedTime", text(article.published_time)},
          {"leadImage", text(article.image)},
          {"html", article.html},
          {"text", article.text},
          {"words", article.time.words},
          {"minutes", article.time.minutes}};
}

}  // namespace skypod::reader
