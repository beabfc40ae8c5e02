// Tells code from comments and literals, so that a rule never trips over a word that is only spoken about.
//
// One pass gives every octet a kind. A quote that is not closed on its line is taken as plain text: that is what an
// apostrophe in JSX or after #error is, and a scanner that ran on would hide the rest of the file.
#pragma once

#include <string>
#include <string_view>

#include "tools/tidy/paths.hpp"

namespace skypod::tidy {

/// One file seen three ways. Each is as long as the file and has its line ends at the same places; what is left out is
/// blank. Quotes stay, so that `""` can still be seen.
struct Source {
  std::string code;         // no comments, literals emptied
  std::string uncommented;  // no comments, literals whole
  std::string unquoted;     // comments whole, literals emptied
};

/// Scans C++ (raw strings, digit separators) or TypeScript (templates, regular expressions). For any other language
/// every view is the text itself.
Source read_source(std::string_view text, Language language);

}  // namespace skypod::tidy
