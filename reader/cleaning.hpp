// What an article does not need although it stands inside it: sharing buttons, related links, forms, empty paragraphs.
// Judged by figures, because names lie.
#pragma once

#include "reader/dom.hpp"

namespace skypod::reader {

/// Which suspicions count.
struct Suspicions {
  bool unlikely_names = true;  // leave out what sounds like no article
  bool weighed_names = true;   // points for names
  bool conditionally = true;   // leave out what looks like no prose
};

/// Cleans an article in place.
void clean_content(Node& content, const std::string& title, Suspicions suspicions);

}  // namespace skypod::reader
