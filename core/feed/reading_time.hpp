// How long a text takes to read. Words where a language separates them, characters where it does not.
#pragma once

#include <cstdint>
#include <string_view>

namespace skypod::feed {

/// `words` counts every Chinese or Japanese character as one. `minutes` is rounded up, 0 only for no words.
struct ReadingTime {
  std::uint64_t words = 0;
  std::uint64_t minutes = 0;

  friend bool operator==(const ReadingTime&, const ReadingTime&) = default;
};

/// Measures plain UTF-8 text; `language` is a BCP 47 tag or empty. The speeds are those at which adults read paragraphs
/// in seventeen languages (Trauzettel-Klosinski and Dietz, IReST, 2012).
ReadingTime reading_time(std::string_view text, std::string_view language);

}  // namespace skypod::feed
