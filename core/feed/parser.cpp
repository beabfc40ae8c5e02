#include "core/feed/parser.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/identity.hpp"
#include "core/feed/person.hpp"
#include "core/feed/url.hpp"

namespace skypod::feed {
namespace {

constexpr Word source_author{Namespace::plain, "author", Field::author, 1};
constexpr std::size_t known_uris_max = 32;  // beyond, a namespace is looked up each time
constexpr std::array<std::string_view, 14> void_elements{"area",  "base", "br",   "col",   "embed",  "hr",    "img",
                                                         "input", "link", "meta", "param", "source", "track", "wbr"};

/// Attributes of the podcast namespace that hold a web address.
bool is_address(std::string_view name) {
  constexpr std::array<std::string_view, 7> addresses{"url", "href", "img", "src", "feedUrl", "link", "uri"};
  return std::ranges::find(addresses, name) != addresses.end();
}

/// A value that does not become script even where someone takes it for an address.
std::string harmless(std::string_view value) {
  std::string line = collapse_space(value);
  std::string scheme = to_lower(line.substr(0, line.find(':')));
  std::erase_if(scheme, [](char octet) { return static_cast<unsigned char>(octet) <= 0x20; });
  const bool script = scheme == "javascript" || scheme == "vbscript" || scheme == "data";
  return script && line.find(':') != std::string::npos ? "" : line;
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

/// Some escape an address twice, or inside CDATA; no real one has "&amp;" in it.
std::string Parser::web_url(std::string_view reference) const {
  constexpr std::string_view escaped = "&amp;";
  std::size_t found = reference.find(escaped);
  if (found == std::string_view::npos) return resolve_url(base(), reference);
  std::string url(reference);
  for (; found != std::string::npos; found = url.find(escaped, found + 1)) url.replace(found, escaped.size(), "&");
  return resolve_url(base(), url);
}

void Parser::start_element(std::string_view namespace_uri, std::string_view local_name,
                           std::span<const Attribute> attributes) {
  if (stopped_ || !within_limits(local_name, attributes)) return;
  const KnownUri& uri = known(namespace_uri);
  const bool atom = uri.atom || (uri.uri.empty() && atom_root_);
  const Element element{uri.space, atom, to_lower(local_name), local_name, attributes};
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
  if (scope == Scope::person || scope == Scope::source || scope == Scope::extra) {
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

/// Of an item that the document's end cut off, what is whole is kept if it is enough to know the item by.
void Parser::drop_cut_item() {
  if (!item_open_) return;
  while (frames_.back().scope != Scope::item && frames_.size() > 1) {
    if (frames_.back().has_base) bases_.pop_back();
    frames_.pop_back();
  }
  feed_.mark_truncated();
  if (item_.is_known()) return;
  item_open_ = false;
  item_ = {};
}

Result<Feed, FeedError> Parser::finish() {
  if (!stopped_) drop_cut_item();
  while (frames_.size() > 1 && !stopped_) end_element();
  if (!is_feed_) return unexpected(error_);
  Feed feed = feed_.take_feed();
  if (feed.feed_url.empty()) feed.feed_url = document_url_;
  feed.items = std::move(items_);
  tell_apart(feed.items);
  feed.live_items = std::move(live_items_);
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
    case Scope::source:
      // RFC 4287 section 4.2.1: an entry without author has its source's, not that of the feed it stands in.
      if (element.name == "author" && element.atom) return begin_person(source_author);
      [[fallthrough]];
    case Scope::person:
    case Scope::picture:
      return enter_part(element);
    case Scope::extra:
      return begin_extra(element);
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
  const bool entry = element.name == "entry" && element.atom;  // RFC 4287 section 2: an entry may stand alone
  is_feed_ = channel || entry || element.name == "rss" || element.name == "rdf";
  // A namespace nobody knows, around a whole feed: its words mean what they always mean.
  if (is_feed_ && element.space == Namespace::unknown) known_.back().space = Namespace::plain;
  if (!is_feed_) fail(FeedError::not_a_feed);
  atom_root_ = element.name == "feed";
  if (entry) return begin_item(element);
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
  if (element.space == Namespace::plain && element.name == "channel") return Scope::feed;  // one in another
  const bool live = element.space == Namespace::podcast && element.name == "liveitem";
  if (live && !item_open_) {
    const Scope scope = begin_item(element);
    item_.set_live(extra_of(element));
    return scope;
  }
  const Word* word = find_word(element.space, element.name);
  if (word == nullptr) return element.space == Namespace::podcast ? begin_extra(element) : Scope::ignored;
  return enter_word(*word, element);
}

Parser::Scope Parser::enter_word(const Word& word, const Element& element) {
  switch (word.field) {
    case Field::wrapper:
      return word.space == Namespace::podlove && draft().has_chapters() ? Scope::ignored : Scope::wrapper;
    case Field::media_file:
      take_media(element);
      return Scope::wrapper;
    case Field::picture:
      draft().offer(Field::image, word.rank, web_url(attribute(element.attributes, "href")));
      draft().offer(Field::image, word.rank, web_url(attribute(element.attributes, "url")));
      return Scope::picture;
    case Field::author:
    case Field::contributor:
    case Field::owner:
      return begin_person(word);
    case Field::source:
      return begin_source(element);
    case Field::chapter:
      take_chapter(element);
      break;
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
  constexpr std::array<std::string_view, 7> parts{"name", "email", "uri", "url", "homepage", "title", "link"};
  if (std::ranges::find(parts, element.name) == parts.end()) return Scope::ignored;
  return begin_capture(nullptr, element);
}

/// Elements inside a field: content that was not escaped, or XHTML, is written out again as markup. The one <div> that
/// Atom puts around XHTML (RFC 4287 section 3.1.1.3) is not part of it.
Parser::Scope Parser::enter_markup(const Element& element, Frame& frame) {
  const bool around = frames_.back().scope == Scope::field && capture_.form == Form::xhtml && element.name == "div" &&
                      trim(std::string_view(text_).substr(frames_.back().text_start)).empty();
  const bool silent = element.name == "script" || element.name == "style";
  if (!capture_.keeps_markup && silent) return Scope::ignored;
  if (!capture_.keeps_markup || around) return Scope::markup;
  const bool is_moved = bases_.size() > capture_.bases;  // by an xml:base inside the field, which markup does not know
  text_ += '<' + element.name;
  for (const Attribute& each : element.attributes) {
    if (!each.namespace_uri.empty()) continue;
    text_ += ' ';
    text_ += each.name;
    text_ += "=\"";
    const std::string moved = is_moved && is_address(each.name) ? web_url(each.value) : "";
    append_escaped(text_, moved.empty() ? each.value : moved);
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

Parser::Scope Parser::begin_person(const Word& word) {
  person_ = {};
  person_word_ = &word;
  return Scope::person;
}

Parser::Scope Parser::begin_source(const Element& element) {
  source_ = {"", web_url(attribute(element.attributes, "url"))};
  return Scope::source;
}

Parser::Scope Parser::begin_extra(const Element& element) {
  extras_.push_back(extra_of(element));
  return Scope::extra;
}

Extra Parser::extra_of(const Element& element) const {
  Extra extra;
  extra.name = element.written_name;
  for (const Attribute& each : element.attributes) {
    if (!each.namespace_uri.empty()) continue;
    std::string value = is_address(each.name) ? web_url(each.value) : harmless(each.value);
    const bool elsewhere = each.name == "uri" && value.empty();  // of podcast:source, also "ipfs:…" and "magnet:…"
    if (elsewhere) value = harmless(each.value);
    if (!value.empty()) extra.attributes.emplace_back(each.name, std::move(value));
  }
  return extra;
}

Parser::Scope Parser::begin_capture(const Word* word, const Element& element) {
  capture_.word = word;
  capture_.part = element.name;
  capture_.form = form_of(word, element);
  capture_.keeps_markup = word != nullptr && (word->field == Field::description || word->field == Field::body);
  capture_.bases = bases_.size();
  capture_.attributes.clear();
  for (const Attribute& each : element.attributes) {
    if (each.namespace_uri.empty()) capture_.attributes.emplace_back(each.name, each.value);
  }
  return Scope::field;
}

void Parser::leave(const Frame& frame) {
  switch (frame.scope) {
    case Scope::markup:
      if (!frame.tag.empty()) text_ += "</" + frame.tag + '>';
      return;
    case Scope::field: {
      const Word* word = capture_.word;
      const bool spoken = word != nullptr && capture_.keeps_markup && !draft().wants(word->field, word->rank);
      std::string value = spoken ? "" : text_.substr(frame.text_start);
      text_.resize(frame.text_start);
      return word != nullptr ? take_field(std::move(value)) : take_part(value);
    }
    case Scope::person:
      finish_person(std::string_view(text_).substr(frame.text_start));
      break;
    case Scope::source:
      finish_source(std::string_view(text_).substr(frame.text_start));
      break;
    case Scope::extra:
      finish_extra(std::string_view(text_).substr(frame.text_start));
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
  if (item == blank) return;  // <item><item> makes one that says nothing
  (item.live.name.empty() ? items_ : live_items_).push_back(std::move(item));
}

void Parser::finish_person(std::string_view text) {
  if (person_.name.empty() && person_.email.empty()) {
    Person written = parse_person(decode_references(text));
    written.url = std::move(person_.url);
    person_ = std::move(written);
  }
  switch (person_word_->field) {
    case Field::author:
      return draft().add_author(person_word_->rank, std::move(person_));
    case Field::contributor:
      return draft().add_contributor(std::move(person_));
    default:
      return draft().offer_owner(person_word_->rank, std::move(person_));
  }
}

void Parser::finish_source(std::string_view text) {
  if (source_.title.empty()) source_.title = title_text(text);
  draft().set_source(std::move(source_));
}

void Parser::finish_extra(std::string_view text) {
  Extra extra = std::move(extras_.back());
  extras_.pop_back();
  extra.text = collapse_space(text);
  if (extra.text.size() > line_max) extra.text.resize(utf8_prefix(extra.text, line_max).size());
  if (extras_.empty()) return draft().add_extra(std::move(extra));
  extras_.back().children.push_back(std::move(extra));
}

}  // namespace skypod::feed
