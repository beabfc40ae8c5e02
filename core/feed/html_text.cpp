#include "core/feed/html_text.hpp"

#include <algorithm>
#include <array>

#include "base/utf8.hpp"
#include "core/feed/html_entities.hpp"

namespace skypod::feed {
namespace {

constexpr std::array<std::string_view, 18> formatting_tags{"a",     "abbr", "b",      "bdi",  "cite", "code",
                                                           "em",    "font", "i",      "mark", "q",    "s",
                                                           "small", "span", "strong", "sub",  "sup",  "u"};
constexpr std::array<std::string_view, 3> breaking_in_titles{"br", "div", "p"};

bool is_space(char octet) {
  return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

bool is_letter(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z');
}

bool is_continuation(char octet) {
  return (static_cast<unsigned char>(octet) & 0xc0) == 0x80;
}

/// White space or a no-break space (C2 A0) at that octet.
bool begins_space(std::string_view text, std::size_t at) {
  const auto octet = static_cast<unsigned char>(text[at]);
  if (octet > ' ' && octet != 0xc2) return false;
  return octet == 0xc2 ? at + 1 < text.size() && text[at + 1] == '\xa0' : is_space(text[at]);
}

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

/// The name in "<name" or "</name", in lower case; empty if `text` does not begin a tag.
std::string tag_name(std::string_view text) {
  std::size_t at = text.starts_with("</") ? 2 : 1;
  const std::size_t first = at;
  while (at < text.size() && (is_letter(text[at]) || (at > first && text[at] >= '0' && text[at] <= '9'))) {
    ++at;
  }
  return to_lower(text.substr(first, at - first));
}

/// Octets up to and including the ">" that ends the tag; quoted values may hold one. All that is left if there is none:
/// so HTML reads it too, and so no text costs more than one pass.
std::size_t tag_length(std::string_view text) {
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quote != 0) {
      quote = text[at] == quote ? '\0' : quote;
    } else if (text[at] == '>') {
      return at + 1;
    } else if ((text[at] == '"' || text[at] == '\'') && at > 0 && text[at - 1] == '=') {
      quote = text[at];
    }
  }
  return text.size();
}

/// Octets to skip at a "<": a comment, a script with its content, or one tag.
std::size_t markup_length(std::string_view text, std::string_view name) {
  if (text.starts_with("<!--")) {
    const std::size_t end = text.find("-->");
    return end == std::string_view::npos ? text.size() : end + 3;
  }
  if (name != "script" && name != "style") {
    return tag_length(text);
  }
  if (text[1] == '/') {
    return tag_length(text);
  }
  const std::string closing = "</" + std::string(name);
  std::size_t at = text.find("</");
  while (at != std::string_view::npos && to_lower(text.substr(at, closing.size())) != closing) {
    at = text.find("</", at + 1);
  }
  return at == std::string_view::npos ? text.size() : at + tag_length(text.substr(at));
}

/// Copies text without what `is_tag` takes for markup, until there is enough. A tag that is not in formatting_tags
/// leaves a space.
template <class IsTag>
std::string strip(std::string_view html, std::size_t enough_octets, const IsTag& is_tag) {
  std::string out;
  while (!html.empty() && out.size() < enough_octets) {
    const std::size_t next = std::min(html.find('<'), html.size());
    out += utf8_prefix(html.substr(0, next), enough_octets);
    html.remove_prefix(next);
    if (html.empty()) {
      break;
    }
    const std::string name = html.size() > 1 ? tag_name(html) : "";
    if (is_tag(html, name)) {
      out += contains(formatting_tags, name) ? "" : " ";
      html.remove_prefix(markup_length(html, name));
    } else {
      out += '<';
      html.remove_prefix(1);
    }
  }
  return out;
}

/// Without what may be the beginning of a reference whose rest was not looked at.
std::string_view without_begun_reference(std::string_view text) {
  const std::size_t begin = text.rfind('&');
  const bool is_begun = begin != std::string_view::npos && !text.substr(begin).contains(';');
  return is_begun ? text.substr(0, begin) : text;
}

/// The first `chars_max` code points, ended at a word and marked "…" if there are more.
std::string shorten(std::string text, std::size_t chars_max) {
  std::size_t chars = 0;
  std::size_t last_fit = 0;  // where the code point before the last allowed one ends
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (++chars == chars_max) last_fit = at;
    if (chars > chars_max) {
      const std::size_t word = text.rfind(' ', last_fit);
      text.resize(word == std::string::npos || word < last_fit / 2 ? last_fit : word);
      return text + "…";
    }
  }
  return text;
}

}  // namespace

std::string plain_text(std::string_view html, std::size_t chars_max) {
  const auto is_tag = [](std::string_view at, const std::string& name) {
    return !name.empty() || at.starts_with("<!") || at.starts_with("<?");
  };
  // Two octets a code point are mostly enough. Ten leave room for references and runs of space; more would only be
  // thrown away.
  for (const std::size_t octets : {chars_max * 2, chars_max * 10}) {
    const std::string stripped = strip(html, octets, is_tag);
    constexpr std::size_t cut_off_max = 3;  // octets of a code point that did not fit whole
    const bool all = stripped.size() + cut_off_max < octets || octets == chars_max * 10;
    std::string text = collapse_space(decode_references(all ? stripped : without_begun_reference(stripped)));
    const auto points = std::ranges::count_if(text, [](char octet) { return !is_continuation(octet); });
    if (all || static_cast<std::size_t>(points) > chars_max) return shorten(std::move(text), chars_max);
  }
  return "";
}

std::string title_text(std::string_view title) {
  const std::string text = strip(title, title.size() + 1, [](std::string_view at, const std::string& name) {
    const bool known = contains(formatting_tags, name) || contains(breaking_in_titles, name);
    return known && at.find('>') != std::string_view::npos;
  });
  return collapse_space(decode_references(text));
}

std::string html_of_text(std::string_view text) {
  text = trim(text);
  std::string html;
  bool has_paragraphs = false;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
    append_escaped(html, trim(text.substr(0, length)));
    const std::string_view rest = trim(text.substr(length));
    const std::string_view between = text.substr(length, text.size() - length - rest.size());
    // CR LF is one end, and so are CR and LF alone.
    const auto ends =
        std::ranges::count(between, '\n') > 0 ? std::ranges::count(between, '\n') : std::ranges::count(between, '\r');
    if (ends > 0) html += ends > 1 ? "</p><p>" : "<br>";
    has_paragraphs = has_paragraphs || ends > 1;
    text = rest;
  }
  return has_paragraphs ? "<p>" + html + "</p>" : html;
}

std::string collapse_space(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t word = 0;
    while (word < text.size() && !begins_space(text, word)) ++word;
    if (word > 0 && !out.empty()) out += ' ';
    out += text.substr(0, word);
    text.remove_prefix(word);
    while (!text.empty() && begins_space(text, 0)) text.remove_prefix(is_space(text[0]) ? 1 : 2);
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& octet : out) {
    if (octet >= 'A' && octet <= 'Z') octet = static_cast<char>(octet - 'A' + 'a');
  }
  return out;
}

}  // namespace skypod::feed
