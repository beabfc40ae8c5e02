// XML events in, a feed out. Whatever made the events, they come through here, so that every device understands a feed
// alike.
//
// The parser is liberal: it knows where it stands (in the channel, in an item, in one field) and what the vocabulary
// says of an element there, and ignores everything else with all that is inside.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/feed/draft.hpp"
#include "core/feed/feed.hpp"
#include "core/feed/xml_sink.hpp"

namespace skypod::feed {

/// Reads one document. Feed it events in document order, then ask for the result once.
class Parser : public XmlSink {
 public:
  /// `document_url` is where the document came from (relative links are resolved against it), or empty.
  explicit Parser(std::string document_url);

  void start_element(std::string_view namespace_uri, std::string_view local_name,
                     std::span<const Attribute> attributes) override;
  void text(std::string_view chars) override;
  void end_element() override;

  /// True once a limit was passed or the root element is no feed's: further events are ignored, so stop sending.
  bool stopped() const override { return stopped_; }

  /// The feed, or why there is none. Elements that are still open count as ended. If an item is, the document was cut
  /// there: the feed is `truncated`, and the item left out unless it has a title and a guid or an address already.
  Result<Feed, FeedError> finish();

 private:
  /// What an open element is to us.
  enum class Scope : std::uint8_t {
    document,  // around the root element
    root,      // <rss>, <rdf:RDF>
    feed,      // <channel>, <feed>
    item,      // <item>, <entry>
    wrapper,   // its children count as its parent's
    person,    // <author>: text, or <name>, <email>, <uri>
    source,    // <source>: text, or <title>, <link>
    picture,   // <image>: <url>
    field,     // its text is a value
    markup,    // inside a field
    extra,     // an element of the podcast namespace that is kept as it is
    ignored,
  };

  /// How the text of a field is meant.
  enum class Form : std::uint8_t { text, html, xhtml, rss, other };

  struct Frame {
    Scope scope = Scope::document;
    bool has_base = false;       // pushed onto bases_
    std::size_t text_start = 0;  // where this element's text begins in text_
    std::string tag;             // of markup that is kept, for its end tag
  };

  struct Element {
    Namespace space;
    bool atom;         // in an Atom namespace, where text is not HTML unless it says so
    std::string name;  // lower case
    std::string_view written_name;
    std::span<const Attribute> attributes;
  };

  /// Namespace URIs already looked up.
  struct KnownUri {
    std::string uri;
    Namespace space;
    bool atom;
  };

  /// The field being captured; fields do not nest.
  struct Capture {
    const Word* word = nullptr;  // or nullptr for a part of a person or picture
    std::string part;            // then its name
    Form form = Form::text;
    bool keeps_markup = false;
    std::size_t bases = 0;                                        // how many there were where the field began
    std::vector<std::pair<std::string, std::string>> attributes;  // without namespace
  };

  void fail(FeedError error);
  bool within_limits(std::string_view name, std::span<const Attribute> attributes);
  const KnownUri& known(std::string_view uri);
  Draft& draft() { return item_open_ ? item_ : feed_; }
  const std::string& base() const { return bases_.back(); }
  std::string web_url(std::string_view reference) const;

  void note_xml_attributes(const Element& element, Frame& frame);
  Scope enter(const Element& element, Frame& frame);
  Scope enter_document(const Element& element);
  Scope enter_root(const Element& element);
  Scope enter_entry(const Element& element);
  Scope enter_word(const Word& word, const Element& element);
  Scope enter_part(const Element& element);
  Scope enter_markup(const Element& element, Frame& frame);
  Scope begin_item(const Element& element);
  Scope begin_capture(const Word* word, const Element& element);
  Scope begin_person(const Word& word);
  Scope begin_source(const Element& element);
  Scope begin_extra(const Element& element);
  Extra extra_of(const Element& element) const;
  Form form_of(const Word* word, const Element& element) const;

  void leave(const Frame& frame);
  void finish_item();
  void drop_cut_item();
  void finish_person(std::string_view text);
  void finish_source(std::string_view text);
  void finish_extra(std::string_view text);
  void take_part(std::string_view value);
  void decode_other(std::string& value);
  void take_field(std::string value);
  void take_text(Field field, std::string value);
  std::string line_of(std::string_view value) const;
  void take_title(std::string_view value);
  void take_html(std::string value);
  void take_content_elsewhere();
  void take_link(std::string_view value);
  void take_guid(std::string_view value);
  void take_keywords(std::string_view value);
  void take_person(std::string_view value);
  void take_document(Field field);
  void take_media(const Element& element);
  void take_chapter(const Element& element);
  void take_attachment(const char* address, std::string_view text);
  std::string_view captured(std::string_view name) const;

  std::vector<Frame> frames_;
  std::vector<std::string> bases_;
  std::vector<KnownUri> known_;
  std::string text_;  // of all open elements, innermost last
  std::size_t text_total_ = 0;
  Capture capture_;
  Person person_;
  const Word* person_word_ = nullptr;
  Source source_;
  std::vector<Extra> extras_;  // open ones, innermost last
  Draft feed_;
  Draft item_;
  bool item_open_ = false;
  bool atom_root_ = false;
  std::vector<Item> live_items_;
  std::vector<Item> items_;
  std::string document_url_;
  bool is_feed_ = false;
  bool stopped_ = false;
  FeedError error_ = FeedError::not_a_feed;
};

}  // namespace skypod::feed
