// Character references as they occur in HTML and, against the rules, in feeds: &eacute; &#8217; &#x2019; &nbsp;
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skypod::feed {

/// The code point of an HTML 4 entity (section 24) or &apos;, by its name without & and ;. Case matters.
std::optional<char32_t> entity_named(std::string_view name);

/// A reference at the start of a text: how many octets it takes, and the code point it stands for.
struct Reference {
  std::size_t length = 0;
  char32_t point = 0;
};

/// Reads the reference that `text` begins with. Numbers follow HTML (13.2.5.80): 128–159 are windows-1252, impossible
/// ones are U+FFFD; their semicolon may be missing. Nothing if the text does not begin with a known reference.
std::optional<Reference> read_reference(std::string_view text);

/// Appends a code point as UTF-8; one that does not exist becomes U+FFFD.
void append_utf8(std::string& out, char32_t point);

/// Replaces every reference in `text`, once: "&amp;lt;" becomes "&lt;".
std::string decode_references(std::string_view text);

/// Writes & < > and " as references, so that the text means itself in HTML and in attributes.
void append_escaped(std::string& out, std::string_view text);

}  // namespace skypod::feed
