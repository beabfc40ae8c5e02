#include "core/feed/parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/person.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

constexpr std::size_t known_uris_max = 32;  // beyond, a namespace is looked up each time
constexpr std::array<std::string_view, 14> void_elements{"area",  "base", "br",   "col",   "embed",  "hr",    "img",
                                                         "input", "link", "meta", "param", "source", "track", "wbr"};

std::string_view attribute(std::span<const Attribute> attributes, std::string_view name) {
  for (const Attribute& each : attributes) {
    if (each.name == name && each.namespace_uri.empty()) return each.value;
  }
  return {};
}

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

Parser::Parser(std::string document_url) : document_url_(std::move(document_url)) {
  frames_.emplace_back();
  bases_.push_back(document_url_);
}

void Parser::fail(FeedError error) {
  error_ = error;
  is_feed_ = false;
  stopped_ = true;
}

bool Parser::within_limits(std::string_view name, std::span<const Attribute> attributes) {
  text_total_ += name.size();
  for (const Attribute& each : attributes) {
    text_total_ += each.name.size() + each.value.size();
  }
  if (text_total_ > text_total_max) fail(FeedError::too_much_text);
  if (frames_.size() > depth_max) fail(FeedError::too_deep);
  return !stopped_;
}

const Parser::KnownUri& Parser::known(std::string_view uri) {
  for (const KnownUri& each : known_) {
    if (each.uri == uri) return each;
  }
  if (known_.size() >= known_uris_max) known_.pop_back();
  known_.push_back({std::string(uri), namespace_of(uri), to_lower(uri).find("atom") != std::string::npos});
  return known_.back();
}

std::string Parser::web_url(std::string_view reference) const {
  return resolve_url(base(), reference);
}

void Parser::start_element(std::string_view namespace_uri, std::string_view local_name,
                           std::span<const Attribute> attributes) {
  if (stopped_ || !within_limits(local_name, attributes)) return;
  const KnownUri& uri = known(namespace_uri);
  const bool atom = uri.atom || (uri.uri.empty() && atom_root_);
  const Element element{uri.space, atom, to_lower(local_name), attributes};
  Frame frame;
  frame.text_start = text_.size();
  note_xml_attributes(element, frame);
  frame.scope = enter(element, frame);
  frames_.push_back(std::move(frame));
}

void Parser::text(std::string_view chars) {
  if (stopped_) return;
  text_total_ += chars.size();
  if (text_total_ > text_total_max) return fail(FeedError::too_much_text);
  const Scope scope = frames_.back().scope;
  if (scope == Scope::person) {
    text_ += chars;
  } else if (scope == Scope::field || scope == Scope::markup) {
    const bool literal = scope == Scope::markup || capture_.form == Form::xhtml;
    if (literal && capture_.keeps_markup) {
      append_escaped(text_, chars);
    } else {
      text_ += chars;
    }
  }
}

void Parser::end_element() {
  if (stopped_ || frames_.size() < 2) return;
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  leave(frame);
  if (frame.has_base) bases_.pop_back();
}

Result<Feed, FeedError> Parser::finish() {
  while (frames_.size() > 1 && !stopped_) end_element();
  if (!is_feed_) return unexpected(error_);
  Feed feed = feed_.take_feed();
  if (feed.feed_url.empty()) feed.feed_url = document_url_;
  feed.items = std::move(items_);
  feed.truncated = feed_.truncated() || item_.truncated();
  return feed;
}

/// xml:base counts everywhere, xml:lang where a language is asked for. Must run before the element's own frame is
/// pushed.
void Parser::note_xml_attributes(const Element& element, Frame& frame) {
  for (const Attribute& each : element.attributes) {
    if (each.namespace_uri.empty() || known(each.namespace_uri).space != Namespace::xml) continue;
    if (each.name == "base" && !frame.has_base) {
      std::string url = web_url(each.value);
      bases_.push_back(url.empty() ? base() : std::move(url));
      frame.has_base = true;
    }
    const Scope parent = frames_.back().scope;
    if (each.name == "lang" && (parent == Scope::document || parent == Scope::root)) {
      feed_.offer(Field::language, 1, collapse_space(each.value));
    }
  }
}

Parser::Scope Parser::enter(const Element& element, Frame& frame) {
  switch (frames_.back().scope) {
    case Scope::document:
      return enter_document(element);
    case Scope::root:
      return enter_root(element);
    case Scope::item:
      if (!item_open_) return Scope::ignored;  // another item began and ended inside this one
      [[fallthrough]];
    case Scope::feed:
    case Scope::wrapper:
      return enter_entry(element);
    case Scope::person:
    case Scope::picture:
      return enter_part(element);
    case Scope::field:
    case Scope::markup:
      return enter_markup(element, frame);
    case Scope::ignored:
      return Scope::ignored;
  }
  return Scope::ignored;
}

Parser::Scope Parser::enter_document(const Element& element) {
  const bool channel = element.name == "feed" || element.name == "channel";
  is_feed_ = channel || element.name == "rss" || element.name == "rdf";
  if (!is_feed_) fail(FeedError::not_a_feed);
  atom_root_ = element.name == "feed";
  return channel ? Scope::feed : Scope::root;
}

/// RSS 1.0 has its items and image beside the channel, every other RSS inside it.
Parser::Scope Parser::enter_root(const Element& element) {
  if (element.space != Namespace::plain) return Scope::ignored;
  if (element.name == "channel") return Scope::feed;
  if (element.name == "item") return begin_item(element);
  return element.name == "image" ? Scope::picture : Scope::ignored;
}

Parser::Scope Parser::enter_entry(const Element& element) {
  if (element.space == Namespace::plain && (element.name == "item" || element.name == "entry")) {
    return begin_item(element);
  }
  const Word* word = find_word(element.space, element.name);
  return word == nullptr ? Scope::ignored : enter_word(*word, element);
}

Parser::Scope Parser::enter_word(const Word& word, const Element& element) {
  switch (word.field) {
    case Field::wrapper:
      return Scope::wrapper;
    case Field::media_file:
      take_media(element);
      return Scope::wrapper;
    case Field::thumbnail:
      draft().offer(Field::image, word.rank, web_url(attribute(element.attributes, "url")));
      break;
    case Field::picture:
      draft().offer(Field::image, word.rank, web_url(attribute(element.attributes, "href")));
      return Scope::picture;
    case Field::author:
      person_ = {};
      person_rank_ = word.rank;
      return Scope::person;
    case Field::category:
      for (const char* name : {"label", "term", "text"}) {
        if (const auto tag = attribute(element.attributes, name); !tag.empty()) {
          draft().add_tag(title_text(tag));
          return Scope::wrapper;  // itunes:category stands inside itunes:category
        }
      }
      return begin_capture(&word, element);
    default:
      return begin_capture(&word, element);
  }
  return Scope::ignored;
}

Parser::Scope Parser::enter_part(const Element& element) {
  constexpr std::array<std::string_view, 4> parts{"name", "email", "uri", "url"};
  if (std::ranges::find(parts, element.name) == parts.end()) return Scope::ignored;
  return begin_capture(nullptr, element);
}

/// Elements inside a field: content that was not escaped, or XHTML, is written out again as markup. The one <div> that
/// Atom puts around XHTML (RFC 4287 section 3.1.1.3) is not part of it.
Parser::Scope Parser::enter_markup(const Element& element, Frame& frame) {
  const bool around = frames_.back().scope == Scope::field && capture_.form == Form::xhtml && element.name == "div" &&
                      trim(std::string_view(text_).substr(frames_.back().text_start)).empty();
  if (!capture_.keeps_markup || around) return Scope::markup;
  text_ += '<' + element.name;
  for (const Attribute& each : element.attributes) {
    if (!each.namespace_uri.empty()) continue;
    text_ += ' ';
    text_ += each.name;
    text_ += "=\"";
    append_escaped(text_, each.value);
    text_ += '"';
  }
  text_ += '>';
  const bool is_void = std::ranges::find(void_elements, element.name) != void_elements.end();
  frame.tag = is_void ? "" : element.name;
  return Scope::markup;
}

Parser::Scope Parser::begin_item(const Element& element) {
  finish_item();  // one that was never closed
  if (stopped_) return Scope::ignored;
  item_open_ = true;
  for (const Attribute& each : element.attributes) {
    const Namespace space = each.namespace_uri.empty() ? Namespace::plain : known(each.namespace_uri).space;
    if (space == Namespace::rdf && each.name == "about") {
      item_.offer(Field::guid, 2, std::string(trim(each.value)));
      item_.offer(Field::link, 1, web_url(each.value));
    } else if (space == Namespace::xml && each.name == "lang") {
      item_.offer(Field::language, 1, collapse_space(each.value));
    }
  }
  return Scope::item;
}

Parser::Scope Parser::begin_capture(const Word* word, const Element& element) {
  capture_.word = word;
  capture_.part = element.name;
  capture_.form = form_of(word, element);
  capture_.keeps_markup = word != nullptr && (word->field == Field::description || word->field == Field::body);
  capture_.attributes.clear();
  for (const Attribute& each : element.attributes) {
    if (each.namespace_uri.empty()) capture_.attributes.emplace_back(each.name, each.value);
  }
  return Scope::field;
}

/// RFC 4287 section 3.1.1 and 4.1.3.1; `mode` is Atom 0.3's.
Parser::Form Parser::form_of(const Word* word, const Element& element) const {
  if (word != nullptr && word->space == Namespace::xhtml) return Form::xhtml;
  if (!element.atom) return Form::rss;
  const std::string type = to_lower(trim(attribute(element.attributes, "type")));
  const std::string_view mode = attribute(element.attributes, "mode");
  if (type == "xhtml" || type == "application/xhtml+xml" || mode == "xml") return Form::xhtml;
  if (type == "html" || type == "text/html") return Form::html;
  if (mode == "base64") return Form::other;
  return type.empty() || type == "text" || is_kind(type, "text") ? Form::text : Form::other;
}

void Parser::leave(const Frame& frame) {
  switch (frame.scope) {
    case Scope::markup:
      if (!frame.tag.empty()) text_ += "</" + frame.tag + '>';
      return;
    case Scope::field: {
      std::string value = text_.substr(frame.text_start);
      text_.resize(frame.text_start);
      return capture_.word != nullptr ? take_field(std::move(value)) : take_part(value);
    }
    case Scope::person:
      finish_person(std::string_view(text_).substr(frame.text_start));
      break;
    case Scope::item:
      finish_item();
      break;
    default:
      break;
  }
  text_.resize(frame.text_start);
}

void Parser::finish_item() {
  if (!item_open_) return;
  item_open_ = false;
  if (items_.size() >= items_max) return fail(FeedError::too_many_items);
  Item item = item_.take_item();
  Item blank;
  blank.identity = item.identity;
  if (item != blank) items_.push_back(std::move(item));  // <item><item> makes one that says nothing
}

void Parser::finish_person(std::string_view text) {
  if (person_.name.empty() && person_.email.empty()) {
    Person written = parse_person(decode_references(text));
    written.url = std::move(person_.url);
    person_ = std::move(written);
  }
  draft().add_author(person_rank_, std::move(person_));
}

void Parser::take_part(std::string_view value) {
  if (frames_.back().scope == Scope::picture) {
    if (capture_.part == "url") draft().offer(Field::image, 8, web_url(value));
  } else if (capture_.part == "name") {
    person_.name = title_text(value);
  } else if (capture_.part == "email") {
    person_.email = collapse_space(value);
  } else {
    person_.url = web_url(value);
  }
}

void Parser::take_field(std::string value) {
  const Word& word = *capture_.word;
  switch (word.field) {
    case Field::title:
      return take_title(value);
    case Field::description:
    case Field::body:
      return take_html(std::move(value));
    case Field::link:
      return take_link(value);
    case Field::guid:
      return take_guid(value);
    case Field::published:
    case Field::updated:
      return draft().offer_date(word.field, word.rank, value);
    case Field::image:
      return draft().offer(Field::image, word.rank, web_url(value));
    case Field::category:
      return draft().add_tag(title_text(value));
    case Field::keywords:
      return take_keywords(value);
    case Field::person:
      return take_person(value);
    case Field::enclosure:
      return draft().add_attachment({web_url(captured("url")), std::string(trim(captured("type"))),
                                     parse_whole(captured("length")), std::nullopt});
    case Field::chapters:
    case Field::transcript:
      return take_document(word.field);
    case Field::funding:
      return draft().add_funding({web_url(captured("url")), collapse_space(value)});
    case Field::season:
      draft().set_season_name(collapse_space(captured("name")));
      break;
    default:
      break;
  }
  draft().offer(word.field, word.rank, collapse_space(value));
}

void Parser::take_title(std::string_view value) {
  if (capture_.form == Form::other) return;
  const bool html = capture_.form == Form::html;
  const std::string text = html                         ? plain_text(value, line_max)
                           : capture_.form == Form::rss ? title_text(value)
                                                        : collapse_space(value);
  draft().offer(Field::title, capture_.word->rank, text);
}

void Parser::take_html(std::string value) {
  if (capture_.form == Form::other) return;
  std::string html;
  if (capture_.form == Form::text) {
    append_escaped(html, trim(value));
  } else {
    html = trim(value);
  }
  draft().offer(capture_.word->field, capture_.word->rank, std::move(html));
}

/// RSS puts the address into the text, Atom into attributes, with a relation.
void Parser::take_link(std::string_view value) {
  const std::uint8_t rank = capture_.word->rank;
  if (captured("href").empty()) return draft().offer(Field::link, rank, web_url(value));
  const std::string rel = relation(captured("rel"));
  const std::string_view type = captured("type");
  if (rel == "enclosure") {
    draft().add_attachment({web_url(captured("href")), std::string(trim(type)), parse_whole(captured("length")), {}});
  } else if (rel.empty() || rel == "alternate") {
    const bool page = type.empty() || type.find("html") != std::string_view::npos;
    draft().offer(Field::link, page ? rank - 1 : 3, web_url(captured("href")));
  } else if (rel == "self") {
    draft().set_self(web_url(captured("href")));
  }
}

/// RSS 2.0: a guid is the item's address as well, unless it says that it is none.
void Parser::take_guid(std::string_view value) {
  const std::string guid = collapse_space(value);
  draft().offer(Field::guid, capture_.word->rank, guid);
  const bool absolute = guid.starts_with("http://") || guid.starts_with("https://");
  if (capture_.part == "guid" && absolute && to_lower(captured("ispermalink")) != "false" &&
      to_lower(captured("isPermaLink")) != "false") {
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

/// media:content: a picture, or a file to play; without a kind it says too little.
void Parser::take_media(const Element& element) {
  const std::string_view type = trim(attribute(element.attributes, "type"));
  const std::string_view medium = trim(attribute(element.attributes, "medium"));
  std::string url = web_url(attribute(element.attributes, "url"));
  if (medium == "image" || is_kind(type, "image")) {
    draft().offer(Field::image, 4, std::move(url));
  } else if (medium == "audio" || medium == "video" || is_kind(type, "audio") || is_kind(type, "video")) {
    draft().add_attachment({std::move(url), std::string(type), parse_whole(attribute(element.attributes, "fileSize")),
                            parse_whole(attribute(element.attributes, "duration"))});
  }
}

std::string_view Parser::captured(std::string_view name) const {
  for (const auto& [key, value] : capture_.attributes) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace skypod::feed
