// Sealed messages are one long string in a little JSON, and the library looks at each octet of it several times. So
// long strings are cut out of a text before it is parsed, each replaced by a short mark, and put back afterwards. What
// stands in a string that was cut out needs no unescaping: it has no quote, no backslash and no control character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skypod::wire {

/// A JSON text without its long strings.
class LongStrings {
 public:
  /// Borrows `text`.
  explicit LongStrings(std::string_view text);

  /// What to parse instead; valid JSON exactly if the original is, but for UTF-8 within long strings.
  std::string_view text() const { return is_cut_ ? std::string_view(skeleton_) : original_; }

  /// Turns a parsed string into what stood in the original.
  void restore(std::string& parsed) const;

 private:
  bool cut();

  std::string_view original_;
  std::string skeleton_;
  std::vector<std::string_view> strings_;
  bool is_cut_ = false;
};

/// Whether it prints as it is, between quotes: ASCII without quotes, backslashes and control characters.
bool is_plain(std::string_view text);

}  // namespace skypod::wire
