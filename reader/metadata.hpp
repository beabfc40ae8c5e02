// What a page says of itself to machines: JSON-LD, meta elements, and its title. Publishers repeat themselves in many
// vocabularies and disagree with themselves; the more specific word wins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reader/dom.hpp"

namespace skypod::reader {

/// Plain text in every member; empty where the page says nothing.
struct Metadata {
  std::string title;
  std::string byline;
  std::string excerpt;
  std::string site_name;
  std::string language;
  std::string direction;       // "ltr", "rtl" or empty
  std::string published_time;  // as the page writes it
  std::string image;           // an address as the page writes it
};

/// Reads all of it. Must run before scripts are taken out.
Metadata read_metadata(const Document& document);

/// The part of a <title> that is the article's: without the site's name before or after it. `headings` are the texts
/// of the page's h1 and h2.
std::string title_without_site(const std::string& title, const std::vector<std::string>& headings);

}  // namespace skypod::reader
