// What the text and attributes of one element mean: the Parser's half that knows fields, not nesting.
#include <utility>

#include "base/base64url.hpp"
#include "base/utf8.hpp"
#include "core/feed/date.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/media_type.hpp"
#include "core/feed/parser.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

bool is_kind(std::string_view mime_type, std::string_view kind) {
  return mime_type.size() > kind.size() && mime_type.starts_with(kind) && mime_type[kind.size()] == '/';
}

/// RFC 4287 section 4.2.7.2: a relation may be written as its IANA address.
std::string relation(std::string_view rel) {
  const std::string lower = to_lower(trim(rel));
  const std::size_t slash = lower.rfind('/');
  return slash == std::string::npos ? lower : lower.substr(slash + 1);
}

}  // namespace

/// RFC 4287 section 3.1.1 and 4.1.3.1; `mode` is Atom 0.3's.
Parser::Form Parser::form_of(const Word* word, const Element& element) const {
  if (word != nullptr && word->space == Namespace::xhtml) return Form::xhtml;
  if (word != nullptr && word->space == Namespace::media && word->field == Field::description) {
    return to_lower(trim(attribute(element.attributes, "type"))) == "html" ? Form::html : Form::text;
  }
  if (!element.atom) return Form::rss;
  const std::string type = to_lower(trim(attribute(element.attributes, "type")));
  const std::string_view mode = attribute(element.attributes, "mode");
  if (mode == "base64") return Form::other;
  if (type == "xhtml" || type == "application/xhtml+xml" || mode == "xml") return Form::xhtml;
  if (type == "html" || type == "text/html") return Form::html;
  if (type.ends_with("/xml") || type.ends_with("+xml")) return Form::xhtml;
  return type.empty() || type == "text" || is_kind(type, "text") ? Form::text : Form::other;
}

void Parser::take_part(std::string_view value) {
  if (frames_.back().scope == Scope::picture) {
    if (capture_.part == "url") draft().offer(Field::image, 8, web_url(value));
  } else if (frames_.back().scope == Scope::source) {
    if (capture_.part == "title" && source_.title.empty()) source_.title = title_text(value);
    const std::string rel = relation(captured("rel"));
    const bool page = rel.empty() || rel == "alternate";
    if (capture_.part == "link" && page && source_.url.empty()) {
      source_.url = web_url(captured("href").empty() ? value : captured("href"));
    }
  } else if (capture_.part == "title" || capture_.part == "link") {
    return;
  } else if (capture_.part == "name") {
    person_.name = title_text(value);
  } else if (capture_.part == "email") {
    person_.email = collapse_space(value);
  } else {
    person_.url = web_url(value);
  }
}

/// RFC 4287 section 4.1.3.3: what is neither text nor XML is in base64. If there is text in it, it is HTML.
void Parser::decode_other(std::string& value) {
  std::string letters;
  for (const char octet : value) {
    if (octet == '+' || octet == '/') {
      letters += octet == '+' ? '-' : '_';
    } else if (octet != '=' && static_cast<unsigned char>(octet) > 0x20) {
      letters += octet;
    }
  }
  const auto octets = base64url_decode(letters);
  const bool is_text = octets && is_utf8(*octets) && octets->find('\0') == std::string::npos;
  value = is_text ? *octets : "";
  capture_.form = Form::html;
}

void Parser::take_field(std::string value) {
  const Word& word = *capture_.word;
  if (capture_.form == Form::other) decode_other(value);
  switch (word.field) {
    case Field::title:
      return take_title(value);
    case Field::description:
    case Field::body:
      return captured("src").empty() ? take_html(std::move(value)) : take_content_elsewhere();
    case Field::link:
      return take_link(value);
    case Field::guid:
      return take_guid(value);
    case Field::published:
    case Field::updated:
      return draft().offer_date(word.field, word.rank, value);
    case Field::image:
    case Field::icon:
    case Field::comments:
    case Field::new_feed_url:
      return draft().offer(word.field, word.rank, web_url(value));
    case Field::copyright:
    case Field::generator:
    case Field::subtitle:
      return draft().offer(word.field, word.rank, line_of(value));
    case Field::category:
      return draft().add_tag(title_text(value));
    case Field::keywords:
      return take_keywords(value);
    case Field::person:
      return take_person(value);
    case Field::enclosure:
      return take_attachment("url", value);
    case Field::thumbnail:
      return draft().offer(Field::image, word.rank, web_url(captured("url").empty() ? value : captured("url")));
    case Field::chapters:
    case Field::transcript:
      return take_document(word.field);
    case Field::funding:
      return draft().add_funding({web_url(captured("url")), collapse_space(value)});
    case Field::episode:
      draft().set_episode_display(collapse_space(captured("display")));
      break;
    case Field::season:
      draft().set_season_name(collapse_space(captured("name")));
      break;
    default:
      break;
  }
  draft().offer(word.field, word.rank, collapse_space(value));
}

/// Plain text of a field that may be HTML.
std::string Parser::line_of(std::string_view value) const {
  switch (capture_.form) {
    case Form::html:
      return plain_text(value, line_max);
    case Form::rss:
      return title_text(value);
    default:
      return collapse_space(value);
  }
}

void Parser::take_title(std::string_view value) {
  draft().offer(Field::title, capture_.word->rank, line_of(value));
}

/// Some write the address of an enclosure as its text.
void Parser::take_attachment(const char* address, std::string_view text) {
  draft().add_attachment({web_url(captured(address).empty() ? text : captured(address)),
                          std::string(trim(captured("type"))), parse_quantity(captured("length")), std::nullopt});
}

/// Podlove Simple Chapters 1.2: start is "HH:MM:SS.mmm".
void Parser::take_chapter(const Element& element) {
  const auto start = parse_clock_ms(attribute(element.attributes, "start"));
  if (!start) return;
  draft().add_chapter({*start, collapse_space(attribute(element.attributes, "title")),
                       web_url(attribute(element.attributes, "href")),
                       web_url(attribute(element.attributes, "image"))});
}

void Parser::take_html(std::string value) {
  const std::string_view inner = trim(value);
  std::string html;
  if (capture_.form == Form::text) {
    html = html_of_text(inner);
  } else {
    html = inner.size() == value.size() ? std::move(value) : std::string(inner);
  }
  const bool stated = bases_.size() > 1;  // else the item's own address is a better start
  draft().offer_html(capture_.word->field, capture_.word->rank, std::move(html), stated ? base() : "");
}

/// RFC 4287 section 4.1.3.2: the content is a page or file at another address.
void Parser::take_content_elsewhere() {
  const std::string_view type = captured("type");
  const bool page = type.empty() || is_kind(type, "text") || type.find("html") != std::string_view::npos;
  return page ? draft().offer(Field::link, 2, web_url(captured("src"))) : take_attachment("src", "");
}

/// RSS puts the address into the text, Atom into attributes, with a relation.
void Parser::take_link(std::string_view value) {
  const std::uint8_t rank = capture_.word->rank;
  const std::string rel = relation(captured("rel"));
  if (captured("href").empty()) {
    const bool page = rel.empty() || rel == "alternate";
    return page ? draft().offer(Field::link, rank, web_url(value)) : void();
  }
  const std::string_view type = captured("type");
  if (rel == "enclosure") {
    take_attachment("href", "");
  } else if (rel.empty() || rel == "alternate") {
    const bool page = type.empty() || type.find("html") != std::string_view::npos;
    draft().offer(Field::link, page ? rank - 1 : 3, web_url(captured("href")));
  } else if (rel == "self") {
    draft().set_self(web_url(captured("href")));
  } else if (rel == "image") {
    draft().offer(Field::image, 6, web_url(captured("href")));
  } else if (rel == "hub") {
    draft().add_hub(web_url(captured("href")));
  } else if (rel == "next") {
    draft().set_next(web_url(captured("href")));
  } else if (rel == "replies" && (type.empty() || type.find("html") != std::string_view::npos)) {
    draft().offer(Field::comments, 8, web_url(captured("href")));
  }
}

/// RSS 2.0: a guid is the item's address as well, unless it says that it is none. One that is relative must say that it
/// is one.
void Parser::take_guid(std::string_view value) {
  const std::string guid = collapse_space(value);
  draft().offer(Field::guid, capture_.word->rank, guid);
  const bool absolute = guid.starts_with("http://") || guid.starts_with("https://");
  const std::string lower = to_lower(captured("ispermalink"));
  const std::string said = lower.empty() ? to_lower(captured("isPermaLink")) : lower;
  if (capture_.part == "guid" && (absolute ? said != "false" : said == "true")) {
    draft().offer(Field::link, 2, web_url(guid));
  }
}

void Parser::take_keywords(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    draft().add_tag(collapse_space(value.substr(0, comma)));
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

void Parser::take_person(std::string_view value) {
  Person person;
  person.name = collapse_space(value);
  person.url = web_url(captured("href"));
  person.avatar = web_url(captured("img"));
  person.role = to_lower(collapse_space(captured("role")));
  person.group = to_lower(collapse_space(captured("group")));
  draft().add_person(std::move(person));
}

void Parser::take_document(Field field) {
  Document document;
  document.url = web_url(captured("url"));
  document.mime_type = trim(captured("type"));
  if (field == Field::chapters) return draft().set_chapters(std::move(document));
  document.language = collapse_space(captured("language"));
  document.rel = collapse_space(captured("rel"));
  draft().add_transcript(std::move(document));
}

/// media:content: a picture, of which the widest counts, or a file to play. Its kind is what it says, or what its
/// address ends in.
void Parser::take_media(const Element& element) {
  std::string url = web_url(attribute(element.attributes, "url"));
  const std::string_view medium = trim(attribute(element.attributes, "medium"));
  const std::string_view type = trim(attribute(element.attributes, "type"));
  const std::string kind = media_type_of(type, url);
  if (medium == "image" || is_kind(kind, "image")) {
    draft().offer_picture(4, parse_whole(attribute(element.attributes, "width")).value_or(0), std::move(url));
  } else if (medium == "audio" || medium == "video" || is_kind(kind, "audio") || is_kind(kind, "video")) {
    draft().add_attachment({std::move(url), std::string(type),
                            parse_quantity(attribute(element.attributes, "fileSize")),
                            parse_quantity(attribute(element.attributes, "duration"))});
  }
}

std::string_view Parser::captured(std::string_view name) const {
  for (const auto& [key, value] : capture_.attributes) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace skypod::feed
