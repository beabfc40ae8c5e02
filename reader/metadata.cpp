#include "reader/metadata.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/feed/date.hpp"
#include "core/feed/html_text.hpp"
#include "reader/json_ld.hpp"
#include "reader/measure.hpp"

namespace skypod::reader {
namespace {

constexpr std::int64_t first_page_ms = 631'152'000'000;  // 1990: no page is older
constexpr double title_likeness = 0.5;

using Values = std::map<std::string, std::string>;  // by name, lower case, "." written as ":"

/// Names of a meta element: several may share one, separated by space.
std::vector<std::string> keys_of(std::string_view names) {
  std::vector<std::string> keys;
  std::string key;
  for (const char octet : feed::to_lower(names) + " ") {
    if (octet == ' ') {
      if (!key.empty()) keys.push_back(key);
      key.clear();
    } else {
      key += octet == '.' ? ':' : octet;
    }
  }
  return keys;
}

/// What programs print where they have no value.
bool is_nothing(std::string_view text) {
  constexpr auto words = std::to_array<std::string_view>({"null", "undefined", "nan", "[object object]"});
  return std::ranges::find(words, feed::to_lower(text)) != words.end();
}

/// A date that can be read and that a page can have.
bool is_plausible_date(const std::string& text) {
  const auto ms = feed::parse_date(text);
  return ms && *ms >= first_page_ms;
}

/// A name, not the address of a page or of a mailbox.
bool is_plausible_name(const std::string& text) {
  const bool one_word = text.find(' ') == std::string::npos;
  const bool address =
      text.starts_with("http://") || text.starts_with("https://") || text.starts_with("//") || text.starts_with("www.");
  return !address && !(one_word && text.find('@', 1) != std::string::npos);
}

Values read_meta(const Document& document) {
  Values by_property;
  Values by_name;
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (!node->is("meta")) continue;
    const std::string content = feed::title_text(node->attribute("content"));
    if (content.empty() || is_nothing(content)) continue;
    for (const std::string& key : keys_of(node->attribute("property"))) by_property.emplace(key, content);
    for (const char* name : {"name", "itemprop"}) {
      for (const std::string& key : keys_of(node->attribute(name))) by_name.emplace(key, content);
    }
  }
  by_property.merge(by_name);
  return by_property;
}

bool is_any(const std::string&) {
  return true;
}

std::string first_of(const Values& values, std::initializer_list<const char*> names,
                     bool (*is_plausible)(const std::string&)) {
  for (const char* name : names) {
    const auto found = values.find(name);
    if (found != values.end() && is_plausible(found->second)) return found->second;
  }
  return "";
}

std::size_t words_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, ' ')) + (text.empty() ? 0 : 1);
}

/// A mark with space around it that stands between a title and a site's name.
struct Separator {
  std::size_t at = std::string::npos;  // of the space before it
  std::size_t end = 0;                 // after the space behind it
  bool hierarchical = false;
};

std::vector<Separator> separators_in(const std::string& title) {
  constexpr auto marks = std::to_array<std::string_view>({"|", "-", "–", "—", "\\", "/", ">", "»", "·", "•"});
  std::vector<Separator> found;
  for (std::size_t at = title.find(' '); at != std::string::npos; at = title.find(' ', at + 1)) {
    const std::string_view rest = std::string_view(title).substr(at + 1);
    const auto mark = std::ranges::find_if(marks, [&](std::string_view each) {
      return rest.starts_with(each) && rest.substr(each.size()).starts_with(' ');
    });
    if (mark == marks.end()) continue;
    const bool hierarchical = *mark == "\\" || *mark == "/" || *mark == ">" || *mark == "»";
    found.push_back({at, at + 2 + mark->size(), hierarchical});
  }
  return found;
}

std::string between_colons(const std::string& title, const std::vector<std::string>& headings) {
  if (std::ranges::find(headings, title) != headings.end()) return title;
  std::string tail = title.substr(title.rfind(": ") + 2);
  if (words_in(tail) < 3) tail = title.substr(title.find(": ") + 2);
  if (words_in(title.substr(0, title.find(": "))) > 5) return title;
  return tail;
}

bool is_direction(const std::string& text) {
  return text == "ltr" || text == "rtl";
}

void read_root(const Document& document, Metadata& metadata) {
  const Node* root = document.root();
  const Node* body = document.part("body");
  metadata.language = feed::collapse_space(root->attribute("lang"));
  if (metadata.language.empty()) metadata.language = feed::collapse_space(root->attribute("xml:lang"));
  if (metadata.language.empty() && body != nullptr) metadata.language = feed::collapse_space(body->attribute("lang"));
  for (const Node* node : {body, root}) {
    const std::string direction = node == nullptr ? "" : feed::to_lower(node->attribute("dir"));
    if (is_direction(direction)) metadata.direction = direction;
  }
}

/// The <title> in the head; SVG has titles too.
std::string document_title(const Document& document) {
  const Node* head = document.part("head");
  for (const Node* node = head; node != nullptr; node = following(node, head)) {
    if (node->is("title")) return text_of(*node);
  }
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (node->is("title")) return text_of(*node);
  }
  return "";
}

std::vector<std::string> headings_of(const Document& document) {
  std::vector<std::string> headings;
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (node->is("h1") || node->is("h2")) headings.push_back(text_of(*node));
  }
  return headings;
}

std::string only_main_heading(const Document& document) {
  std::string found;
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    if (!node->is("h1")) continue;
    if (!found.empty()) return "";
    found = text_of(*node);
  }
  return found;
}

/// What an element dates the article with, for pages whose machines' part has no date.
std::string time_in_text(const Document& document) {
  std::string found;
  for (const Node* node = document.root(); node != nullptr; node = following(node, document.root())) {
    const std::string_view date = node->attribute("datetime");
    if (date.empty()) continue;
    if (node->attribute("itemprop") == "datePublished") return std::string(date);
    const bool published = node->has("pubdate") || node->attribute("class").find("published") != std::string_view::npos;
    if (found.empty() && node->is("time") && published) found = date;
  }
  return found;
}

std::string title_of(const Document& document) {
  const std::string whole = document_title(document);
  const std::string title = title_without_site(whole, headings_of(document));
  const bool odd = title == whole && (title.size() > 150 || title.size() < 15) && separators_in(whole).empty() &&
                   whole.find(": ") == std::string::npos;
  const std::string heading = odd ? only_main_heading(document) : "";
  return words_in(heading) <= 4 ? title : heading;
}

/// Fills what is still empty from meta elements.
void add_meta(const Values& values, Metadata& metadata) {
  const auto fill = [&](std::string& member, std::initializer_list<const char*> names,
                        bool (*is_plausible)(const std::string&) = is_any) {
    if (member.empty()) member = first_of(values, names, is_plausible);
  };
  fill(metadata.title, {"dc:title", "dcterm:title", "dcterms:title", "og:title", "weibo:article:title",
                        "weibo:webpage:title", "title", "twitter:title", "parsely-title"});
  fill(metadata.byline,
       {"dc:creator", "dcterm:creator", "dcterms:creator", "author", "parsely-author", "article:author",
        "og:article:author", "sailthru:author"},
       is_plausible_name);
  fill(metadata.excerpt,
       {"dc:description", "dcterm:description", "dcterms:description", "og:description", "weibo:article:description",
        "weibo:webpage:description", "description", "twitter:description"});
  fill(metadata.site_name, {"og:site_name", "application-name"});
  fill(metadata.published_time,
       {"article:published_time", "parsely-pub-date", "og:article:published_time", "datepublished", "dc:date:issued",
        "dcterms:created", "dcterms:date", "dc:date", "publishdate", "pubdate", "sailthru:date", "date"},
       is_plausible_date);
  fill(metadata.image, {"og:image:secure_url", "og:image:url", "og:image", "twitter:image", "twitter:image:src",
                        "thumbnailurl", "thumbnail"});
  fill(metadata.language, {"content-language", "inlanguage", "og:locale", "dc:language", "language"});
}

/// Takes out what JSON-LD cannot mean: no value, a date before any page, another story's title.
void drop_implausible(const Document& document, const Values& values, Metadata& metadata) {
  for (std::string* member : {&metadata.title, &metadata.byline, &metadata.excerpt, &metadata.site_name,
                              &metadata.published_time, &metadata.image, &metadata.language}) {
    if (is_nothing(*member)) member->clear();
  }
  if (!is_plausible_name(metadata.byline)) metadata.byline.clear();
  if (!is_plausible_date(metadata.published_time)) metadata.published_time.clear();
  const std::string title = feed::to_lower(metadata.title);
  bool compared = false;
  for (const std::string& other :
       {first_of(values, {"og:title"}, is_any), document_title(document), only_main_heading(document)}) {
    if (other.empty()) continue;
    const std::string lower = feed::to_lower(other);
    if (similarity(lower, title) >= title_likeness || similarity(title, lower) >= title_likeness) return;
    compared = true;
  }
  if (compared) metadata.title.clear();
}

bool lists(const std::vector<std::string>& headings, const std::string& text) {
  return std::ranges::find(headings, feed::collapse_space(text)) != headings.end();
}

}  // namespace

std::string title_without_site(const std::string& title, const std::vector<std::string>& headings) {
  const auto separators = separators_in(title);
  std::string current = title;
  bool hierarchical = false;
  if (!separators.empty()) {
    hierarchical = std::ranges::any_of(separators, &Separator::hierarchical);
    current = title.substr(0, separators.back().at);
    const std::string tail = title.substr(separators.front().end);
    const bool stated = lists(headings, current) && !lists(headings, tail) && current.size() > tail.size();
    if (words_in(current) < 3 && !stated) current = tail;
  } else if (title.find(": ") != std::string::npos) {
    current = between_colons(title, headings);
  }
  current = feed::collapse_space(current);
  const std::size_t words = words_in(current);
  if (!separators.empty() && lists(headings, current)) return current;
  const bool cut_one_word = words_in(title) - separators.size() - 1 == words;
  if (words <= 4 && (!hierarchical || !cut_one_word)) current = title;
  return current;
}

Metadata read_metadata(const Document& document) {
  Metadata metadata = read_json_ld(document);
  const Values values = read_meta(document);
  drop_implausible(document, values, metadata);
  add_meta(values, metadata);
  if (metadata.title.empty()) metadata.title = title_of(document);
  if (metadata.published_time.empty()) metadata.published_time = time_in_text(document);
  std::string stated_language = std::move(metadata.language);
  read_root(document, metadata);
  if (metadata.language.empty()) metadata.language = std::move(stated_language);
  return metadata;
}

}  // namespace skypod::reader
