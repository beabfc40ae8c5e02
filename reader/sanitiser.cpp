#include "reader/sanitiser.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"
#include "core/feed/url.hpp"
#include "reader/html.hpp"

namespace skypod::reader {
namespace {

constexpr int passes_max = 4;
constexpr std::size_t address_octets_max = 4096;

constexpr auto allowed_elements = std::to_array<std::string_view>(
    {"a",      "abbr",       "acronym", "address", "article", "aside",  "audio",  "b",    "bdi",      "bdo",
     "big",    "blockquote", "br",      "caption", "center",  "cite",   "code",   "col",  "colgroup", "data",
     "dd",     "del",        "details", "dfn",     "dir",     "div",    "dl",     "dt",   "em",       "figcaption",
     "figure", "font",       "footer",  "h1",      "h2",      "h3",     "h4",     "h5",   "h6",       "header",
     "hgroup", "hr",         "i",       "img",     "ins",     "kbd",    "li",     "main", "mark",     "menu",
     "nav",    "ol",         "p",       "picture", "pre",     "q",      "rp",     "rt",   "ruby",     "s",
     "samp",   "section",    "small",   "source",  "span",    "strike", "strong", "sub",  "summary",  "sup",
     "table",  "tbody",      "td",      "tfoot",   "th",      "thead",  "time",   "tr",   "track",    "tt",
     "u",      "ul",         "var",     "video",   "wbr"});
static_assert(std::ranges::is_sorted(allowed_elements));
constexpr auto dropped_with_content = std::to_array<std::string_view>(
    {"applet",   "base",     "basefont", "bgsound",  "button",   "canvas", "datalist", "embed",    "frame",
     "frameset", "head",     "iframe",   "input",    "isindex",  "keygen", "link",     "meta",     "meter",
     "noembed",  "noframes", "object",   "optgroup", "option",   "param",  "portal",   "progress", "script",
     "select",   "slot",     "style",    "template", "textarea", "title",  "xml",      "xmp"});
constexpr auto void_elements = std::to_array<std::string_view>({"br", "col", "hr", "img", "source", "track", "wbr"});

struct AllowedAttribute {
  std::string_view element;  // "" for all
  std::string_view name;
  enum Kind : std::uint8_t { text, number, flag, direction, address, page, sources } kind;
};

using enum AllowedAttribute::Kind;
constexpr auto allowed_attributes = std::to_array<AllowedAttribute>({
    {"", "dir", direction},        {"", "lang", text},
    {"", "title", text},           {"a", "href", page},
    {"a", "hreflang", text},       {"audio", "loop", flag},
    {"audio", "src", address},     {"blockquote", "cite", address},
    {"col", "span", number},       {"colgroup", "span", number},
    {"data", "value", text},       {"del", "cite", address},
    {"del", "datetime", text},     {"details", "open", flag},
    {"img", "alt", text},          {"img", "height", number},
    {"img", "src", address},       {"img", "srcset", sources},
    {"img", "width", number},      {"ins", "cite", address},
    {"ins", "datetime", text},     {"li", "value", number},
    {"ol", "reversed", flag},      {"ol", "start", number},
    {"q", "cite", address},        {"source", "src", address},
    {"source", "srcset", sources}, {"source", "type", text},
    {"td", "colspan", number},     {"td", "rowspan", number},
    {"th", "colspan", number},     {"th", "rowspan", number},
    {"th", "scope", text},         {"time", "datetime", text},
    {"track", "default", flag},    {"track", "kind", text},
    {"track", "label", text},      {"track", "src", address},
    {"track", "srclang", text},    {"video", "height", number},
    {"video", "loop", flag},       {"video", "poster", address},
    {"video", "src", address},     {"video", "width", number},
});

template <class List>
bool lists(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool is_allowed(std::string_view element) {
  return std::ranges::binary_search(allowed_elements, element);
}

/// What a browser takes for the address: without control characters anywhere and space at the ends.
std::string visible(std::string_view address) {
  std::string out;
  for (const char octet : feed::trim(address)) {
    if (static_cast<unsigned char>(octet) > 0x20 && octet != 0x7f) out += octet;
    if (octet == ' ') out += "%20";
  }
  return out;
}

/// The scheme of an address with ":", in lower case; "" for a relative one.
std::string scheme_of(std::string_view address) {
  const std::size_t end = address.find_first_of(":/?#\\");
  if (end == std::string_view::npos || address[end] != ':') return "";
  return feed::to_lower(address.substr(0, end + 1));
}

/// Writes the allowed part of a tree.
class Writer {
 public:
  explicit Writer(std::string_view base) : base_(base) {}

  void children(const Node& node, int depth) {
    for (const Node* child = node.first; child != nullptr; child = child->next) write(*child, depth);
  }

  std::string take() { return std::move(out_); }

 private:
  void write(const Node& node, int depth) {
    if (node.is_text()) return text(node.text);
    if (node.space != Space::html || lists(dropped_with_content, node.name) || depth > output_depth_max) return;
    if (!is_allowed(node.name)) return children(node, depth + 1);
    if (node.name == "img" && is_useless_image(node)) return;
    element(node, depth);
  }

  void element(const Node& node, int depth) {
    out_ += '<';
    out_ += node.name;
    for (const Attribute& each : node.attributes) attribute(node.name, each);
    // Files play when asked to, not when seen.
    if (node.name == "audio" || node.name == "video") out_ += " controls=\"\" preload=\"none\"";
    out_ += '>';
    if (lists(void_elements, node.name)) return;
    // The parser drops a line end right after <pre>; one that is meant must be written twice.
    const bool line_end = node.name == "pre" && node.first != nullptr && node.first->text.starts_with('\n');
    if (line_end) out_ += '\n';
    children(node, depth + 1);
    out_ += "</";
    out_ += node.name;
    out_ += '>';
  }

  void text(std::string_view text) {
    for (const char octet : text) {
      switch (octet) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '\r':
          out_ += '\n';
          break;
        default:
          if (static_cast<unsigned char>(octet) >= 0x20 || octet == '\n' || octet == '\t') out_ += octet;
      }
    }
  }

  void attribute(std::string_view element, const Attribute& attribute) {
    const auto allowed = std::ranges::find_if(allowed_attributes, [&](const AllowedAttribute& each) {
      return each.name == attribute.name && (each.element.empty() || each.element == element);
    });
    if (allowed == allowed_attributes.end()) return;
    const auto value = admit(allowed->kind, attribute.value);
    if (!value) return;
    out_ += ' ';
    out_ += attribute.name;
    out_ += "=\"";
    feed::append_escaped(out_, *value);
    out_ += '"';
  }

  std::optional<std::string> admit(AllowedAttribute::Kind kind, std::string_view value) const {
    switch (kind) {
      case text_kind:
        return feed::collapse_space(value);
      case flag:
        return "";
      case number:
        return whole(value);
      case direction:
        return one_direction(value);
      case address:
        return non_empty(web_address(value));
      case page:
        return non_empty(link_address(value));
      case sources:
        return non_empty(source_set(value));
    }
    return std::nullopt;
  }

  static constexpr auto text_kind = AllowedAttribute::Kind::text;

  static std::optional<std::string> non_empty(std::string value) {
    return value.empty() ? std::nullopt : std::optional(std::move(value));
  }

  /// Up to six digits; "640px" counts as 640.
  static std::optional<std::string> whole(std::string_view value) {
    value = feed::trim(value);
    const std::size_t end = std::min(value.find_first_not_of("0123456789"), value.size());
    const bool fits = end > 0 && end <= 6 && (end == value.size() || value.substr(end) == "px");
    return fits ? std::optional(std::string(value.substr(0, end))) : std::nullopt;
  }

  static std::optional<std::string> one_direction(std::string_view value) {
    const std::string lower = feed::to_lower(feed::trim(value));
    const bool known = lower == "ltr" || lower == "rtl" || lower == "auto";
    return known ? std::optional(lower) : std::nullopt;
  }

  /// An http or https address, or a relative one if there is no base.
  std::string web_address(std::string_view value) const {
    const std::string address = visible(value);
    if (address.empty() || address.size() > address_octets_max) return "";
    const std::string scheme = scheme_of(address);
    if (!base_.empty() || scheme == "http:" || scheme == "https:") return feed::resolve_url(base_, address);
    return scheme.empty() ? address : "";
  }

  std::string link_address(std::string_view value) const {
    const std::string address = visible(value);
    const std::string scheme = scheme_of(address);
    const bool personal = (scheme == "mailto:" || scheme == "tel:") && address.size() <= address_octets_max;
    return personal ? address : web_address(address);
  }

  /// HTML 4.8.4.2.1: addresses with descriptors, separated by commas; a comma may end an address but not begin one.
  std::string source_set(std::string_view value) const {
    std::string out;
    while (!value.empty()) {
      value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n\f,"), value.size()));
      const std::size_t end = std::min(value.find_first_of(" \t\r\n\f"), value.size());
      std::string_view address = value.substr(0, end);
      value.remove_prefix(end);
      std::string_view descriptor;
      if (address.ends_with(',')) {
        address = address.substr(0, address.find_last_not_of(',') + 1);
      } else {
        descriptor = feed::trim(value.substr(0, value.find(',')));
        value.remove_prefix(std::min(value.find(','), value.size()));
      }
      append_source(out, web_address(address), descriptor);
    }
    return out;
  }

  static void append_source(std::string& out, const std::string& address, std::string_view descriptor) {
    const bool plain = descriptor.find_first_not_of("0123456789.xwh") == std::string_view::npos;
    if (address.empty() || !plain || address.ends_with(',') || address.starts_with(',')) return;
    out += (out.empty() ? "" : ", ") + address;
    if (!descriptor.empty()) out += ' ' + std::string(descriptor);
  }

  /// No picture, or one that nobody is meant to see: it counts readers.
  bool is_useless_image(const Node& node) const {
    const auto tiny = [&](std::string_view name) {
      const std::string_view value = feed::trim(node.attribute(name));
      return value == "0" || value == "1" || value == "0px" || value == "1px";
    };
    const bool pixel = tiny("width") && tiny("height");
    return pixel || (web_address(node.attribute("src")).empty() && source_set(node.attribute("srcset")).empty());
  }

  std::string_view base_;
  std::string out_;
};

std::string pass(std::string_view html, std::string_view base) {
  const auto document = parse_fragment(html);
  Writer writer(base);
  if (const Node* body = document->part("body")) writer.children(*body, 1);
  return writer.take();
}

/// Reads it again until that changes nothing; what never comes to rest is left as its text.
std::string settle(std::string html) {
  for (int passes = 1; passes < passes_max; ++passes) {
    std::string again = pass(html, "");
    if (again == html) return html;
    html = std::move(again);
  }
  const auto document = parse_fragment(html);
  std::string out = "<p>";
  feed::append_escaped(out, text_of(*document->root()));
  return pass(out + "</p>", "");
}

bool is_plain(std::string_view html) {
  return html.find_first_of(std::string_view("<&\r\0", 4)) == std::string_view::npos;
}

}  // namespace

std::string sanitise(std::string_view html, std::string_view base) {
  return is_plain(html) && html.find('>') == std::string_view::npos ? std::string(html) : settle(pass(html, base));
}

std::string sanitise_children(const Node& node, std::string_view base) {
  Writer writer(base);
  writer.children(node, 1);
  return settle(writer.take());
}

}  // namespace skypod::reader
