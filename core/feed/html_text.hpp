// The text of a piece of HTML, for titles and summaries: no tags, no references, no runs of space. Not a sanitiser:
// what comes out is text and must be escaped again wherever markup is expected.
#pragma once

#include <string>
#include <string_view>

namespace skypod::feed {

/// Plain text of at most `chars_max` (at least 1) code points; longer text ends at a word, with "…" as its last code
/// point. Tags that separate (p, br, li …) count as a space; comments, scripts and styles vanish.
std::string plain_text(std::string_view html, std::size_t chars_max);

/// A title, which may or may not be meant as HTML: references are decoded and tags that format (b, em, span) vanish,
/// but any other "<word>" stays, because titles speak of markup ("The <dialog> element").
std::string title_text(std::string_view title);

/// HTML that shows a plain text with its lines: paragraphs where lines are empty, <br> where they only end. Of one
/// line, it is the escaped text alone.
std::string html_of_text(std::string_view text);

/// Collapses runs of space, tabs, line ends and no-break spaces to one space, none at the ends.
std::string collapse_space(std::string_view text);

/// Without white space at its ends.
std::string_view trim(std::string_view text);

/// ASCII letters in lower case.
std::string to_lower(std::string_view text);

}  // namespace skypod::feed
