// Lines that stand around an article's own, told by their words alone: controls, dates, rights, promotions, and how
// sentences end. Words of several languages; what is in none of the lists is taken for the article's.
#pragma once

#include <string_view>

namespace skypod::reader {

/// Ends as a sentence does, or as a quotation or an announcement may.
bool is_sentence(std::string_view text);

/// Ends in a full stop, a question mark or an exclamation mark.
bool ends_sentence(std::string_view text);

/// A word of a page's controls, such as "share". All below take a line in lower case unless they say otherwise.
bool is_control_word(std::string_view line);

/// Says when a page was published or changed, and no more.
bool is_date_line(std::string_view line);

/// Begins as what leads to other articles does: "read more", "related".
bool opens_promotion(std::string_view line);

/// Heads an article's own list of links: "sources", "further reading".
bool names_sources(std::string_view line);

/// "© …", "Copyright 2024 …" as the page writes it, but no sentence about copyright.
bool is_notice_of_rights(std::string_view text);

}  // namespace skypod::reader
