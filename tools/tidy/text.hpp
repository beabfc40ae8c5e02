// Small questions about text that several rules ask.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace skypod::tidy {

/// The lines without their ends; a last line end does not begin another line.
std::vector<std::string_view> split_lines(std::string_view text);

/// The words between blanks.
std::vector<std::string_view> split_words(std::string_view text);

/// Number of the line that holds octet `at`, from 1.
std::size_t line_of(std::string_view text, std::size_t at);

/// Code points in UTF-8 text: octets that do not continue another.
std::size_t code_points(std::string_view text);

/// Letter, digit or underscore.
bool is_word(char letter);

/// A blank or a line end.
bool is_space(char letter);

/// Without blanks and line ends at either end.
std::string_view trim(std::string_view text);

/// Where `word` stands with no word character on either side, from `from` on; npos if nowhere.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);

/// The first octet at or after `at` that is not space; text.size() if there is none.
std::size_t skip_space(std::string_view text, std::size_t at);

/// The name that ends right before `end`: word characters only, perhaps none.
std::string_view word_before(std::string_view text, std::size_t end);

}  // namespace skypod::tidy
