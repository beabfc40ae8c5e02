// Reader mode: the article of a web page, without what stands around it, and what is known about it.
#pragma once

#include <string>
#include <string_view>

#include "core/feed/reading_time.hpp"
#include "core/wire/json.hpp"

namespace skypod::reader {

/// An article. Plain text, but for `html`, which is sanitised; empty where the page says nothing.
struct Article {
  std::string title;
  std::string byline;
  std::string excerpt;
  std::string site_name;
  std::string language;
  std::string direction;
  std::string published_time;  // RFC 3339 in UTC if it is a date, else as the page writes it
  std::string image;
  std::string html;
  std::string text;
  feed::ReadingTime time;
};

/// Finds the article in a page in UTF-8; `base` is the page's address, or empty. A page without one gives what little
/// text it has.
Article read_article(std::string_view html, std::string_view base);

/// {title, byline, excerpt, siteName, lang, dir, publishedTime, leadImage, html, text, words, minutes}; members that
/// would be empty are null, but for html and text.
wire::Json to_json(const Article& article);

}  // namespace skypod::reader
