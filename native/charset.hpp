// Documents in, UTF-8 out. What feeds say of their encoding is often wrong, so the octets count first: a byte order
// mark, then valid UTF-8 (which other encodings hardly ever look like), and only then what is declared.
#pragma once

#include <string>
#include <string_view>

namespace skypod {

/// The document as valid UTF-8 without a byte order mark. `http_charset` is the charset parameter of its Content-Type,
/// or empty. A declared encoding counts if it is one that browsers know (WHATWG Encoding Standard); else windows-1252
/// is assumed. Octets that mean nothing in the encoding become U+FFFD, or in UTF-8 what they mean in windows-1252.
std::string to_utf8(std::string_view document, std::string_view http_charset);

/// The same without a copy where the document is such UTF-8 already: a part of `document`, or else of `storage`.
std::string_view as_utf8(std::string_view document, std::string_view http_charset, std::string& storage);

/// The charset parameter of a Content-Type value, or empty.
std::string_view charset_of(std::string_view content_type);

}  // namespace skypod
