#include "native/xml_events.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/feed/vocabulary.hpp"
#include "native/charset.hpp"
#include "native/xml_repair.hpp"

namespace skypod {
namespace {

constexpr std::size_t chunk_octets = 64 * 1024;  // between two looks at whether the parser still wants more

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

std::string_view view(const xmlChar* begin, const xmlChar* end) {
  return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

/// The namespace of a name; one with a prefix that nobody declared gets its usual one.
std::string_view space_of(const xmlChar* prefix, const xmlChar* uri) {
  return uri == nullptr && prefix != nullptr ? feed::usual_namespace(view(prefix)) : view(uri);
}

/// One pass over one document. libxml2 calls back with `this`.
class Pass {
 public:
  explicit Pass(feed::XmlSink& parser) : parser_(parser) {
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = start_element;
    handler.endElementNs = end_element;
    handler.characters = characters;
    handler.ignorableWhitespace = characters;
    handler.cdataBlock = characters;
    handler.internalSubset = doctype;
    handler.serror = ignore_error;  // else libxml2 prints to stderr
    // The push parser takes CDATA sections as a whole; the other one goes through them character by character.
    context_.reset(xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr));
    if (context_ == nullptr) return;
    // NOENT makes attribute values come with their references resolved; only the five predefined ones are left by then.
    xmlCtxtUseOptions(context_.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC | XML_PARSE_NOCDATA);
    xmlSwitchEncoding(context_.get(), XML_CHAR_ENCODING_UTF8);
  }

  /// Reads UTF-8 text; false if it is not well-formed or has a DOCTYPE. In `recover` mode it goes on as far as it can.
  bool read(std::string_view text, bool recover) {
    if (context_ == nullptr) return false;
    context_->recovery = recover ? 1 : 0;
    while (!text.empty() && !parser_.stopped() && !has_doctype_ && (recover || context_->wellFormed == 1)) {
      const std::string_view chunk = text.substr(0, chunk_octets);
      text.remove_prefix(chunk.size());
      xmlParseChunk(context_.get(), chunk.data(), static_cast<int>(chunk.size()), text.empty() ? 1 : 0);
    }
    return context_->wellFormed == 1 && !has_doctype_;
  }

 private:
  struct Free {
    void operator()(xmlParserCtxtPtr context) const { xmlFreeParserCtxt(context); }
  };

  static Pass& self(void* user) { return *static_cast<Pass*>(user); }

  static void start_element(void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int,
                            const xmlChar**, int count, int, const xmlChar** attributes) {
    constexpr int stride = 5;  // name, prefix, URI, begin and end of the value
    Pass& pass = self(user);
    pass.forget_errors();
    pass.attributes_.clear();
    for (const xmlChar** each = attributes; count > 0; --count, each += stride) {
      pass.attributes_.push_back({space_of(each[1], each[2]), view(each[0]), view(each[3], each[4])});
    }
    pass.parser_.start_element(space_of(prefix, uri), view(name), pass.attributes_);
    pass.stop_if_done();
  }

  static void end_element(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    self(user).parser_.end_element();
  }

  static void characters(void* user, const xmlChar* text, int length) {
    self(user).forget_errors();
    self(user).parser_.text(view(text, text + length));
  }

  static void doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    self(user).has_doctype_ = true;
    xmlStopParser(self(user).context_.get());
  }

  static void ignore_error(void*, xmlErrorPtr) {}

  /// After its first error libxml2 2.9 drops even "&amp;"; it must not know that there was one.
  void forget_errors() {
    if (context_->recovery != 0) context_->wellFormed = 1;
  }

  void stop_if_done() {
    if (parser_.stopped()) xmlStopParser(context_.get());
  }

  feed::XmlSink& parser_;
  std::unique_ptr<xmlParserCtxt, Free> context_;
  std::vector<feed::Attribute> attributes_;
  bool has_doctype_ = false;
};

/// True where a document begins. A DOCTYPE is no junk: it decides how the document must be read.
bool begins_document(std::string_view text) {
  constexpr auto beginnings = std::to_array<std::string_view>(
      {"<?xml", "<rss", "<feed", "<rdf:RDF", "<channel", "<entry", "<opml", "<!DOCTYPE"});
  return std::ranges::any_of(beginnings, [&](std::string_view each) { return text.starts_with(each); });
}

/// What follows the blank lines, warnings and other junk that some servers send before the document.
std::string_view without_junk(std::string_view text) {
  constexpr std::size_t junk_octets_max = 64 * 1024;
  const std::size_t first = std::min(text.find('<'), text.size());
  for (std::size_t at = first; at < std::min(text.size(), junk_octets_max); at = text.find('<', at + 1)) {
    if (begins_document(text.substr(at))) return text.substr(at);
  }
  return text.substr(first);
}

void prepare_library() {
  static const bool done = [] {
    xmlInitParser();
    return true;
  }();
  static_cast<void>(done);
}

/// One pass if the document is well-formed, else a second one with a new reader over what repair_xml makes of it.
template <class MakeReader>
auto read_with(MakeReader make_reader, std::string_view document, std::string_view http_charset) {
  prepare_library();
  std::string storage;
  const std::string_view body = without_junk(as_utf8(document, http_charset, storage));
  auto reader = make_reader();
  const bool well_formed = Pass(reader).read(body, false);
  if (well_formed || reader.stopped()) return reader.finish();
  auto second = make_reader();
  const std::string mended = repair_xml(body);
  Pass(second).read(mended, true);
  return second.finish();
}

}  // namespace

Result<feed::Feed, feed::FeedError> read_xml_feed(std::string_view document, std::string_view http_charset,
                                                  std::string_view url) {
  return read_with([&] { return feed::Parser(std::string(url)); }, document, http_charset);
}

std::optional<feed::SubscriptionList> read_opml(std::string_view document, std::string_view http_charset) {
  return read_with([] { return feed::OpmlParser(); }, document, http_charset);
}

}  // namespace skypod
